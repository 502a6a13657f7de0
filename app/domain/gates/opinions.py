"""What an opinion and an idea must be for an order to follow; with `short_selling` an idea's twelve gates.

An opinion that is only advisory is compared like any other, and refuses nothing.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import TypeAlias

from app.domain.gates.gate import Gate, entry_gate
from app.domain.ideas import Idea
from app.domain.money import ZERO
from app.domain.opinions import Action, Decision, Direction, is_same_symbol
from app.domain.order_check import Proposal
from app.domain.reasons import Reason

Outcome: TypeAlias = tuple[Reason | None, str]
Said: TypeAlias = Callable[[Proposal, Decision], Outcome]
Level: TypeAlias = Callable[[Idea], Outcome]


def opinion_gate(check: Said) -> Gate:
    """Turn a check of a decision into a gate that lets pass what nobody has decided on."""

    @entry_gate
    @wraps(check)
    def judged(proposal: Proposal) -> Outcome:
        if proposal.decision is None:
            return None, "no opinion"
        code, detail = check(proposal, proposal.decision)
        return (None, f"advisory: {detail}") if code and proposal.is_advisory else (code, detail)

    return judged


def level_gate(direction: Direction) -> Callable[[Level], Gate]:
    """Turn a check of an idea's levels into a gate that only ideas of this direction are asked."""

    def gate_of(check: Level) -> Gate:
        @entry_gate
        @wraps(check)
        def judged(proposal: Proposal) -> Outcome:
            idea = proposal.idea
            if idea is None or idea.direction is not direction:
                return None, f"no {direction.value} idea"
            return check(idea)

        return judged

    return gate_of


@opinion_gate
def opinion_symbol(proposal: Proposal, decision: Decision) -> Outcome:
    """Refuse an opinion about another symbol."""
    symbol = proposal.instrument.symbol if proposal.instrument is not None else ""
    matches = bool(symbol) and is_same_symbol(decision.symbol, symbol)
    return (None if matches else Reason.OPINION_SYMBOL_MISMATCH), f"said {decision.symbol}, asked {symbol}"


@opinion_gate
def opinion_confidence(proposal: Proposal, decision: Decision) -> Outcome:
    """Refuse an opinion with less confidence than the least."""
    is_low = decision.confidence < proposal.min_confidence
    detail = f"confidence {decision.confidence:f}, at least {proposal.min_confidence:f}"
    return (Reason.OPINION_CONFIDENCE_LOW if is_low else None), detail


@opinion_gate
def buy_is_bullish(proposal: Proposal, decision: Decision) -> Outcome:
    """Refuse to follow a buy unless the alert is bullish."""
    return _agrees(proposal, decision, Action.BUY, Direction.BULLISH)


@opinion_gate
def short_is_bearish(proposal: Proposal, decision: Decision) -> Outcome:
    """Refuse to follow a short sale unless the alert is bearish."""
    return _agrees(proposal, decision, Action.SELL_SHORT, Direction.BEARISH)


@entry_gate
def idea_levels(proposal: Proposal) -> Outcome:
    """Refuse an idea without its entry, target and stop."""
    idea = proposal.idea
    if idea is None:
        return None, "no trade idea"
    detail = f"entry {_shown(idea.entry)}, target {_shown(idea.target)}, stop {_shown(idea.stop)}"
    return (None if idea.is_complete else Reason.IDEA_LEVELS_MISSING), detail


@level_gate(Direction.BULLISH)
def bullish_target(idea: Idea) -> Outcome:
    """Refuse a bullish idea whose target is not above its entry."""
    return _beyond(idea.target, idea.entry, 1, "target", Reason.IDEA_TARGET_MISPLACED)


@level_gate(Direction.BULLISH)
def bullish_stop(idea: Idea) -> Outcome:
    """Refuse a bullish idea whose stop is not below its entry."""
    return _beyond(idea.stop, idea.entry, -1, "stop", Reason.IDEA_STOP_MISPLACED)


@level_gate(Direction.BEARISH)
def bearish_target(idea: Idea) -> Outcome:
    """Refuse a bearish idea whose target is not below its entry."""
    return _beyond(idea.target, idea.entry, -1, "target", Reason.IDEA_TARGET_MISPLACED)


@level_gate(Direction.BEARISH)
def bearish_stop(idea: Idea) -> Outcome:
    """Refuse a bearish idea whose stop is not above its entry."""
    return _beyond(idea.stop, idea.entry, 1, "stop", Reason.IDEA_STOP_MISPLACED)


@opinion_gate
def notional_positive(_: Proposal, decision: Decision) -> Outcome:
    """Refuse to trade for nothing."""
    is_nothing = decision.action is not Action.SKIP and decision.notional_usd <= ZERO
    return (Reason.NOTIONAL_ZERO if is_nothing else None), f"asked {decision.notional_usd:f}"


@entry_gate
def notional_cap(proposal: Proposal) -> Outcome:
    """Refuse an order worth more than the opinion and the cap allow; sizing has brought it down to them."""
    limits = {"cap": proposal.notional_cap}
    if proposal.decision is not None and not proposal.is_advisory:
        limits["opinion"] = proposal.decision.notional_usd
    known = {name: limit for name, limit in limits.items() if limit is not None}
    if not known:
        return None, "no cap"
    shown = ", ".join(f"{name} {limit:f}" for name, limit in known.items())
    if proposal.notional is None:
        return Reason.PRICE_UNKNOWN, f"order unknown, {shown}"
    is_over = proposal.notional > min(known.values())
    return (Reason.NOTIONAL_EXCEEDS_LIMIT if is_over else None), f"order {proposal.notional:f}, {shown}"


def _agrees(proposal: Proposal, decision: Decision, action: Action, direction: Direction) -> Outcome:
    wanted = proposal.idea.direction if proposal.idea is not None else Direction.of(proposal.side)
    detail = f"action {decision.action.value}, {wanted.value}"
    agrees = decision.action is not action or (wanted is direction is Direction.of(proposal.side))
    return (None if agrees else Reason.OPINION_DIRECTION_MISMATCH), detail


def _beyond(level: Decimal | None, entry: Decimal | None, sign: int, name: str, code: Reason) -> Outcome:
    if level is None or entry is None:
        return None, "not given"
    is_right = (level - entry) * sign > ZERO
    return (None if is_right else code), f"{name} {level:f}, entry {entry:f}"


def _shown(level: Decimal | None) -> str:
    return "none" if level is None else f"{level:f}"
