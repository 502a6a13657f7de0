"""Alerts that cancel or modify a working order, at an account that behaves like Alpaca's."""

from decimal import Decimal

import pytest

from tests.builders import ENTER_LONG, BrokenStore, client_of, in_a_hurry, strategy_alert

pytestmark = pytest.mark.integration

BRACKET = {"attach_sl_tp": True, "sl_pct": "0.1", "tp_pct": "0.1"}


@pytest.fixture
def fake(alpaca_simulator):
    alpaca_simulator.market.move("AAPL", Decimal(105))
    return alpaca_simulator


@pytest.fixture
def broken(store):
    return BrokenStore(store)


@pytest.fixture
def app(app_at_alpaca, fake, broken):
    return app_at_alpaca(store=broken)


@pytest.fixture
def exits() -> dict:
    return {}


@pytest.fixture
def entry(client, configure, exits):
    """Let an entry of ten wait at 100; return its client order id."""
    terms = {"use_limit_orders": True, "use_strategy_order_price": True, "use_strategy_contracts": True}
    configure(**terms, **exits)
    response = client.post("/webhook", json=strategy_alert(**ENTER_LONG, idempotency_key="first"))
    assert response.json["status"] == "ordered", response.json
    return response.json["order"]["client_order_id"]


@pytest.fixture
def command(client):
    return lambda **terms: client.post("/webhook", json=terms)


@pytest.fixture
def later(services, operator, clock):
    """Let the clock finish what was left and return the ticket of a command."""

    def finished(response) -> dict:
        clock.move(seconds=6)
        services.supervisor.tick(everything=True)
        return operator.get(f"/api/tickets/{response.json['ticket']}").json

    return finished


def told(response) -> tuple:
    return response.status_code, response.json["status"], response.json.get("reason")


def changes_of(fake) -> list:
    return [request.body for request in fake.requests if request.method == "PATCH"]


def cancellations_of(fake) -> int:
    return sum(request.method == "DELETE" for request in fake.requests)


@pytest.mark.parametrize("exits", [{}, BRACKET], ids=["plain", "bracket"])
@pytest.mark.parametrize("by_key", [True, False])
def test_cancel_when_an_order_waits_then_it_is_gone_with_its_legs(entry, command, alpaca, by_key):
    response = command(command="cancel", order="first" if by_key else entry)

    assert told(response) == (200, "canceled", None)
    assert alpaca.open_orders() == []


@pytest.mark.parametrize("exits", [BRACKET], ids=["bracket"])
def test_modify_when_the_entry_is_a_bracket_then_its_legs_stay(entry, command, alpaca):
    response = command(command="modify", order=entry, limit_price=99)
    limits = {item.client_order_id.removeprefix(entry): item.limit_price for item in alpaca.open_orders()}

    assert told(response) == (200, "ordered", None)
    assert limits == {"": 99, "-tp": 110, "-sl": None}


def test_modify_when_the_limit_moves_then_the_changed_order_keeps_its_name(entry, command, fake, alpaca):
    first = command(command="modify", order=entry, limit_price="98.5", quantity=8)
    second = command(command="modify", order="first", limit_price=98)
    working = alpaca.open_orders()

    assert (told(first), told(second)) == ((200, "ordered", None), (200, "ordered", None))
    assert [body["limit_price"] for body in changes_of(fake)] == ["98.5", "98"]
    assert [(item.client_order_id, item.quantity, item.limit_price) for item in working] == [(entry, 8, 98)]


def test_modify_when_the_price_is_finer_than_a_cent_then_it_is_sent_once(entry, command, fake):
    for number in range(2):
        response = command(command="modify", order=entry, limit_price="98.123", idempotency_key=f"m{number}")
        assert response.json["order"]["limit_price"] == "98.12"
    assert len(changes_of(fake)) == 1


def test_modify_when_the_changed_order_fills_then_it_is_followed(entry, command, fake, services, operator):
    command(command="modify", order=entry, limit_price=99)
    fake.market.move("AAPL", Decimal(98))
    services.portfolio.tracker.follow()
    listed = operator.get("/api/orders?fresh=true&status=all").json["orders"]

    assert [(item["client_order_id"], item["status"]) for item in listed] == [(entry, "filled")]


@pytest.mark.parametrize("kind", ["reset", "timeout", "html", "torn"])
@pytest.mark.parametrize("name", ["cancel", "modify"])
def test_command_when_it_arrived_but_its_answer_did_not_then_its_outcome_is_found(
    entry, command, fake, alpaca, kind, name
):
    fake.inject(kind, when="after", methods=("PATCH", "DELETE"), times=1)
    change = {"limit_price": 98} if name == "modify" else {}
    with in_a_hurry(alpaca, kind):
        response = command(command=name, order=entry, **change)

    assert told(response) == (200, "ordered" if name == "modify" else "canceled", None)
    assert len(changes_of(fake)) + cancellations_of(fake) == 1


@pytest.mark.parametrize("name", ["cancel", "modify"])
def test_command_when_it_was_lost_on_the_way_then_it_is_sent_again_later(entry, command, fake, later, name):
    fake.inject("status", status=503, when="before", methods=("PATCH", "DELETE"), times=1)
    change = {"limit_price": 98} if name == "modify" else {}
    response = command(command=name, order="first", **change)

    assert told(response) == (202, "received", None)
    assert later(response)["status"] == ("ordered" if name == "modify" else "canceled")
    assert len(changes_of(fake)) + cancellations_of(fake) == 2


@pytest.mark.parametrize("name", ["cancel", "modify"])
@pytest.mark.parametrize("follows", [True, False])
def test_command_when_a_crash_comes_after_the_broker_was_told_then_it_is_not_told_again(
    entry, command, fake, later, broken, services, name, follows
):
    broken.broken = {"apply"}
    change = {"limit_price": 98} if name == "modify" else {}
    response = command(command=name, order="first", **change)
    broken.broken = set()
    if follows:
        services.portfolio.tracker.follow()
    ticket = later(response)

    assert told(response) == (202, "received", None)
    assert (ticket["status"], ticket["reason"]) == ("ordered" if change else "canceled", None)
    assert ticket["orders"][0]["limit_price"] == ("98" if change else "100")
    assert len(changes_of(fake)) + cancellations_of(fake) == 1
    assert list(broken.list("commands/")) == []


def test_modify_when_a_crash_interrupts_its_growth_then_that_still_counts(
    entry, command, configure, later, broken, client
):
    configure(daily_notional_cap="1500")
    broken.broken = {"apply"}
    response = command(command="modify", order=entry, quantity=14)
    broken.broken = set()
    ticket = later(response)
    more = client.post("/webhook", json=strategy_alert(strategy_order_contracts="2"))

    assert ticket["entry"] == {
        "symbol": "AAPL",
        "notional": "400",
        "at": ticket["created_at"],
        "is_new": False,
    }
    assert told(more) == (400, "denied", "DAILY_NOTIONAL_CAP")


def test_modify_when_it_was_lost_on_the_way_then_its_growth_counts_once(
    entry, command, configure, fake, later
):
    configure(daily_notional_cap="1500")
    fake.inject("status", status=503, when="before", methods=("PATCH",), times=1)
    ticket = later(command(command="modify", order=entry, quantity=15))

    assert (ticket["status"], ticket["entry"]["notional"]) == ("ordered", "500")


def test_cancel_when_alpaca_takes_its_time_then_it_ends_later(entry, command, fake, later):
    fake.inject("late_cancel", times=1)
    response = command(command="cancel", order="first")
    fake.market.move("AAPL", Decimal(106))

    assert told(response) == (202, "received", None)
    ticket = later(response)
    assert (ticket["status"], ticket["orders"][0]["client_order_id"]) == ("canceled", entry)


def test_modify_when_alpaca_refuses_then_its_message_is_told(entry, command, fake):
    response = command(command="modify", order=entry, stop_price=90)

    assert told(response) == (422, "rejected", "BROKER_REJECTED")
    assert "stop_price" in response.json["error"]["message"]


def test_cancel_when_the_order_fills_before_it_then_it_says_so(entry, command, fake):
    fake.market.move("AAPL", Decimal(99))
    response = command(command="cancel", order="first")

    assert told(response) == (200, "skipped", "ORDER_NONE")
    assert f"{entry} was filled already." in response.json["error"]["message"]


def test_command_when_it_is_a_dry_run_then_nothing_is_sent(entry, make_app, alpaca, fake, settings):
    client = client_of(
        make_app(brokers={"alpaca": alpaca}, default_broker="alpaca", dry_run=True),
        x_bot_secret=settings.webhook_secret,
    )
    for terms in ({"command": "cancel"}, {"command": "modify", "limit_price": 98}):
        assert told(client.post("/webhook", json=terms | {"order": entry})) == (200, "dry_run", None)
    assert len(changes_of(fake)) + cancellations_of(fake) == 0
