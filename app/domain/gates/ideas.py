"""What a trade idea must say of its levels; with the review's gates and `short_selling` its twelve."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from operator import attrgetter
from typing import TypeAlias

from app.domain.gates.gate import Check, Gate, GateGroup, Outcome, entry_gate
from app.domain.ideas import Idea
from app.domain.money import ZERO
from app.domain.opinions import Direction
from app.domain.order_check import OrderCheck
from app.domain.reasons import Reason
from app.domain.refusals import money

Level: TypeAlias = Callable[[OrderCheck, Idea], Outcome]


def level_gate(direction: Direction, code: Reason) -> Callable[[Level], Gate]:
    """Turn a check of an idea's levels into a gate that only ideas of this direction are asked."""

    def gate_of(level: Level) -> Gate:
        @wraps(level)
        def check(check: OrderCheck) -> Outcome:
            idea = check.signal.idea
            if idea is None or idea.direction is not direction:
                return None, f"no {direction.value} idea"
            return level(check, idea)

        named: Check = check
        return entry_gate(code)(named)

    return gate_of


@entry_gate(Reason.IDEA_LEVELS_MISSING)
def idea_levels(check: OrderCheck) -> Outcome:
    """Refuse an idea without its entry, target and stop."""
    idea = check.signal.idea
    if idea is None:
        return None, "no trade idea"
    levels = {"entry": idea.entry, "target": idea.target, "stop": idea.stop}
    shown = ", ".join(f"{name} {_price(check, level)}" for name, level in levels.items())
    return (None if idea.is_complete else Reason.IDEA_LEVELS_MISSING), shown


@level_gate(Direction.BULLISH, Reason.IDEA_TARGET_MISPLACED)
def bullish_target(check: OrderCheck, idea: Idea) -> Outcome:
    """Refuse a bullish idea whose target is not above its entry."""
    return _beyond(check, idea.target, idea.entry, 1, Reason.IDEA_TARGET_MISPLACED)


@level_gate(Direction.BULLISH, Reason.IDEA_STOP_MISPLACED)
def bullish_stop(check: OrderCheck, idea: Idea) -> Outcome:
    """Refuse a bullish idea whose stop is not below its entry."""
    return _beyond(check, idea.stop, idea.entry, -1, Reason.IDEA_STOP_MISPLACED)


@level_gate(Direction.BEARISH, Reason.IDEA_TARGET_MISPLACED)
def bearish_target(check: OrderCheck, idea: Idea) -> Outcome:
    """Refuse a bearish idea whose target is not below its entry."""
    return _beyond(check, idea.target, idea.entry, -1, Reason.IDEA_TARGET_MISPLACED)


@level_gate(Direction.BEARISH, Reason.IDEA_STOP_MISPLACED)
def bearish_stop(check: OrderCheck, idea: Idea) -> Outcome:
    """Refuse a bearish idea whose stop is not above its entry."""
    return _beyond(check, idea.stop, idea.entry, 1, Reason.IDEA_STOP_MISPLACED)


def _beyond(
    check: OrderCheck, level: Decimal | None, entry: Decimal | None, sign: int, code: Reason
) -> Outcome:
    if level is None or entry is None:
        return None, "not given"
    is_right = (level - entry) * sign > ZERO
    return (None if is_right else code), f"{_price(check, level)}, entry {_price(check, entry)}"


def _price(check: OrderCheck, level: Decimal | None) -> str:
    return "none" if level is None else money(level, check.currency)


IDEA = GateGroup(
    "idea",
    (idea_levels, bullish_target, bullish_stop, bearish_target, bearish_stop),
    attrgetter("is_idea"),
)
