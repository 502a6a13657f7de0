"""What analyst and person must have said for an order to follow.

An opinion that is only advisory is compared like any other, and refuses nothing.
"""

from collections.abc import Callable
from functools import wraps
from operator import attrgetter
from typing import TypeAlias

from app.domain.gates.gate import Check, Gate, GateGroup, Outcome, entry_gate
from app.domain.money import ZERO
from app.domain.opinions import Action, Decision, Direction, is_same_symbol
from app.domain.order_check import OrderCheck
from app.domain.reasons import Reason
from app.domain.refusals import money
from app.domain.structures.directions import direction_of

Said: TypeAlias = Callable[[OrderCheck, Decision], Outcome]


def opinion_gate(*codes: Reason) -> Callable[[Said], Gate]:
    """Turn a check of a decision into a gate that lets pass what nobody has decided on."""

    def gate_of(said: Said) -> Gate:
        @wraps(said)
        def check(check: OrderCheck) -> Outcome:
            decision = check.review.advice.decision
            if decision is None:
                return None, "no opinion"
            code, detail = said(check, decision)
            is_advisory = not check.review.is_required
            return (None, f"advisory: {detail}") if code and is_advisory else (code, detail)

        named: Check = check
        return entry_gate(*codes)(named)

    return gate_of


@entry_gate(
    Reason.OPINION_UNAVAILABLE,
    Reason.OPINION_SKIP,
    Reason.OPINION_REFUSED,
    Reason.OPINION_INCOMPLETE,
    Reason.OPINION_FAILED,
    Reason.OPINION_TIMEOUT,
    Reason.OPINION_UNPARSABLE,
    Reason.MCP_UNREACHABLE,
)
def opinion_given(check: OrderCheck) -> Outcome:
    """Refuse an order whose alert needs an opinion in favour that was not given."""
    if check.review.lacks_opinion:
        return check.review.advice.reason or Reason.OPINION_UNAVAILABLE, "an opinion in favour is required"
    return None, "given, or not required"


@opinion_gate(Reason.OPINION_SYMBOL_MISMATCH)
def opinion_symbol(check: OrderCheck, decision: Decision) -> Outcome:
    """Refuse an opinion about another symbol."""
    symbol = check.instrument.symbol if check.instrument is not None else ""
    matches = bool(symbol) and is_same_symbol(decision.symbol, symbol)
    return (None if matches else Reason.OPINION_SYMBOL_MISMATCH), f"said {decision.symbol}, asked {symbol}"


@opinion_gate(Reason.OPINION_CONFIDENCE_LOW)
def opinion_confidence(check: OrderCheck, decision: Decision) -> Outcome:
    """Refuse an opinion with less confidence than the least."""
    least = check.review.min_confidence
    detail = f"confidence {decision.confidence:f}, at least {least:f}"
    return (Reason.OPINION_CONFIDENCE_LOW if decision.confidence < least else None), detail


@opinion_gate(Reason.OPINION_DIRECTION_MISMATCH)
def buy_is_bullish(check: OrderCheck, decision: Decision) -> Outcome:
    """Refuse to follow a buy unless the alert is bullish."""
    return _agrees(check, decision, Action.BUY, Direction.BULLISH)


@opinion_gate(Reason.OPINION_DIRECTION_MISMATCH)
def short_is_bearish(check: OrderCheck, decision: Decision) -> Outcome:
    """Refuse to follow a short sale unless the alert is bearish."""
    return _agrees(check, decision, Action.SELL_SHORT, Direction.BEARISH)


@opinion_gate(Reason.NOTIONAL_ZERO)
def notional_positive(check: OrderCheck, decision: Decision) -> Outcome:
    """Refuse to trade for nothing."""
    is_nothing = decision.action is not Action.SKIP and decision.notional_usd <= ZERO
    return (Reason.NOTIONAL_ZERO if is_nothing else None), money(decision.notional_usd, check.currency)


@entry_gate(Reason.APPROVAL_UNAVAILABLE)
def approval_given(check: OrderCheck) -> Outcome:
    """Refuse an order whose bot wants a person's approval that was not given."""
    if not check.review.lacks_approval:
        return None, "given, or none needed"
    value, above = check.notional, check.review.approval_above
    if above is None or value is None:
        return Reason.APPROVAL_UNAVAILABLE, "every entry needs one"
    detail = f"{money(value, check.currency)}, asked for above {money(above, check.currency)}"
    return (Reason.APPROVAL_UNAVAILABLE if value > above else None), detail


def _agrees(check: OrderCheck, decision: Decision, action: Action, direction: Direction) -> Outcome:
    idea, side = check.signal.idea, Direction.of(check.order.side)
    wanted = idea.direction if idea is not None else side
    detail = f"action {decision.action.value}, {wanted.value}"
    kind = check.bot.configuration.structure
    if kind is not None and direction_of(kind) is Direction.NEUTRAL:
        # It is entered or not; there is no side that could be the wrong one.
        return None, f"{detail}, the structure has no side"
    agrees = decision.action is not action or (wanted is direction is side)
    return (None if agrees else Reason.OPINION_DIRECTION_MISMATCH), detail


REVIEW = GateGroup(
    "review",
    (
        opinion_given,
        opinion_symbol,
        opinion_confidence,
        buy_is_bullish,
        short_is_bearish,
        notional_positive,
        approval_given,
    ),
    attrgetter("is_reviewed"),
)
