"""What the command line changes is told as the command line's, and read by `flask audit`."""

import json

import pytest

from app.domain.audit import Actor
from app.repositories.audit import AuditQuery
from tests.builders import strategy_alert

pytestmark = pytest.mark.unit


@pytest.fixture
def lines(services):
    """Return what the command line did, oldest first: what and whose."""

    def read() -> list[tuple[str, str]]:
        page = services.operations.audit.page(AuditQuery(who=Actor.COMMAND_LINE), after=None, limit=50)
        return [(line.what, line.subject) for line in reversed(page.lines)]

    return read


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["bots", "create", "swing"], ("create_bot", "swing")),
        (["bots", "set", "default", "daily_order_cap=3"], ("change_bot", "default")),
        (["bots", "rotate-secret", "default"], ("rotate_secret", "default")),
        (["bots", "halt", "default"], ("set_trading_state", "default")),
        (["bots", "resume", "--all"], ("set_trading_state", "every bot")),
        (["trading-state", "HALTED"], ("set_trading_state", "every bot")),
        (["trading-state", "REDUCING", "--bot", "default"], ("set_trading_state", "default")),
        (["positions", "close", "AAPL"], ("close_position", "paper/AAPL")),
        (["paper", "prices", "AAPL=100"], ("set_paper_prices", "paper")),
        (["paper", "reset", "--yes"], ("reset_paper_account", "paper")),
        (["circuit-breaker", "set", "active=true"], ("set_circuit_breaker", "paper")),
        (["circuit-breaker", "reset"], ("set_circuit_breaker", "paper")),
        (["cleanup"], ("clean_up", "every broker")),
    ],
    ids=" ".join,
)
def test_command_when_it_changes_something_then_one_line_says_so(client, run, lines, words, line):
    client.post("/webhook", json=strategy_alert())
    result = run(*words)

    assert (result.exit_code, lines()) == (0, [line])


def test_bot_when_deleted_by_a_command_then_told(run, lines):
    run("bots", "create", "swing")
    run("bots", "delete", "swing", "--yes")

    assert lines()[-1] == ("delete_bot", "swing")


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_approval_when_decided_by_a_command_then_told(client, configure, operator, run, lines, verdict):
    configure(approval="always")
    ticket = client.post("/webhook", json=strategy_alert()).json["ticket"]
    operator.post(f"/tasks/inbox/{ticket}")
    run("tickets", verdict, ticket)

    assert lines() == [(verdict, ticket)]


def test_order_when_canceled_by_a_command_then_told(client, configure, operator, run, lines):
    configure(use_limit_orders=True)
    operator.put("/api/paper/prices", json={"AAPL": "110"})
    order = client.post("/webhook", json=strategy_alert()).json["order"]["client_order_id"]
    run("orders", "cancel", order)

    assert lines() == [("cancel_order", order)]


def test_audit_when_shown_then_the_newest_stands_first_with_what_changed(run):
    run("bots", "set", "default", "daily_order_cap=3")
    run("bots", "set", "default", "daily_order_cap=4")
    shown = run("audit").output.splitlines()

    assert shown[0].split() == ["WHEN", "WHO", "WHAT", "SUBJECT", "BEFORE", "AFTER"]
    assert "daily_order_cap=3  daily_order_cap=4" in shown[1]


def test_audit_when_filtered_then_only_what_fits_is_shown(run, operator):
    operator.put("/api/trading-state", json={"state": "REDUCING"})
    run("trading-state", "HALTED")
    shown = run("audit", "list", "--who", "command line", "--what", "set_trading_state", "--json").output

    assert [json.loads(line)["after"]["state"] for line in shown.splitlines()] == ["HALTED"]


def test_audit_when_nothing_fits_then_a_sentence_says_so(run):
    assert run("audit", "list", "--subject", "nobody").output == "No such changes.\n"


def test_audit_when_the_day_is_none_then_a_sentence_says_why(run):
    result = run("audit", "list", "--date", "yesterday")

    assert (result.exit_code, "`date` must be a date" in result.output) == (1, True)
