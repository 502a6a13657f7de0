"""What was left in the middle of an idea is finished later: asked once more and ordered once, at most."""

import threading
from contextlib import contextmanager
from decimal import Decimal

import pytest

from app.domain.opinions import Direction, Question
from tests.builders import WEBHOOK_SECRET, ScriptedBroker, client_of, services_of, strategy_alert, trade_idea
from tests.services.review.conftest import IDEAS

pytestmark = pytest.mark.unit

QUESTION = Question(
    dialect="trade_idea",
    symbol="NVDA",
    direction=Direction.BULLISH,
    max_notional=Decimal(250),
    allow_short=False,
    min_confidence=Decimal(0),
)


class Killed(BaseException):
    """Ends a work as a kill would: nothing catches it."""


def die() -> None:
    raise Killed


@pytest.fixture
def later(services, clock, ticket_of):
    """Let the recovery find what was left, and read the ticket."""

    def recover(response) -> dict:
        clock.move(seconds=20)
        services.intake.recovery.recover()
        return ticket_of(response)

    return recover


@pytest.fixture
def cut_short(store, monkeypatch):
    """Let a kill come in between two writes, as a bucket makes it possible."""
    whole = type(store).apply

    @contextmanager
    def after(written: int):
        def apply(self, changes):
            whole(self, changes[:written])
            die()

        with monkeypatch.context() as patch:
            patch.setattr(type(store), "apply", apply)
            yield

    return after


def test_idea_when_killed_while_it_is_researched_then_asked_once_more(queue, services, later, analyst):
    response, analyst.before_answer = queue(), die
    with pytest.raises(Killed):
        services.intake.recovery.recover()
    analyst.before_answer = lambda: None
    ticket = later(response)

    assert (ticket["status"], len(analyst.asked)) == ("filled", 2)
    assert "resumed after a crash" in [stage["stage"] for stage in ticket["timeline"]]


def test_idea_when_killed_with_its_opinion_then_not_asked_again(queue, later, store, analyst):
    response = queue()
    store.create(f"opinions/{response.json['ticket']}", analyst.opine(QUESTION).to_json())

    assert (later(response)["status"], len(analyst.asked)) == ("filled", 1)


class TestAtABroker:
    @pytest.fixture
    def scripted(self):
        broker = ScriptedBroker(unique_client_order_ids=False)
        broker.price = "142.5"
        return broker

    @pytest.fixture
    def app(self, make_app, analyst, scripted):
        return make_app(analyst=analyst, brokers={"paper": scripted}, dry_run=False)

    def test_idea_when_killed_after_its_order_then_that_is_taken_up(
        self, queue, services, later, scripted, analyst
    ):
        response, scripted.failures = queue(), [Killed()]
        with pytest.raises(Killed):
            services.intake.recovery.recover()
        scripted.take(scripted.submitted[0])
        ticket = later(response)

        assert (ticket["status"], len(scripted.submitted), len(analyst.asked)) == ("filled", 1, 1)
        assert ticket["opinion"]["analyst"] == "scripted"

    def test_idea_when_killed_before_its_opinion_then_it_may_be_sent(
        self, queue, services, later, scripted, analyst
    ):
        response, analyst.before_answer = queue(), die
        with pytest.raises(Killed):
            services.intake.recovery.recover()
        analyst.before_answer = lambda: None

        assert (later(response)["status"], len(scripted.submitted)) == ("filled", 1)

    def test_idea_when_killed_after_its_opinion_then_it_is_not_sent_blindly(
        self, queue, services, later, scripted, clock
    ):
        response, scripted.failures = queue(), [Killed()]
        with pytest.raises(Killed):
            services.intake.recovery.recover()
        later(response)
        clock.move(seconds=60)

        assert (later(response)["reason"], len(scripted.submitted)) == ("ORDER_NOT_PLACED", 1)

    @pytest.mark.parametrize("written", range(8))
    def test_idea_when_killed_while_its_end_is_written_then_it_is_not_sent_again(
        self, queue, services, later, scripted, analyst, kept, cut_short, written
    ):
        response = queue()
        with cut_short(written), pytest.raises(Killed):
            services.intake.recovery.recover()
        ticket = later(response)

        assert (ticket["status"], len(scripted.submitted), len(analyst.asked)) == ("filled", 1, 1)
        assert kept() == []

    def test_idea_when_approved_then_it_is_sent_although_ids_are_taken_twice(
        self, queue, services, operator, configure, scripted
    ):
        configure(approval="always")
        response = queue()
        services.intake.recovery.recover()
        answer = operator.post(f"/api/tickets/{response.json['ticket']}/approve")

        assert (answer.json["status"], len(scripted.submitted)) == ("filled", 1)

    def test_alert_when_put_off_then_the_tick_sends_it_although_ids_are_taken_twice(
        self, client, later, configure, scripted
    ):
        configure(analyst="required", notional="100")

        assert later(client.post("/webhook", json=strategy_alert()))["status"] == "filled"


def test_idea_when_told_to_stop_while_it_is_researched_then_left_to_the_next_start(make_app, analyst, store):
    services = services_of(app := make_app(analyst=analyst))
    services.intake.pool.start()
    asked, go_on = threading.Event(), threading.Event()
    analyst.before_answer = lambda: (asked.set(), go_on.wait(60))
    response = client_of(app, x_bot_secret=WEBHOOK_SECRET).post(IDEAS, json=trade_idea())
    assert asked.wait(60)
    services.intake.pool.stop(0)
    go_on.set()
    services.intake.pool.stop(5)

    assert store.get(f"opinions/{response.json['ticket']}") is not None
    assert list(store.list("tickets/")) == []
