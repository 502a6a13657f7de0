"""Orders that wait for a person: decided once, wherever and however often somebody clicks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.domain.approvals import ApprovalDecision
from app.errors import ApprovalOver
from tests.builders import (
    BEARISH,
    ENTER_SHORT,
    EXIT_LONG,
    OPERATOR_TOKEN,
    ScriptedAnalyst,
    client_of,
    services_of,
    strategy_alert,
)

pytestmark = pytest.mark.unit

REJECT = {"verdict": "reject"}


@pytest.fixture(autouse=True)
def asks(configure):
    configure(approval="always")


@pytest.fixture
def waiting(queue, work):
    """A trade idea's answer, when it waits for a person."""
    response = queue()
    assert work(response)["status"] == "awaiting_approval"
    return response


@pytest.fixture
def decide(operator, waiting):
    """Approve or reject it as the operator."""
    return lambda word: operator.post(f"/api/tickets/{waiting.json['ticket']}/{word}")


@pytest.fixture
def link(waiting, services, heard):
    """Where the notification's link leads."""
    services.observability.notifier.close(60)
    return heard[0].message.partition("https://gatehouse.example")[2]


def test_ticket_when_it_waits_then_opinion_and_gates_are_shown(waiting, ticket_of, holding):
    ticket = ticket_of(waiting)

    assert ticket["opinion"]["decision"]["action"] == "buy"
    assert all(gate["passed"] for gate in ticket["gates"])
    assert (holding("NVDA"), [stage["stage"] for stage in ticket["timeline"]][-1]) == (
        "0",
        "waiting for approval",
    )


def test_approval_when_given_then_it_is_judged_again_and_ordered(decide, waiting, ticket_of, holding, kept):
    answer = decide("approve")

    assert (answer.status_code, answer.json["status"], kept()) == (200, "filled", [])
    assert holding("NVDA") == "1.754385964"
    assert "approved" in [stage["stage"] for stage in ticket_of(waiting)["timeline"]]


def test_approval_when_given_then_the_analyst_is_not_asked_again(decide, analyst):
    decide("approve")

    assert len(analyst.asked) == 1


def test_approval_when_refused_then_denied(decide, holding, kept):
    answer = decide("reject")

    assert (answer.status_code, answer.json["status"]) == (200, "denied")
    assert (answer.json["reason"], holding("NVDA"), kept()) == ("APPROVAL_REJECTED", "0", [])


@pytest.mark.parametrize("second", ["approve", "reject"])
def test_decision_when_it_is_the_second_then_refused(decide, second, holding):
    decide("approve")
    answer = decide(second)

    assert (answer.status_code, answer.json["error"]["code"]) == (409, "APPROVAL_OVER")
    assert holding("NVDA") == "1.754385964"


def test_decision_when_many_come_at_once_then_one_counts(app, waiting, holding):
    def click(word: str):
        client = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
        return client.post(f"/api/tickets/{waiting.json['ticket']}/{word}").status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, ["approve"] * 8))

    assert sorted(answers) == [200] + [409] * 7
    assert holding("NVDA") == "1.754385964"


def test_decision_when_another_process_takes_it_then_the_order_is_placed_once(
    make_app, waiting, analyst, holding
):
    other = client_of(make_app(analyst=analyst), authorization=f"Bearer {OPERATOR_TOKEN}")
    answer = other.post(f"/api/tickets/{waiting.json['ticket']}/approve")

    assert (answer.json["status"], len(analyst.asked)) == ("filled", 1)
    assert holding("NVDA") == "1.754385964"


def test_decision_when_there_is_no_such_ticket_then_404(operator):
    missing = "019aa1e8-0000-7000-8000-000000000000"

    assert operator.post(f"/api/tickets/{missing}/approve").status_code == 404


@pytest.mark.parametrize("late", ["click", "clock"])
def test_approval_when_too_late_then_expired(decide, waiting, services, ticket_of, clock, holding, late):
    clock.move(seconds=900)
    if late == "click":
        decide("approve")
    else:
        services.intake.approvals.expire()
    ticket = ticket_of(waiting)

    assert (ticket["status"], ticket["reason"]) == ("expired", "APPROVAL_EXPIRED")
    assert holding("NVDA") == "0"


def test_approval_when_just_in_time_then_ordered(decide, clock):
    clock.move(seconds=899)

    assert decide("approve").json["status"] == "filled"


def test_approval_when_the_market_has_run_away_then_the_gates_refuse(decide, operator):
    operator.put("/api/paper/prices", json={"NVDA": "149"})

    assert decide("approve").json["reason"] == "EXIT_MISPLACED"


def test_approval_when_the_switch_was_thrown_meanwhile_then_the_gates_refuse(decide, operator):
    operator.put("/api/trading-state", json={"state": "HALTED"})

    assert decide("approve").json["reason"] == "TRADING_HALTED"


def test_approval_when_nobody_is_asked_any_more_then_it_still_waits(decide, configure, services, holding):
    configure(approval="off")
    services.intake.recovery.recover()

    assert holding("NVDA") == "0"
    assert decide("reject").json["status"] == "denied"


@pytest.mark.parametrize(
    ("above", "status"),
    [("250", "filled"), ("249.99", "awaiting_approval"), (None, "awaiting_approval")],
)
def test_approval_when_asked_above_a_value_then_smaller_orders_pass(ended, configure, above, status):
    configure(approval="above_notional", approval_above_notional=above)

    assert ended(entry_price=1, target_price=2, stop_price=0.5)["status"] == status


def test_idea_when_it_would_close_the_opposite_then_all_of_it_waits(ended, configure, holding):
    configure(approval="off")
    ended()
    configure(approval="always")

    assert ended(**BEARISH)["status"] == "awaiting_approval"
    assert holding("NVDA") == "1.754385964"


def test_strategy_when_it_reverses_then_the_exit_waits_for_nobody(client, work, configure, holding):
    configure(approval="off")
    client.post("/webhook", json=strategy_alert())
    configure(approval="always")
    ticket = work(client.post("/webhook", json=strategy_alert(**ENTER_SHORT)))

    assert (ticket["reason"], holding()) == ("APPROVAL_UNAVAILABLE", "0")


@pytest.mark.parametrize(
    "named", [{}, {"symbol": "NASDAQ:AAPL"}, {"symbol": "aapl", "exchange": "NASDAQ"}], ids=str
)
def test_strategy_when_it_has_exited_meanwhile_then_the_entry_is_not_made_up_for(
    client, work, operator, clock, holding, named
):
    entry = client.post("/webhook", json=strategy_alert())
    assert work(entry)["status"] == "awaiting_approval"
    clock.move(seconds=1)
    client.post("/webhook", json=strategy_alert(**EXIT_LONG | named))
    answer = operator.post(f"/api/tickets/{entry.json['ticket']}/approve")

    assert (answer.json["status"], answer.json["reason"]) == ("skipped", "ALERT_OVERTAKEN")
    assert holding() == "0"


@pytest.mark.parametrize(
    ("symbol", "order", "reason"), [("NASDAQ:AAPL", "all", "ALERT_OVERTAKEN"), ("MSFT", "all", None)]
)
def test_strategy_when_all_that_waits_was_cancelled_then_the_entry_is_not_made(
    client, work, operator, clock, symbol, order, reason
):
    entry = client.post("/webhook", json=strategy_alert())
    work(entry)
    clock.move(seconds=1)
    client.post("/webhook", json={"command": "cancel", "order": order, "symbol": symbol})
    answer = operator.post(f"/api/tickets/{entry.json['ticket']}/approve")

    assert answer.json.get("reason") == reason


@pytest.mark.parametrize("later", [{}, {"symbol": "MSFT", **EXIT_LONG}])
def test_strategy_when_a_later_alert_is_of_another_mind_then_the_entry_is_made(
    client, work, operator, clock, later
):
    entry = client.post("/webhook", json=strategy_alert())
    work(entry)
    clock.move(seconds=1)
    client.post("/webhook", json=strategy_alert(**later))

    assert operator.post(f"/api/tickets/{entry.json['ticket']}/approve").json["status"] == "filled"


def test_strategy_when_it_enters_then_it_waits(client, work, configure):
    response = client.post("/webhook", json=strategy_alert())

    assert (response.status_code, work(response)["status"]) == (202, "awaiting_approval")


def test_approval_when_the_process_died_after_it_then_the_next_one_orders(
    make_app, services, waiting, ticket_of, clock, holding
):
    services.intake.approvals.approvals.decide(
        UUID(waiting.json["ticket"]), ApprovalDecision.APPROVED, "a test"
    )
    clock.move(seconds=60)
    services_of(make_app(analyst=ScriptedAnalyst())).intake.recovery.recover()
    clock.move(seconds=60)
    services.intake.recovery.recover()

    assert (ticket_of(waiting)["status"], holding("NVDA")) == ("filled", "1.754385964")


class TestTheLink:
    def test_page_when_opened_then_it_asks_and_changes_nothing(self, anonymous, link, waiting, ticket_of):
        page = anonymous.get(link)

        assert (page.status_code, "buy 1.754385964 NVDA" in page.text) == (200, True)
        assert "It looks good." in page.text
        assert ticket_of(waiting)["status"] == "awaiting_approval"
        assert page.headers["Cache-Control"] == "no-store"

    def test_button_when_pressed_then_ordered_once(self, anonymous, link, holding):
        first, second = (anonymous.post(link, data={"verdict": "approve"}) for _ in range(2))

        assert (first.status_code, second.status_code) == (200, 409)
        assert (holding("NVDA"), anonymous.get(link).status_code) == ("1.754385964", 409)

    def test_button_when_it_rejects_then_denied(self, anonymous, link, waiting, ticket_of):
        assert anonymous.post(link, data=REJECT).status_code == 200
        assert ticket_of(waiting)["reason"] == "APPROVAL_REJECTED"

    def test_button_when_it_says_nothing_then_400(self, anonymous, link):
        assert anonymous.post(link).status_code == 400

    def test_link_when_forged_then_403(self, anonymous, link):
        forged = link[:-1] + ("0" if link[-1] != "0" else "1")

        assert anonymous.post(forged, data=REJECT).status_code == 403

    def test_link_when_of_another_ticket_then_403(self, anonymous, link):
        other = link.replace("/approvals/0", "/approvals/1")

        assert anonymous.get(other).status_code == 403

    def test_link_when_used_then_no_log_has_it(self, anonymous, link, caplog):
        caplog.set_level("INFO")
        anonymous.get(link)

        assert link.rpartition("/")[2] not in caplog.text


def test_decision_when_nothing_waits_then_over(services, ended, configure):
    configure(approval="off")
    ticket = ended()

    with pytest.raises(ApprovalOver, match="it is filled"):
        services.intake.approvals.waiting(UUID(ticket["id"]))


def test_approval_when_the_bot_trades_more_meanwhile_then_it_is_for_what_was_asked(
    client, work, configure, operator, holding
):
    configure(notional="200")
    waiting = client.post("/webhook", json=strategy_alert())
    assert work(waiting)["status"] == "awaiting_approval"
    configure(notional="20000")
    operator.post(f"/api/tickets/{waiting.json['ticket']}/approve")

    assert holding() == "2"


def test_approval_when_the_bot_is_at_another_broker_meanwhile_then_denied(decide, configure):
    configure(broker="alpaca")

    assert decide("approve").json["reason"] == "APPROVAL_UNAVAILABLE"


def test_approval_when_another_process_gave_the_last_one_then_the_cap_holds(
    make_app, queue, work, configure, operator, clock
):
    configure(daily_order_cap=1)
    first, second = queue(), queue(symbol="AAPL")
    assert [work(each)["status"] for each in (first, second)] == ["awaiting_approval"] * 2
    other = client_of(make_app(analyst=ScriptedAnalyst()), authorization=f"Bearer {OPERATOR_TOKEN}")
    clock.move(seconds=600)
    other.post("/api/preview", json=strategy_alert())
    operator.post(f"/api/tickets/{first.json['ticket']}/approve")
    answer = other.post(f"/api/tickets/{second.json['ticket']}/approve")

    assert answer.json["reason"] == "DAILY_ORDER_CAP"


@pytest.mark.parametrize("is_elsewhere", [False, True])
@pytest.mark.parametrize(
    "limit",
    [
        ("DAILY_ORDER_CAP", {"daily_order_cap": 1}),
        ("DAILY_NOTIONAL_CAP", {"daily_notional_cap": "3000"}),
        ("COOLDOWN_ACTIVE", {"cooldown_seconds": 600}),
    ],
    ids=str,
)
def test_approval_when_it_is_given_after_midnight_then_it_counts_from_then_on(
    make_app, client, work, configure, operator, clock, limit, is_elsewhere
):
    reason, limits = limit
    configure(**limits)
    clock.now = datetime(2026, 6, 2, 23, 50, tzinfo=UTC)
    first, second = (client.post("/webhook", json=strategy_alert(bar=bar)) for bar in "ab")
    assert [work(each)["status"] for each in (first, second)] == ["awaiting_approval"] * 2
    clock.move(seconds=700)
    operator.post(f"/api/tickets/{first.json['ticket']}/approve")
    if is_elsewhere:
        operator = client_of(make_app(), authorization=f"Bearer {OPERATOR_TOKEN}")
    answer = operator.post(f"/api/tickets/{second.json['ticket']}/approve")

    assert answer.json["reason"] == reason
