"""The way that a price takes through a bar: nobody knows it, so the worse end of the bar comes first."""

from collections.abc import Iterable
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.bars import Bar

# Entries that a bar makes begin its way anew; orders that chase each other must come to an end.
MOST_TURNS = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a symbol: the sign of its position, and the prices at which orders wait."""

    sign: int = 0
    levels: tuple[Decimal, ...] = ()


class BarWay:
    """The way from a bar's open to its close, through its low and its high.

    Whoever is long sees the low first, whoever is short the high: a stop before a target. Without a position
    the nearer end comes first. A position that begins inside the bar has its worse end before it once more,
    since nobody can say whether that came after the entry. Its better end only where the price was on the
    way there: a high that a falling price has left is in the past of whoever buys then.
    """

    def __init__(self, bar: Bar, standing: Standing) -> None:
        self.bar = bar
        self.price = bar.open
        self._ends = [bar.low, bar.high]
        self._sign = standing.sign
        self._turns = 0
        # The way that the last step went: 1 up, -1 down, 0 nobody knows; None before the first.
        self._motion: int | None = None

    def next(self, standing: Standing) -> Decimal | None:
        """Return the next price at which something may happen; None at the end of the way."""
        if standing.sign and standing.sign != self._sign and self._turns < MOST_TURNS:
            self._turns += 1
            self._ends = self._ends_ahead(standing.sign)
        self._sign = standing.sign
        # Whichever way it was gone to: the end at which the price stands is behind it.
        self._ends = [end for end in self._ends if end != self.price]
        goal = self._goal()
        if goal == self.price:
            return None
        self._motion = 1 if goal > self.price else -1
        self.price = first_on_the_way(self.price, goal, standing.levels)
        return self.price

    def detour(self, price: Decimal, standing: Standing) -> Decimal | None:
        """Return the next price on the way to one that was seen inside the bar; None when it is there."""
        # How it came there, nobody has seen.
        self._motion = 0
        if price == self.price or not self.bar.low <= price <= self.bar.high:
            return None
        self.price = first_on_the_way(self.price, price, standing.levels)
        return self.price

    def _ends_ahead(self, sign: int) -> list[Decimal]:
        """Return the ends that a position may still see which begins now; at the opening both."""
        if self._motion in {None, sign}:
            return [self.bar.low, self.bar.high]
        return [self.bar.low if sign > 0 else self.bar.high]

    def _goal(self) -> Decimal:
        low, high = self.bar.low, self.bar.high
        if not self._ends:
            return self.bar.close
        if len(self._ends) == 1:
            return self._ends[0]
        if self._sign:
            return low if self._sign > 0 else high
        return high if high - self.bar.open <= self.bar.open - low else low


def first_on_the_way(start: Decimal, goal: Decimal, levels: Iterable[Decimal]) -> Decimal:
    """Return the first level behind `start` on the way to `goal`, else the goal."""
    if goal > start:
        return min((level for level in levels if start < level < goal), default=goal)
    return max((level for level in levels if goal < level < start), default=goal)
