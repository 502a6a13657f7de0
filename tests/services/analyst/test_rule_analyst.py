from decimal import Decimal

import pytest

from app.domain.opinions import Action, Direction, Mode
from app.domain.reasons import Reason
from app.services.analyst.rule_analyst import RulesAnalyst
from tests.services.analyst.builders import question

pytestmark = pytest.mark.unit

BEARISH = {
    "direction": Direction.BEARISH,
    "target_price": Decimal(135),
    "stop_price": Decimal(146),
    "allow_short": True,
}


def opine(**changes):
    return RulesAnalyst().opine(question(**changes))


def test_opinion_when_made_by_the_rule_then_it_says_so():
    opinion = opine()

    assert (opinion.analyst, opinion.model, opinion.mode) == ("rules", "reward-risk-1", Mode.NONE)
    assert "No language model" in opinion.decision.risk_notes[0]


def test_opinion_when_the_seeds_idea_is_asked_about_then_it_is_a_buy_of_all_that_is_allowed():
    decision = opine().decision

    assert (decision.action, decision.symbol, decision.notional_usd, decision.confidence) == (
        Action.BUY,
        "NVDA",
        Decimal(250),
        Decimal("0.75"),
    )


@pytest.mark.parametrize(
    ("target", "confidence"),
    [("146", "0.66"), ("147", "0.72"), ("149.5", "0.80"), ("160", "0.90"), ("1000000", "0.90")],
)
def test_confidence_when_there_is_more_to_win_then_it_grows_to_its_end(target, confidence):
    assert opine(target_price=Decimal(target)).decision.confidence == Decimal(confidence)


def test_opinion_when_a_bearish_idea_is_sound_then_it_is_a_short_sale():
    assert opine(**BEARISH).decision.action is Action.SELL_SHORT


@pytest.mark.parametrize(
    "changes",
    [
        {"direction": Direction.NEUTRAL},
        {"entry_price": None},
        {"target_price": None},
        {"stop_price": None},
        {"target_price": Decimal("142.5")},
        {"target_price": Decimal(140)},
        {"stop_price": Decimal("142.5")},
        {"stop_price": Decimal(143)},
        {"target_price": Decimal("145.99")},
        {"entry_price": Decimal(0), "stop_price": Decimal(-1)},
        BEARISH | {"allow_short": False},
        BEARISH | {"target_price": Decimal(143)},
        BEARISH | {"stop_price": Decimal(142)},
    ],
)
def test_opinion_when_the_idea_is_not_sound_then_it_is_skipped(changes):
    opinion = opine(**changes)

    assert opinion.reason is Reason.OPINION_SKIP
    assert (opinion.decision.notional_usd, opinion.decision.confidence) == (0, 0)
