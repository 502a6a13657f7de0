"""Whatever is changed or ordered by hand leaves a line: who, what, before and after."""

import pytest

from app.repositories.audit import PREFIX
from tests.builders import EXIT_LONG, OPERATOR_TOKEN, WEBHOOK_SECRET, client_of, strategy_alert

pytestmark = pytest.mark.unit

MATCH = {"If-Match": "*"}


@pytest.fixture
def lines(operator):
    """Read the audit, newest first; fields of the query by keyword."""

    def read(**query) -> list[dict]:
        return operator.get("/api/audit", query_string=query).json["audit"]

    return read


@pytest.fixture
def order(client, operator, configure):
    """Let an order wait at the paper broker; return its id."""
    configure(use_limit_orders=True)
    operator.put("/api/paper/prices", json={"AAPL": "110"})
    return client.post("/webhook", json=strategy_alert()).json["order"]["client_order_id"]


def told(line) -> tuple:
    return line["who"], line["what"], line["subject"]


def test_bot_when_made_changed_and_removed_then_each_step_is_told(operator, lines):
    operator.post("/api/bots", json={"id": "swing", "daily_order_cap": 5})
    operator.patch("/api/bots/swing", json={"daily_order_cap": 10}, headers=MATCH)
    operator.delete("/api/bots/swing", headers=MATCH)
    removed, changed, made = lines(subject="swing")

    assert [line["what"] for line in (made, changed, removed)] == ["create_bot", "change_bot", "delete_bot"]
    assert (made["before"], made["after"]["daily_order_cap"]) == (None, 5)
    assert (changed["before"], changed["after"]) == ({"daily_order_cap": 5}, {"daily_order_cap": 10})
    assert (removed["before"]["daily_order_cap"], removed["after"]) == (10, None)


def test_secret_when_rotated_then_the_line_says_no_more_than_that(operator, lines, services):
    secret = operator.post("/api/bots/default/secret").json["secret"]
    line = lines()[0]

    assert told(line) == ("operator", "rotate_secret", "default")
    assert (line["before"], line["after"]["secret"]) == ({}, "changed")
    assert secret not in str(lines())
    assert services.operations.bots.get("default")[0].secrets.digest not in str(lines())


def test_secret_when_the_environment_has_another_then_that_is_told(make_app, lines):
    make_app(webhook_secret="another-secret-of-the-environment")

    changed = [told(line) for line in lines(what="rotate_secret", subject="default")]
    assert changed == [("settings", "rotate_secret", "default")]


@pytest.mark.parametrize(
    ("path", "subject"),
    [("/api/trading-state", "every bot"), ("/api/bots/default/trading-state", "default")],
)
def test_trading_state_when_set_then_told_with_the_one_before(operator, lines, path, subject):
    operator.put(path, json={"state": "HALTED", "reason": "news"})
    line = lines()[0]

    assert told(line) == ("operator", "set_trading_state", subject)
    assert line["before"] == {"state": "ACTIVE", "state_reason": None}
    assert line["after"] == {"state": "HALTED", "state_reason": "news"}


def test_circuit_breaker_when_set_then_what_changed_is_told(operator, lines):
    operator.put("/api/circuit-breaker", json={"active": True, "base_equity": "1000", "glb_sl": "0.5"})
    line = lines()[0]

    assert told(line) == ("operator", "set_circuit_breaker", "paper")
    assert line["before"] == {"active": False, "base_equity": None, "glb_sl": "0.80"}
    assert line["after"] == {"active": True, "base_equity": "1000", "glb_sl": "0.5"}


def test_circuit_breaker_when_it_trips_then_the_state_is_its_own_doing(operator, lines, services):
    operator.put("/api/circuit-breaker", json={"active": True, "base_equity": "1000000000"})
    services.portfolio.breaker.watch()
    line = lines(what="set_trading_state")[0]

    assert (line["who"], line["subject"]) == ("circuit breaker", "every bot")
    assert line["after"]["state"] == services.operations.switch.read().state


def test_position_when_closed_then_the_order_is_told_with_its_ticket(client, operator, lines):
    client.post("/webhook", json=strategy_alert())
    ticket = operator.delete("/api/positions/paper/AAPL").json
    line = lines()[0]

    assert told(line) == ("operator", "close_position", "paper/AAPL")
    assert line["before"] == {"quantity": ticket["orders"][0]["quantity"]}
    assert line["after"] == {"quantity": "0", "ticket": ticket["id"]}


def test_order_when_canceled_then_told_with_how_it_stood(operator, lines, order):
    operator.delete(f"/api/orders/{order}")
    line = lines()[0]

    assert told(line) == ("operator", "cancel_order", order)
    assert line["before"] == {"broker": "paper", "symbol": "AAPL", "status": "accepted"}


@pytest.mark.parametrize(("verdict", "given"), [("approve", "approved"), ("reject", "rejected")])
def test_approval_when_decided_then_told(client, operator, configure, lines, verdict, given):
    configure(approval="always")
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{ticket}")
    operator.post(f"/api/tickets/{ticket}/{verdict}")
    line = lines()[0]

    assert told(line) == ("operator", verdict, ticket)
    assert line["after"]["verdict"] == given


def test_prices_when_moved_then_told_with_those_before(operator, lines):
    operator.put("/api/paper/prices", json={"AAPL": "190.50"})
    operator.put("/api/paper/prices", json={"AAPL": "200", "MSFT": None})
    line = lines()[0]

    assert told(line) == ("operator", "set_paper_prices", "paper")
    assert (line["before"], line["after"]) == ({"AAPL": "190.50"}, {"AAPL": "200"})


def test_prices_when_played_then_one_line_tells_where_each_ends(operator, lines):
    operator.put("/api/paper/prices", data="AAPL,1\nAAPL,2\nMSFT,3\n", content_type="text/csv")

    assert [line["after"] for line in lines(what="set_paper_prices")] == [{"AAPL": "2", "MSFT": "3"}]


def test_cleanup_when_asked_for_then_told(operator, lines):
    operator.post("/cleanup")

    assert told(lines()[0]) == ("operator", "clean_up", "every broker")


def test_change_when_it_is_refused_then_there_is_no_line(operator, lines):
    before = lines()
    operator.post("/api/bots", json={"id": "default"})
    operator.patch("/api/bots/default", json={"daily_order_cap": 1}, headers={"If-Match": '"1"'})
    operator.delete("/api/positions/paper/AAPL")
    operator.delete("/api/orders/nobody-1")

    assert lines() == before


def test_alert_when_it_trades_then_it_writes_no_line(client, operator, store, lines):
    before = len(list(store.list(PREFIX)))
    client.post("/webhook", json=strategy_alert())
    operator.post("/tasks/tick")

    assert len(list(store.list(PREFIX))) == before


def test_audit_when_read_page_by_page_then_each_line_comes_once(operator):
    for state in ("HALTED", "REDUCING", "ACTIVE"):
        operator.put("/api/trading-state", json={"state": state})
    first = operator.get("/api/audit?limit=2").json
    second = operator.get(f"/api/audit?limit=3&after={first['next']}").json

    shown = [line["after"].get("state") for line in [*first["audit"], *second["audit"]]]
    assert (shown, second["next"]) == (["ACTIVE", "REDUCING", "HALTED", None, "ACTIVE"], None)


@pytest.mark.parametrize(
    "query",
    ["what=nothing", "after=x", "limit=0", "whom=me"],
)
def test_audit_when_the_question_is_no_question_then_400(operator, query):
    response = operator.get(f"/api/audit?{query}")

    assert (response.status_code, response.json["error"]["code"]) == (400, "REQUEST_INVALID")


def test_audit_when_it_is_to_go_on_behind_no_line_then_404(operator):
    response = operator.get("/api/audit?after=019aa1e8-0000-7000-8000-000000000000")

    assert (response.status_code, response.json["error"]["code"]) == (404, "NOT_FOUND")


def test_pursued_exit_when_it_is_ended_by_hand_then_told(make_app, scripted):
    app = make_app(brokers={"paper": scripted}, dry_run=False)
    sender = client_of(app, x_bot_secret=WEBHOOK_SECRET)
    person = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    sender.post("/webhook", json=strategy_alert())
    scripted.is_reachable = False
    pursued = sender.post("/webhook", json=strategy_alert(**EXIT_LONG)).json
    ended = person.post(f"/api/tickets/{pursued['ticket']}/end").json
    line = person.get("/api/audit").json["audit"][0]

    assert (pursued["status"], ended["status"]) == ("pursuing", "failed")
    assert told(line) == ("operator", "end_exit", pursued["ticket"])
    assert (line["before"], line["after"]) == ({"status": "pursuing"}, {"status": "failed"})
