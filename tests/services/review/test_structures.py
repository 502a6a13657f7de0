"""Opinion and approval for bots with a structure: both refuse or shrink entries, and hold up no exit."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.opinions import Action
from tests.builders import BEARISH, ENTER_LONG, EXIT_LONG, strategy_alert, trade_idea

pytestmark = pytest.mark.unit
PUT_SPREAD = {
    "underlying": "AAPL",
    "structure": "bull_put_spread",
    "days_to_expiry": 18,
    "strike_by": "percent",
    "strike_value": "0.05",
    "wing_width": "5",
    "ladder_give_pct": "1",
    "contracts": 3,
}


@pytest.fixture
def clock(clock):
    clock.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    return clock


@pytest.fixture(autouse=True)
def bot(broker, configure):
    broker.set_prices({"AAPL": Decimal(100)})
    configure(**PUT_SPREAD)


@pytest.fixture
def run(services, clock):
    def go(seconds=60):
        for _ in range(seconds):
            services.structures.ladders.run()
            clock.move(seconds=1)

    return go


@pytest.fixture
def units(services, run):
    """Let ladders end; return the units of every open trade."""

    def count():
        run()
        return [stored.trade.units for stored in services.structures.trades.every()]

    return count


@pytest.fixture
def post(client):
    return lambda **changes: client.post("/webhook", json=strategy_alert(**changes))


class TestOpinions:
    @pytest.fixture(autouse=True)
    def asks(self, configure):
        configure(analyst="required")

    def test_entry_when_the_model_is_in_favour_then_it_knew_the_structure(self, post, work, analyst, units):
        response = post(**ENTER_LONG)
        assert (response.status_code, response.json["status"]) == (202, "researching")
        ticket = work(response)
        (question,) = analyst.asked

        assert (ticket["status"], units()) == ("ordered", [3])
        assert (question.structure["kind"], question.structure["units"]) == ("bull_put_spread", 3)
        loss = Decimal(question.structure["largest_loss"])
        assert question.max_notional == 3 * loss > 0

    def test_entry_when_the_model_allows_less_then_fewer_units(self, post, work, analyst, units):
        analyst.decision = {"notional_usd": Decimal(1000)}
        work(post(**ENTER_LONG))
        assert units() == [2]

    def test_entry_when_the_model_asks_for_more_then_no_more(self, post, work, analyst, units):
        analyst.decision = {"notional_usd": Decimal(1_000_000)}
        work(post(**ENTER_LONG))
        assert units() == [3]

    @pytest.mark.parametrize(
        ("decision", "status", "reason"),
        [
            ({"action": Action.SKIP}, "skipped", "OPINION_SKIP"),
            ({"action": Action.SELL_SHORT}, "denied", "OPINION_DIRECTION_MISMATCH"),
            ({"notional_usd": Decimal(100)}, "denied", "NOTIONAL_EXCEEDS_LIMIT"),
            ({"symbol": "MSFT"}, "denied", "OPINION_SYMBOL_MISMATCH"),
        ],
    )
    def test_entry_when_the_model_is_against_it_then_nothing(
        self, post, work, analyst, units, decision, status, reason
    ):
        analyst.decision = decision
        ticket = work(post(**ENTER_LONG))
        assert (ticket["status"], ticket["reason"], units()) == (status, reason, [])

    def test_entry_when_it_cannot_be_had_then_nobody_is_asked(self, post, work, analyst, configure):
        configure(max_loss="10")
        ticket = work(post(**ENTER_LONG))
        assert (ticket["reason"], analyst.asked) == ("MAX_LOSS_EXCEEDED", [])

    def test_structure_without_a_side_when_the_model_says_yes_then_either_word_enters(
        self, post, work, configure, units
    ):
        configure(structure="iron_condor")
        assert (work(post(**ENTER_LONG))["status"], units()) == ("ordered", [3])

    def test_exit_when_an_opinion_is_required_then_it_waits_for_none(self, post, work, analyst, units, run):
        work(post(**ENTER_LONG))
        run()
        response = post(**EXIT_LONG)

        assert (response.status_code, response.json["status"]) == (200, "ordered")
        assert (len(analyst.asked), units()) == (1, [])


class TestApprovals:
    @pytest.fixture(autouse=True)
    def asks(self, configure):
        configure(approval="always")

    def test_entry_when_a_person_must_approve_then_contracts_price_and_loss_are_told(
        self, post, services, heard, units, operator
    ):
        response = post(**ENTER_LONG)
        services.observability.notifier.close(60)

        assert (response.status_code, response.json["status"], units()) == (202, "awaiting_approval", [])
        (notice,) = heard
        for word in ("3 x BULL PUT SPREAD", "+1 AAPL250321P00090000", "net -", "largest loss"):
            assert word in notice.message

    def test_entry_when_approved_then_decided_anew_and_never_more_than_was_shown(
        self, post, operator, configure, broker, units
    ):
        ticket = post(**ENTER_LONG).json["ticket"]
        configure(contracts=9)
        broker.set_prices({"AAPL": Decimal(110)})
        operator.post(f"/api/tickets/{ticket}/approve")

        assert units() == [3]
        legs = operator.get(f"/api/tickets/{ticket}").json["signal"]["structure"]["legs"]
        assert {leg["symbol"][-8:] for leg in legs} != {"00090000", "00095000"}

    @pytest.mark.parametrize(("word", "reason"), [("reject", "APPROVAL_REJECTED")])
    def test_entry_when_rejected_then_nothing(self, post, operator, units, word, reason):
        ticket = post(**ENTER_LONG).json["ticket"]
        answer = operator.post(f"/api/tickets/{ticket}/{word}").json
        assert (answer["reason"], units()) == (reason, [])

    @pytest.mark.parametrize("structure", [None, "bear_call_spread", "iron_condor"])
    def test_entry_when_the_bot_trades_something_else_by_then_denied(
        self, post, operator, configure, units, structure
    ):
        ticket = post(**ENTER_LONG).json["ticket"]
        configure(structure=structure)
        answer = operator.post(f"/api/tickets/{ticket}/approve").json
        assert (answer["status"], units()) != ("ordered", [3])
        assert answer["reason"] in {"APPROVAL_UNAVAILABLE", "POSITION_NONE"}

    def test_entry_when_its_largest_loss_is_below_the_bound_then_nobody_is_asked(
        self, post, configure, units
    ):
        configure(approval="above_notional", approval_above_notional="5000")
        assert (post(**ENTER_LONG).json["status"], units()) == ("ordered", [3])
        configure(approval_above_notional="100")
        assert post(**ENTER_LONG).json["status"] == "awaiting_approval"

    def test_exit_when_approvals_are_wanted_then_it_waits_for_nobody(self, post, operator, units, run):
        ticket = post(**ENTER_LONG).json["ticket"]
        operator.post(f"/api/tickets/{ticket}/approve")
        run()
        assert (post(**EXIT_LONG).json["status"], units()) == ("ordered", [])

    def test_entry_when_the_other_side_came_meanwhile_then_skipped(self, post, operator, units, clock):
        ticket = post(**ENTER_LONG).json["ticket"]
        clock.move(seconds=1)
        post(**EXIT_LONG)
        answer = operator.post(f"/api/tickets/{ticket}/approve").json
        assert (answer["reason"], units()) == ("ALERT_OVERTAKEN", [])


class TestIdeas:
    def test_idea_when_its_structure_costs_more_than_ideas_may_then_denied(self, ended, analyst, units):
        ticket = ended(symbol="AAPL")
        assert (ticket["reason"], analyst.asked, units()) == ("NOTIONAL_EXCEEDS_LIMIT", [], [])

    def test_idea_when_bearish_then_it_leaves_without_an_opinion(self, post, ended, analyst, units, run):
        post(**ENTER_LONG)
        run()
        ticket = ended(symbol="AAPL", **BEARISH)

        assert (ticket["status"], analyst.asked, units()) == ("ordered", [], [])


class TestIdeasWithRoom:
    @pytest.fixture
    def app(self, make_app, analyst):
        return make_app(analyst=analyst, max_notional_usd=Decimal(1000))

    def test_idea_when_the_cap_allows_some_then_as_many_units_as_fit(self, ended, analyst, units):
        ended(symbol="AAPL")
        (question,) = analyst.asked

        assert units() == [2]
        assert (question.structure["units"], question.target_price) == (2, Decimal(148))

    def test_idea_when_its_levels_are_on_the_wrong_side_then_denied(self, ended, units):
        ticket = ended(symbol="AAPL", stop_price=150)
        assert (ticket["reason"], units()) == ("IDEA_STOP_MISPLACED", [])

    def test_idea_when_neutral_then_a_structure_without_a_side_is_entered(self, ended, configure, units):
        configure(structure="iron_condor")
        levels = dict.fromkeys(("entry_price", "target_price", "stop_price"))
        ended(symbol="AAPL", direction="neutral", **levels)
        assert units() == [2]


class TestMappedIdeas:
    """Ideas of a label that their owner has mapped go to the bot of that structure."""

    @pytest.fixture
    def app(self, make_app, analyst):
        return make_app(analyst=analyst, max_notional_usd=Decimal(1000))

    @pytest.fixture(autouse=True)
    def puts(self, operator, configure):
        configure(
            structure=None, idea_structures=["Sell_Put_Spread = puts", "buy_call=gone", "spread=shares"]
        )
        operator.post("/api/bots", json={"id": "puts", **PUT_SPREAD})
        operator.post("/api/bots", json={"id": "shares"})

    def test_idea_when_its_label_is_mapped_then_that_bot_enters_its_structure(self, ended, services, units):
        ticket = ended(symbol="AAPL", strategy="sell_put_spread")
        assert (ticket["bot"], units()) == ("puts", [2])
        assert [stored.trade.bot for stored in services.structures.trades.every()] == ["puts"]

    def test_idea_when_its_label_is_not_mapped_then_shares_as_before(self, ended, units, holding):
        ticket = ended(symbol="AAPL", entry_price=100, target_price=110, stop_price=95, strategy="momentum")
        assert (ticket["bot"], ticket["status"], units()) == ("default", "filled", [])
        assert Decimal(holding()) > 0

    @pytest.mark.parametrize("label", ["buy_call", "spread"])
    def test_idea_when_it_is_mapped_to_no_bot_with_a_structure_then_denied(
        self, ended, units, holding, label
    ):
        ticket = ended(symbol="AAPL", strategy=label)
        assert (ticket["status"], ticket["reason"], units()) == ("denied", "BOT_KIND_MISMATCH", [])
        assert holding() == "0"

    def test_idea_when_delivered_again_then_it_is_a_duplicate(self, client, work, units):
        idea = trade_idea(symbol="AAPL", strategy="sell_put_spread")
        first = client.post("/webhooks/optionomics/trade-ideas", json=idea)
        work(first)
        again = client.post("/webhooks/optionomics/trade-ideas", json=idea)

        assert (again.json["status"], again.json["ticket"]) == ("duplicate", first.json["ticket"])
        assert units() == [2]

    def test_idea_when_it_was_had_before_its_label_was_mapped_then_a_duplicate(
        self, client, work, units, configure
    ):
        idea = trade_idea(symbol="AAPL", strategy="later")
        first = client.post("/webhooks/optionomics/trade-ideas", json=idea)
        work(first)
        configure(idea_structures=["later=puts"])
        again = client.post("/webhooks/optionomics/trade-ideas", json=idea)

        assert (again.json["status"], again.json["ticket"], units()) == (
            "duplicate",
            first.json["ticket"],
            [],
        )

    @pytest.mark.parametrize("mapped", ["sell_put_spread=others", "another=puts"])
    @pytest.mark.parametrize("is_done", [True, False])
    def test_idea_when_its_label_is_mapped_otherwise_since_then_a_duplicate(
        self, client, work, units, configure, operator, mapped, is_done
    ):
        operator.post("/api/bots", json={"id": "others", **PUT_SPREAD})
        idea = trade_idea(symbol="AAPL", strategy="sell_put_spread")
        first = client.post("/webhooks/optionomics/trade-ideas", json=idea)
        if is_done:
            work(first)
        configure(idea_structures=[mapped])
        again = client.post("/webhooks/optionomics/trade-ideas", json=idea)
        work(first)

        assert (again.json["status"], again.json["ticket"]) == ("duplicate", first.json["ticket"])
        assert units() == [2]

    def test_idea_when_it_is_had_while_its_label_is_mapped_then_a_duplicate(self, client, configure):
        idea = trade_idea(symbol="AAPL", strategy="later")
        first = client.post("/webhooks/optionomics/trade-ideas", json=idea)
        configure(idea_structures=["later=puts"])
        again = client.post("/webhooks/optionomics/trade-ideas", json=idea)

        assert (again.json["status"], again.json["ticket"]) == ("duplicate", first.json["ticket"])

    def test_idea_when_previewed_then_the_mapped_bot_is_told(self, operator):
        idea = trade_idea(symbol="AAPL", strategy="sell_put_spread")
        shown = operator.post("/api/preview", json=idea).json
        assert (shown["bot"], shown["status"]) == ("puts", "ordered")

    @pytest.mark.parametrize(
        ("pairs", "status"), [(["buy_call"], 400), (["a=puts", "A=shares"], 409), ([], 400)]
    )
    def test_mapping_when_it_is_none_then_refused(self, operator, pairs, status):
        etag = operator.get("/api/bots/default").headers["ETag"]
        answer = operator.patch(
            "/api/bots/default", json={"idea_structures": pairs}, headers={"If-Match": etag}
        )
        assert answer.status_code == status
