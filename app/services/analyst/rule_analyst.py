"""The analyst of those without a model: one rule, the same answer every time."""

from decimal import Decimal

from app.domain.money import DOWN, ZERO, round_down
from app.domain.opinions import Action, Decision, Direction, Opinion, Question

MODEL = "reward-risk-1"
# Enough to pass the confidence gate, so that everything works offline, and never the look of certainty.
MOST_CONFIDENCE = Decimal("0.90")
CENT = Decimal("0.01")
RULE = "Rule: confidence is 2r / (2r + 1) for reward/risk r, at most 0.90; below r = 1 nothing is done."


class RulesAnalyst:
    """Judges by geometry and reward/risk alone; it knows nothing of the market, and says so."""

    name, model = "rules", MODEL

    def opine(self, question: Question) -> Opinion:
        """Answer at once."""
        return Opinion(analyst=self.name, model=self.model, decision=_decide(question))


def _decide(question: Question) -> Decision:
    entry, target, stop = question.entry_price, question.target_price, question.stop_price
    if question.direction is Direction.NEUTRAL:
        return _skip(question, "The direction is neutral.")
    if question.direction is Direction.BEARISH and not question.allow_short:
        return _skip(question, "Short selling is off.")
    if entry is None or target is None or stop is None:
        return _skip(question, "Entry, target and stop are needed to judge.")
    sign = 1 if question.direction is Direction.BULLISH else -1
    reward, risk = sign * (target - entry), sign * (entry - stop)
    if reward <= ZERO or risk <= ZERO or entry <= ZERO:
        return _skip(question, f"Target and stop are not on the two sides of a {question.direction} entry.")
    return _weigh(question, reward, risk)


def _weigh(question: Question, reward: Decimal, risk: Decimal) -> Decision:
    found = f"Reward/risk is {round_down(DOWN.divide(reward, risk), CENT)}."
    if reward < risk:
        return _skip(question, found)
    # The same as 2r / (2r + 1), but for a digit that two divisions would lose.
    confidence = round_down(DOWN.divide(2 * reward, 2 * reward + risk), CENT)
    return Decision(
        Action.BUY if question.direction is Direction.BULLISH else Action.SELL_SHORT,
        question.symbol,
        question.max_notional,
        min(confidence, MOST_CONFIDENCE),
        f"{found} {RULE}",
        ("No language model was asked: the rule sees the alert's levels and nothing of the market.",),
    )


def _skip(question: Question, why: str) -> Decision:
    return Decision(Action.SKIP, question.symbol, ZERO, ZERO, f"{why} {RULE}")
