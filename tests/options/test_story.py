"""A day with Fyers as its owner lives it, from the login to the login after the token has died."""

import pytest

from tests.builders import services_of
from tests.fyers_logins import log_in
from tests.mailbox import Mailbox

# apprise loads its plugins for the first message; one of them imports a module that Python will drop.
pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]
# As the document of this dialect has it.
ALERT = {
    "token": "the-default-bots-secret",
    "symbol": "NIFTY",
    "strikeprice": "24500",
    "optionType": "CE",
    "expiry": "weekly",
    "action": "SELL",
    "qty": 65,
}


@pytest.fixture
def mailbox():
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def app(make_option_app, mailbox):
    app = make_option_app(notification_url=mailbox.url)
    yield app
    services_of(app).observability.notifier.close(60)


@pytest.fixture
def browse(anonymous):
    """Open a login link, and follow Fyers' one redirect back."""
    return lambda link: anonymous.get("/auth-callback", query_string=log_in(link))


@pytest.fixture
def send(anonymous):
    """Send the document's alert, changed, as TradingView does."""
    return lambda key, **changes: (
        anonymous.post("/webhook", json=ALERT | changes | {"idempotency_key": key}).json
    )


@pytest.fixture
def shown(operator):
    """List role, side and state of the orders that the operator sees."""

    def show() -> list[tuple[str, str, str]]:
        orders = operator.get("/api/orders?fresh=true").json["orders"]
        return sorted((each["role"], each["side"], each["status"]) for each in orders)

    return show


def test_day_when_it_is_lived_then_every_step_is_seen(
    operator, configure, fake, mailbox, browse, send, shown, watch
):
    configure(live=True, attach_sl_tp=True)
    page = browse(operator.get("/auth-url").json["url"])
    assert (page.status_code, "Logged in" in page.text) == (200, True)

    assert send("open")["status"] == "ordered"
    watch()
    assert shown() == [("entry", "sell", "filled"), ("exit", "buy", "accepted"), ("exit", "buy", "accepted")]

    assert send("cover", action="BUY")["order"]["role"] == "exit"
    watch()
    assert operator.get("/api/positions?fresh=true").json["positions"] == []
    assert [each[2] for each in shown()] == ["filled", "canceled", "canceled", "filled"]

    fake.tokens.kill()
    assert send("denied")["reason"] == "BROKER_LOGIN_REQUIRED"
    link = mailbox.wait_for("Log in: Fyers").splitlines()[1]
    assert operator.get("/api/logins").json["logins"]["fyers"]["state"] == "dead"

    assert browse(link).status_code == 200
    assert send("again")["status"] == "ordered"
