"""The plain form that stops trading, signed in and signed out."""

import re

import pytest

from app.domain.trading_state import TradingState
from tests.builders import OPERATOR_TOKEN, BrokenStore, client_of, strategy_alert

pytestmark = pytest.mark.unit

VIEWER_TOKEN = "somebody-who-only-looks"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
HALT = {"state": "HALTED"}


@pytest.fixture
def app(make_app):
    return make_app(viewer_token=VIEWER_TOKEN)


@pytest.fixture
def signed_in(app):
    client = client_of(app)
    assert client.post("/api/session", json={"token": OPERATOR_TOKEN}).status_code == 200
    return client


@pytest.fixture
def state(services):
    return lambda: services.operations.switch.read().state


def fields(page) -> set[str]:
    return set(re.findall(r'<(?:input|button)[^>]* name="(\w+)"', page.text))


def test_form_when_signed_in_then_it_asks_for_no_token_and_says_what_keeps_working(signed_in):
    page = signed_in.get("/stop")

    assert (page.status_code, fields(page)) == (200, {"state", "reason"})
    assert "Trading is ACTIVE now. Orders that keep working: 0." in page.text
    assert "Stop-losses, take-profits and the circuit breaker go on." in page.text


@pytest.mark.parametrize("who", ["nobody", "viewer"])
def test_form_when_no_operator_is_signed_in_then_it_has_a_field_for_the_token(app, who):
    client = client_of(app)
    if who == "viewer":
        client.post("/api/session", json={"token": VIEWER_TOKEN})
    page = client.get("/stop")

    assert fields(page) == {"state", "reason", "token"}
    assert ("Trading is ACTIVE" in page.text) is (who == "viewer")


def test_page_when_read_then_it_needs_no_script_and_sends_its_own_address(anonymous):
    page = anonymous.get("/stop")

    assert "<script" not in page.text
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    # With no-referrer a browser would send `Origin: null` with the form.
    assert page.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("wanted", ["HALTED", "REDUCING"])
def test_stop_when_signed_in_then_the_very_next_alert_obeys(signed_in, client, state, operator, wanted):
    page = signed_in.post("/stop", data={"state": wanted, "reason": "news <b>"}, headers=OWN_PAGE)

    assert (page.status_code, state()) == (200, TradingState(wanted))
    assert f"Trading is {wanted}" in page.text
    assert client.post("/webhook", json=strategy_alert()).status_code == 400
    line = operator.get("/api/audit?what=set_trading_state").json["audit"][0]
    assert (line["who"], line["after"]["state_reason"]) == ("operator", "news <b>")


def test_stop_when_signed_out_then_the_token_stops(anonymous, state):
    page = anonymous.post("/stop", data=HALT | {"token": OPERATOR_TOKEN})

    assert (page.status_code, state()) == (200, TradingState.HALTED)


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        ({"token": "wrong"}, OWN_PAGE, 401),
        ({"token": VIEWER_TOKEN}, OWN_PAGE, 401),
        ({}, {"Sec-Fetch-Site": "same-site"}, 403),
        ({}, {}, 403),
        ({"state": "ACTIVE"}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({"state": "ASLEEP"}, OWN_PAGE, 400),
        ({"state": ""}, OWN_PAGE, 400),
        ({"reason": "x" * 501}, OWN_PAGE, 400),
    ],
)
def test_stop_when_it_is_refused_then_the_form_comes_again_and_trading_goes_on(
    signed_in, state, data, headers, status
):
    page = signed_in.post("/stop", data=HALT | data, headers=headers)

    assert (page.status_code, page.mimetype) == (status, "text/html")
    assert "<form" in page.text
    assert state() is TradingState.ACTIVE


def test_stop_when_a_viewer_presses_it_then_nothing_stops(app, state):
    client = client_of(app)
    client.post("/api/session", json={"token": VIEWER_TOKEN})

    assert client.post("/stop", data=HALT, headers=OWN_PAGE).status_code == 403
    assert state() is TradingState.ACTIVE
    # Whoever has the operator's token as well may.
    assert client.post("/stop", data=HALT | {"token": OPERATOR_TOKEN}, headers=OWN_PAGE).status_code == 200


def test_form_when_it_is_used_to_resume_then_it_does_not(signed_in, state):
    signed_in.post("/stop", data=HALT, headers=OWN_PAGE)
    page = signed_in.post("/stop", data={"state": "ACTIVE"}, headers=OWN_PAGE)

    assert (page.status_code, state()) == (400, TradingState.HALTED)


def test_token_when_it_is_wrong_again_and_again_then_slowed_and_seen(anonymous, operator):
    answers = [anonymous.post("/stop", data=HALT | {"token": "wrong"}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert operator.get("/api/refusals").json["refusals"][0]["path"] == "/stop"
    assert len(operator.get("/api/audit?what=refuse_session").json["audit"]) == 5


def test_stop_when_the_store_is_away_then_the_page_says_what_else_stops(make_app, store):
    broken = BrokenStore(store)
    app = make_app(store=broken)
    broken.broken = {"get", "create", "replace", "list", "apply"}
    page = client_of(app).post("/stop", data=HALT | {"token": OPERATOR_TOKEN})

    assert page.status_code == 503
    assert "Trading was not stopped" in page.text
    assert "Your broker" in page.text
