"""From a trade idea, or any alert that needs an opinion, to its order."""

from decimal import Decimal

import pytest

from app.domain.opinions import Action, Direction, Failure
from app.domain.reasons import Reason
from tests.builders import BEARISH, ENTER_SHORT, EXIT_LONG, strategy_alert

pytestmark = pytest.mark.unit


def verdicts(ticket: dict) -> dict:
    return {verdict["gate"]: verdict["code"] for verdict in ticket["gates"]}


class TestAnIdea:
    def test_idea_when_the_analyst_is_for_it_then_it_is_bought_with_exits(self, ended, holding, kept):
        ticket = ended()

        assert (ticket["status"], holding("NVDA")) == ("filled", "1.754385964")
        assert (ticket["exits"]["stop_loss"], ticket["exits"]["take_profit"]) == ("139", "148")
        assert kept() == []

    def test_idea_when_it_is_bearish_then_it_is_sold_short(self, ended, holding):
        assert ended(**BEARISH)["status"] == "filled"
        assert holding("NVDA") == "-1.754385964"

    def test_question_when_asked_then_it_is_the_idea_and_the_limits(self, ended, analyst):
        ended()

        asked = analyst.asked[0]
        assert (asked.symbol, asked.direction, asked.max_notional) == ("NVDA", Direction.BULLISH, 250)
        assert asked.matched_criteria == {"direction": "bullish", "confidence_min": "0.75"}

    @pytest.mark.parametrize(
        ("wanted", "bot", "value"),
        [
            ("100", {}, 100),
            ("1000000", {}, 250),
            ("33.339", {}, "33.33"),
            ("250", {"notional": "40"}, 40),
            ("250", {"max_order_notional": "50"}, 50),
        ],
    )
    def test_order_when_sized_then_by_the_opinion_and_never_above_a_cap(
        self, ended, analyst, configure, wanted, bot, value
    ):
        configure(**bot)
        analyst.decision = {"notional_usd": Decimal(wanted)}
        order = ended(entry_price=1, target_price=2, stop_price=0.5)["orders"][0]

        assert Decimal(order["quantity"]) == Decimal(value)

    @pytest.mark.parametrize(("risk", "quantity"), [("3.5", "1"), ("1000", "1.754385964")])
    def test_idea_when_the_bot_sizes_by_risk_then_the_ideas_stop_counts_and_its_cap_holds(
        self, ended, configure, holding, risk, quantity
    ):
        configure(risk_amount=risk)
        ended()

        assert holding("NVDA") == quantity

    def test_idea_when_sized_by_risk_and_its_exits_are_off_then_denied(self, ended, configure):
        configure(risk_amount="3.5", exits="off")

        assert ended()["reason"] == "RISK_STOP_MISSING"

    @pytest.mark.parametrize(
        ("decision", "reason"),
        [
            ({"symbol": "MSFT"}, "OPINION_SYMBOL_MISMATCH"),
            ({"confidence": Decimal("0.719")}, "OPINION_CONFIDENCE_LOW"),
            ({"action": Action.SELL_SHORT}, "OPINION_DIRECTION_MISMATCH"),
            ({"notional_usd": Decimal(0)}, "NOTIONAL_ZERO"),
        ],
    )
    def test_idea_when_a_gate_refuses_the_opinion_then_denied(self, ended, analyst, decision, reason):
        analyst.decision = decision
        ticket = ended()

        assert (ticket["status"], ticket["reason"], ticket["orders"]) == ("denied", reason, [])

    @pytest.mark.parametrize(
        ("levels", "reason"),
        [
            ({"stop_price": None}, "IDEA_LEVELS_MISSING"),
            ({"target_price": 142.5}, "IDEA_TARGET_MISPLACED"),
            ({"stop_price": 142.5}, "IDEA_STOP_MISPLACED"),
            (BEARISH | {"target_price": 142.5}, "IDEA_TARGET_MISPLACED"),
            (BEARISH | {"stop_price": 142.5}, "IDEA_STOP_MISPLACED"),
        ],
    )
    def test_idea_when_its_levels_are_wrong_then_denied(self, ended, levels, reason):
        ticket = ended(**levels)

        assert (ticket["status"], ticket["reason"], ticket["orders"]) == ("denied", reason, [])

    def test_idea_when_neutral_then_skipped_and_nobody_is_asked(self, ended, analyst):
        ticket = ended(direction="neutral")

        assert (ticket["status"], ticket["reason"]) == ("skipped", "IDEA_NEUTRAL")
        assert analyst.asked == []

    def test_idea_when_the_analyst_is_against_it_then_skipped(self, ended, analyst):
        analyst.decision = {"action": Action.SKIP}
        ticket = ended()

        assert (ticket["status"], ticket["reason"], ticket["orders"]) == ("skipped", "OPINION_SKIP", [])
        assert ticket["opinion"]["decision"]["action"] == "skip"

    @pytest.mark.parametrize(
        "reason", [Reason.OPINION_REFUSED, Reason.OPINION_TIMEOUT, Reason.MCP_UNREACHABLE]
    )
    def test_idea_when_the_analyst_fails_then_skipped_with_its_reason(self, ended, analyst, reason):
        analyst.failure = Failure(Reason[reason], "no answer")
        ticket = ended()

        assert (ticket["status"], ticket["reason"]) == ("skipped", reason)
        assert ticket["message"] == f"{reason.meaning.removesuffix('.')}: no answer."
        assert ticket["orders"] == []

    def test_idea_when_the_analyst_breaks_then_skipped(self, ended, analyst):
        def break_down() -> None:
            raise ZeroDivisionError

        analyst.before_answer = break_down

        assert ended()["reason"] == "OPINION_FAILED"

    @pytest.mark.parametrize("use", ["off", "advisory"])
    def test_bot_when_ideas_alone_need_opinions_then_failures_leave_its_other_alerts_alone(
        self, ended, post, work, analyst, configure, use
    ):
        configure(analyst=use)
        analyst.failure = Failure(Reason.OPINION_UNPARSABLE, "no answer")
        reasons = {ended(alert_name=f"Idea {number}")["reason"] for number in range(6)}

        assert (reasons, len(analyst.asked)) == ({"OPINION_UNPARSABLE"}, 6)
        assert work(post())["status"] == "filled"

    def test_bot_when_its_analyst_keeps_failing_then_it_only_reduces(
        self, ended, analyst, operator, configure
    ):
        configure(analyst="required")
        analyst.failure = Failure(Reason.OPINION_FAILED, "no answer")
        for _ in range(5):
            ended()
        analyst.failure = None

        assert operator.get("/api/bots/default").json["state"] == "REDUCING"
        assert (ended()["reason"], len(analyst.asked)) == ("TRADING_REDUCING", 5)

    @pytest.mark.parametrize("path", ["/api/trading-state", "/api/bots/default/trading-state"])
    def test_idea_when_trading_is_halted_while_the_analyst_is_asked_then_denied(
        self, ended, analyst, operator, path
    ):
        analyst.before_answer = lambda: operator.put(path, json={"state": "HALTED"})
        ticket = ended()

        assert (ticket["status"], ticket["reason"], ticket["orders"]) == ("denied", "TRADING_HALTED", [])

    def test_idea_when_approval_is_turned_on_while_the_analyst_is_asked_then_it_waits(
        self, ended, analyst, configure
    ):
        analyst.before_answer = lambda: configure(approval="always")

        assert ended()["status"] == "awaiting_approval"

    def test_idea_when_its_symbol_is_an_index_then_nobody_is_asked(self, ended, analyst):
        assert (ended(symbol="SPX")["reason"], analyst.asked) == ("SYMBOL_INDEX", [])

    def test_exits_when_off_then_a_plain_order(self, ended, configure, services):
        configure(exits="off")
        ticket = ended()

        assert (ticket["status"], ticket["exits"]) == ("filled", None)
        assert services.brokers.registry.get("paper").open_orders() == []

    def test_price_when_the_market_has_one_then_the_idea_does_not_move_it(self, ended, operator):
        operator.put("/api/paper/prices", json={"NVDA": "143"})
        operator.put("/api/paper/prices", json={"NVDA": None})

        assert ended()["orders"][0]["average_fill_price"] == "143"


class TestAnotherAlert:
    @pytest.fixture
    def post(self, client):
        return lambda **changes: client.post("/webhook", json=strategy_alert(**changes))

    @pytest.fixture(autouse=True)
    def required(self, configure):
        configure(analyst="required", notional="1000")

    def test_entry_when_the_analyst_wants_less_then_it_shrinks(self, post, work, analyst, holding):
        analyst.decision = {"notional_usd": Decimal(300)}
        work(post())

        assert (holding(), analyst.asked[0].max_notional) == ("3", 1000)

    def test_entry_when_the_analyst_wants_more_then_it_stays(self, post, work, analyst, holding):
        analyst.decision = {"notional_usd": Decimal(10**6)}
        work(post())

        assert holding() == "10"

    @pytest.mark.parametrize(
        ("decision", "status", "reason"),
        [
            ({"action": Action.SKIP}, "skipped", "OPINION_SKIP"),
            ({"confidence": Decimal("0.5")}, "denied", "OPINION_CONFIDENCE_LOW"),
            ({"action": Action.SELL_SHORT}, "denied", "OPINION_DIRECTION_MISMATCH"),
        ],
    )
    def test_entry_when_the_analyst_is_not_for_it_then_no_order(
        self, post, work, analyst, decision, status, reason
    ):
        analyst.decision = decision
        ticket = work(post())

        assert (ticket["status"], ticket["reason"], ticket["orders"]) == (status, reason, [])

    def test_entry_when_the_analyst_is_advisory_then_it_cannot_refuse(self, post, work, analyst, configure):
        configure(analyst="advisory")
        analyst.decision = {"action": Action.SKIP, "notional_usd": Decimal(1), "confidence": Decimal(0)}
        ticket = work(post())

        assert (ticket["status"], ticket["orders"][0]["filled_quantity"]) == ("filled", "10")
        assert ticket["opinion"]["decision"]["action"] == "skip"

    def test_bot_when_an_advisory_analyst_keeps_failing_then_it_goes_on(
        self, post, work, analyst, configure, operator
    ):
        configure(analyst="advisory")
        analyst.failure = Failure(Reason.OPINION_TIMEOUT, "too late")
        for _ in range(5):
            work(post())

        assert operator.get("/api/bots/default").json["state"] == "ACTIVE"

    def test_reversal_when_the_analyst_fails_then_it_still_closes(
        self, post, work, analyst, configure, holding
    ):
        configure(analyst="off")
        post()
        configure(analyst="required")
        analyst.failure = Failure(Reason.OPINION_TIMEOUT, "too late")
        ticket = work(post(**ENTER_SHORT))

        assert (ticket["reason"], holding()) == ("OPINION_TIMEOUT", "0")

    def test_entry_when_another_gate_refuses_then_nobody_is_asked(self, post, work, analyst, configure):
        configure(max_order_notional="1")

        assert work(post())["reason"] == "NOTIONAL_EXCEEDS_LIMIT"
        assert analyst.asked == []

    def test_exit_when_the_analyst_is_required_then_it_is_done_at_once(self, post, work, analyst):
        work(post())

        assert post(**EXIT_LONG).json["status"] == "filled"
        assert len(analyst.asked) == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"confidence": Decimal("0.1")}, "OPINION_CONFIDENCE_LOW"),
        ({"action": Action.BUY}, "OPINION_DIRECTION_MISMATCH"),
        ({"notional_usd": Decimal(0)}, "NOTIONAL_ZERO"),
    ],
)
def test_idea_when_a_gate_refuses_it_then_the_opposite_position_stays(ended, analyst, holding, said, reason):
    ended()
    analyst.decision = said
    ticket = ended(**BEARISH)

    assert (ticket["status"], ticket["reason"], ticket["orders"]) == ("denied", reason, [])
    assert holding("NVDA") == "1.754385964"


def test_idea_when_selling_short_is_off_then_the_opposite_position_stays(ended, configure, holding):
    ended()
    configure(allow_short=False)

    assert ended(**BEARISH)["reason"] == "SHORT_DISABLED"
    assert holding("NVDA") == "1.754385964"
