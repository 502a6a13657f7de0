"""What another opinion, or another limit, would have made of past ideas."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.opinions import Action
from app.domain.price_outcomes import STEP
from app.domain.reasons import Reason

ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class Take:
    """An opinion and what the gates make of it; `value` is what the order would be worth.

    `notional` is what the analyst asked for, `failure` why there was no decision.
    """

    outcome: str
    action: Action | None = None
    confidence: Decimal | None = None
    notional: Decimal | None = None
    value: Decimal | None = None
    failure: Reason | None = None

    @property
    def is_ordered(self) -> bool:
        """True when an entry would be sent."""
        return self.outcome == ORDERED


@dataclass(frozen=True, slots=True)
class Comparison:
    """One idea twice: `old` is the stored opinion, `new` the other one, both before today's gates.

    `then` is what became of it when it arrived, `gain` the fraction that its price moved its way after.
    """

    ticket: str
    symbol: str
    at: datetime
    then: str
    old: Take
    new: Take
    gain: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReplaySide:
    """What one of the two would come to; `value` is in the account's currency, gains are fractions."""

    ordered: int
    value: Decimal
    priced: int
    average_gain: Decimal | None


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """All ideas together: how often the two differ, and what each would come to.

    `gained`: only the new opinion or limit orders; `lost`: only the old one does.
    """

    ideas: int
    other_actions: int
    other_outcomes: int
    gained: int
    lost: int
    old: ReplaySide
    new: ReplaySide


def difference(comparisons: Sequence[Comparison]) -> ReplayDifference:
    """Add up."""
    return ReplayDifference(
        ideas=len(comparisons),
        other_actions=sum(item.old.action is not item.new.action for item in comparisons),
        other_outcomes=sum(item.old.outcome != item.new.outcome for item in comparisons),
        gained=sum(item.new.is_ordered and not item.old.is_ordered for item in comparisons),
        lost=sum(item.old.is_ordered and not item.new.is_ordered for item in comparisons),
        old=_side((item.old, item.gain) for item in comparisons),
        new=_side((item.new, item.gain) for item in comparisons),
    )


def _side(takes: Iterable[tuple[Take, Decimal | None]]) -> ReplaySide:
    ordered = [(take, gain) for take, gain in takes if take.is_ordered]
    gains = [gain for _, gain in ordered if gain is not None]
    return ReplaySide(
        ordered=len(ordered),
        value=sum((take.value or ZERO for take, _ in ordered), ZERO),
        priced=len(gains),
        average_gain=(sum(gains, ZERO) / len(gains)).quantize(STEP) if gains else None,
    )
