"""The replay itself; what is printed of it is tested with `flask ideas`."""

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.opinions import Decision, Opinion
from app.schemas.alerts import read_stored_signal
from app.services.analyst.rule_analyst import RulesAnalyst
from app.services.opinion_scores.replay import Another, Replayer
from tests.past_opinions import NOON, idea_alert, past_ticket, said

pytestmark = pytest.mark.unit


class Recorder:
    """Says yes for all that it may, once two have asked, and remembers the questions."""

    name, model = "recorder", "one"

    def __init__(self) -> None:
        self.asked = []
        self.together = threading.Barrier(2, timeout=60)

    def opine(self, question):
        self.asked.append(question)
        self.together.wait()
        decision = Decision("buy", question.symbol, question.max_notional, Decimal("0.9"), "Yes.")
        return Opinion(analyst=self.name, model=question.symbol, decision=decision)


@pytest.fixture
def replayer(services, clock):
    clock.now = NOON + timedelta(days=400)
    return Replayer(
        previews=services.intake.trading.previews,
        bots=services.operations.bots,
        read_signal=read_stored_signal,
        clock=clock,
        workers=2,
    )


@pytest.fixture
def rules(replayer):
    return replayer.previews.rules


def test_ask_when_there_are_many_then_several_at_once_and_each_keeps_its_place(replayer, rules):
    names = ("NVDA", "MSFT")
    tickets = [past_ticket(alert=idea_alert(symbol=name)) for name in names]
    opinions = replayer.ask(replayer.read(tickets)[0], Another(analyst=Recorder(), rules=rules))

    assert [opinion.model for opinion in opinions] == list(names)


def test_ask_when_the_limit_is_another_then_the_question_names_it(replayer, rules):
    analyst = Recorder()
    other = Another(analyst=analyst, rules=replace(rules, idea_notional=Decimal(40)))
    replayer.ask(replayer.read([past_ticket(), past_ticket()])[0], other)

    assert [question.max_notional for question in analyst.asked] == [40, 40]


def test_ask_when_the_symbol_names_nothing_any_more_then_nobody_is_asked(replayer, rules):
    ideas, _ = replayer.read([past_ticket(alert=idea_alert(symbol="BTC"))])

    assert replayer.ask(ideas, Another(analyst=Recorder(), rules=rules)) == [None]


def test_compare_when_ideas_are_old_then_they_are_judged_as_if_they_came_now(replayer, rules):
    limits = replace(rules, ceiling=replace(rules.ceiling, stale_after_seconds=60))
    ideas, _ = replayer.read([past_ticket()])
    (one,) = replayer.compare(ideas, [idea.found.said for idea in ideas], limits)

    assert (one.old.outcome, one.new.outcome) == ("ordered", "ordered")


def test_compare_when_nobody_had_an_opinion_then_nothing_is_ordered(replayer, rules):
    ideas, _ = replayer.read([past_ticket(opinion=said(None))])
    (one,) = replayer.compare(ideas, [None], rules)

    assert (one.old.outcome, one.old.value) == ("skipped OPINION_FAILED", None)
    assert one.new.outcome == "denied OPINION_UNAVAILABLE"


def test_compare_when_the_rule_answers_then_it_is_set_beside_what_was_said(replayer, rules):
    ideas, _ = replayer.read([past_ticket(opinion=said("skip", "0.3"))])
    other = Another(analyst=RulesAnalyst(), rules=rules)
    (one,) = replayer.compare(ideas, replayer.ask(ideas, other), rules)

    assert (one.old.confidence, one.new.confidence) == (Decimal("0.3"), Decimal("0.80"))
