"""/api/alerts/test."""

import pytest

from tests.builders import OPERATOR_TOKEN, ScriptedBroker, client_of

pytestmark = pytest.mark.unit


@pytest.fixture
def send(operator):
    return lambda: operator.post("/api/alerts/test")


def test_alert_when_nothing_was_ever_set_up_then_it_fills_on_paper(send, holding):
    answer = send()

    assert (answer.status_code, answer.json["status"]) == (200, "filled")
    assert (answer.json["test"], answer.json["bot"], answer.json["broker"]) == (True, "test", "paper")
    assert holding("TEST") == "1"


def test_alert_when_no_alert_may_move_the_market_then_it_fills_all_the_same(make_app):
    app = make_app(paper_follow_alert_prices=False)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")

    assert operator.post("/api/alerts/test").json["status"] == "filled"


def test_alert_when_the_last_test_is_still_held_then_the_next_one_sells_it(send, holding):
    answers = [send().json for _ in range(3)]

    assert [answer["status"] for answer in answers] == ["filled"] * 3
    assert [answer["order"]["side"] for answer in answers] == ["buy", "sell", "buy"]
    assert holding("TEST") == "1"


def test_alert_when_it_is_sent_then_its_ticket_tells_every_step(send, operator):
    ticket = operator.get(f"/api/tickets/{send().json['ticket']}").json

    assert (ticket["bot"], ticket["dialect"]) == ("test", "strategy")
    assert [stage["stage"] for stage in ticket["timeline"]][:2] == ["received", "stored"]
    assert len(ticket["gates"]) > 5


def test_alert_when_the_first_steps_are_shown_then_its_row_is_ticked_off_and_no_other(send, operator):
    ticket = send().json["ticket"]
    rows = operator.get("/api/overview").json["first_run"]

    assert rows["test_alert"] == {"done": True, "ticket": ticket}
    assert rows["real_alert"]["done"] is False


def test_alert_when_trading_is_halted_then_it_is_denied_like_any_other(send, operator):
    operator.put("/api/trading-state", json={"state": "HALTED"})
    answer = send()

    assert (answer.status_code, answer.json["reason"]) == (200, "TRADING_HALTED")


def test_alert_when_the_default_broker_is_another_then_it_gets_nothing(make_app, broker):
    other = ScriptedBroker("alpaca")
    app = make_app(brokers={"alpaca": other, "paper": broker}, default_broker="alpaca", dry_run=False)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")

    assert operator.post("/api/alerts/test").json["status"] == "filled"
    assert other.submitted == []


def test_alert_when_a_bot_of_that_name_trades_elsewhere_then_it_is_refused(operator, send):
    operator.post("/api/bots", json={"id": "test", "broker": "alpaca"})
    answer = send()

    assert answer.status_code == 409
    assert "set its `broker` to paper" in answer.json["error"]["message"]


def test_alert_when_there_is_no_paper_broker_then_it_goes_nowhere(make_app):
    other = ScriptedBroker("alpaca")
    app = make_app(brokers={"alpaca": other}, default_broker="alpaca", dry_run=False)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")

    assert operator.post("/api/alerts/test").status_code == 409
    assert other.submitted == []


def test_alert_when_fields_are_sent_then_it_says_that_it_takes_none(operator):
    assert operator.post("/api/alerts/test", json={"symbol": "AAPL"}).status_code == 400
