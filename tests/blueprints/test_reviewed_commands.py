"""Commands to bots whose entries need somebody's word: asked like alerts, answered in their own shape."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.domain.opinions import Action
from tests.builders import ACCOUNT_SECRET, ScriptedAnalyst
from tests.option_bots import FAST_CONDOR

pytestmark = pytest.mark.integration
PATH = f"/webhook/{ACCOUNT_SECRET}"


@pytest.fixture
def clock(clock):
    clock.now = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)
    return clock


@pytest.fixture
def analyst():
    return ScriptedAnalyst()


@pytest.fixture
def app(make_app, analyst):
    return make_app(analyst=analyst)


@pytest.fixture(autouse=True)
def _price(broker, configure):
    broker.set_prices({"AAPL": Decimal(100)})
    configure(**FAST_CONDOR)


@pytest.fixture
def post(anonymous):
    return lambda path, body=None: anonymous.post(f"{PATH}/{path}", json=body or {})


@pytest.fixture
def units(services, clock):
    """Let ladders end; return the units of every open trade."""

    def count():
        for _ in range(40):
            services.structures.ladders.run()
            clock.move(seconds=1)
        return [stored.trade.units for stored in services.structures.trades.every()]

    return count


@pytest.fixture
def ticket(operator):
    return lambda answer: operator.get(f"/api/tickets/{answer.json['id']}").json


class TestApprovals:
    @pytest.fixture(autouse=True)
    def asks(self, configure):
        configure(approval="always")

    def test_enter_when_a_person_must_approve_then_the_answer_says_so_and_what_was_chosen(self, post, units):
        answer = post("enter/1", {"quantity": 2})

        assert (answer.status_code, answer.json["success"]) == (200, True)
        assert (answer.json["status"], answer.json["payload"]) == ("awaiting_approval", {"quantity": 2})
        assert [leg["ratio"] for leg in answer.json["chosen"]] == [1, -1, -1, 1]
        assert units() == []

    def test_enter_when_approved_then_entered_once(self, post, operator, units, ticket):
        answer = post("enter/1", {"quantity": 2})
        decided = operator.post(f"/api/tickets/{answer.json['id']}/approve")

        assert decided.json["status"] == "ordered"
        assert units() == [2]
        assert ticket(answer)["dialect"] == "bot_command"
        assert operator.post(f"/api/tickets/{answer.json['id']}/approve").status_code == 409

    def test_enter_when_rejected_then_nothing(self, post, operator, units, ticket):
        answer = post("enter/1")
        operator.post(f"/api/tickets/{answer.json['id']}/reject")

        assert (ticket(answer)["reason"], units()) == ("APPROVAL_REJECTED", [])

    def test_enter_when_nobody_decides_in_time_then_it_expires(self, post, services, clock, units, ticket):
        answer = post("enter/1")
        clock.move(days=1)
        services.intake.approvals.expire()

        assert (ticket(answer)["status"], ticket(answer)["reason"]) == ("expired", "APPROVAL_EXPIRED")
        assert units() == []

    def test_enter_when_sent_again_then_it_hears_of_the_first(self, post):
        first, again = post("enter/1"), post("enter/1")

        assert (again.json["id"], again.json["status"]) == (first.json["id"], "awaiting_approval")

    @pytest.mark.parametrize(("close", "entered"), [("all", []), ("newest", [1])])
    def test_enter_when_all_are_left_meanwhile_then_it_is_overtaken(
        self, post, operator, units, clock, ticket, close, entered
    ):
        answer = post("enter/1")
        clock.move(seconds=1)
        post("exit", {"bot": 1, "close": close})
        operator.post(f"/api/tickets/{answer.json['id']}/approve")

        assert units() == entered
        assert ticket(answer)["reason"] == (None if entered else "ALERT_OVERTAKEN")

    def test_exit_when_approvals_are_wanted_then_it_waits_for_nobody(self, post, operator, units):
        answer = post("enter/1")
        operator.post(f"/api/tickets/{answer.json['id']}/approve")
        assert units() == [1]

        assert post("exit/1").json["status"] == "ordered"
        assert units() == []


class TestOpinions:
    @pytest.fixture(autouse=True)
    def asks(self, configure):
        configure(analyst="required")

    @pytest.fixture
    def work(self, services, ticket):
        def finish(answer):
            services.intake.recovery.recover()
            return ticket(answer)

        return finish

    def test_enter_when_the_model_is_in_favour_then_it_was_asked_about_the_structure(
        self, post, work, analyst, units
    ):
        answer = post("enter/1")
        assert (answer.status_code, answer.json["status"]) == (200, "researching")

        assert (work(answer)["status"], units()) == ("ordered", [1])
        (question,) = analyst.asked
        assert (question.dialect, question.symbol) == ("bot_command", "AAPL")
        assert question.structure["kind"] == "iron_condor"

    def test_enter_when_the_model_is_against_it_then_nothing(self, post, work, analyst, units):
        analyst.decision = {"action": Action.SKIP}
        ticket = work(post("enter/1"))

        assert (ticket["status"], ticket["reason"], units()) == ("skipped", "OPINION_SKIP", [])
