"""What a structure is worth at expiry, exactly: straight lines between its strikes.

All figures are values of one unit as it is held, per unit of the underlying: what a bought call is worth is
positive, what a sold one owes is negative. `Structure.multiplier` turns them into money.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.structures.legs import Leg, Structure

Value = Callable[[Decimal], Decimal]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that one unit can be worth at expiry; None has no end."""

    least: Decimal | None
    most: Decimal | None

    @property
    def width(self) -> Decimal | None:
        """How far apart the two are, where both have an end."""
        return None if self.least is None or self.most is None else self.most - self.least

    def clamp(self, value: Decimal) -> Decimal:
        """Return the possible value that is nearest."""
        above = value if self.least is None else max(value, self.least)
        return above if self.most is None else min(above, self.most)


@dataclass(frozen=True, slots=True)
class PayoffLine:
    """A function of the underlying's price: straight between its corners, with a slope beyond the last."""

    corners: tuple[tuple[Decimal, Decimal], ...]
    slope: Decimal

    @property
    def bounds(self) -> Bounds:
        """The least and the most it takes at any price from zero on."""
        values = [value for _, value in self.corners]
        return Bounds(
            least=None if self.slope < ZERO else min(values),
            most=None if self.slope > ZERO else max(values),
        )

    def crossings(self, level: Decimal) -> list[Decimal]:
        """Return the prices at which it crosses a level, in order; where it rests on it, both ends."""
        found: list[Decimal] = []
        for (left, low), (right, high) in zip(self.corners, self.corners[1:], strict=False):
            if low == level:
                found.append(left)
            elif (low - level) * (high - level) < ZERO:
                found.append(left + (level - low) * (right - left) / (high - low))
        price, value = self.corners[-1]
        if value == level:
            found.append(price)
        elif self.slope and (level - value) / self.slope > ZERO:
            found.append(price + (level - value) / self.slope)
        return found


def value_at_expiry(structure: Structure, price: Decimal) -> Decimal:
    """Return what one unit is worth when every leg is worth what exercising it brings at a price."""
    return sum((_worth(leg, price) for leg in structure.legs), ZERO) / structure.multiplier


def bounds(structure: Structure) -> Bounds:
    """Return what one unit can be worth at expiry, at least and at most.

    A contract that expires later is worth at least what exercising it brings, so it covers what expires
    first; the other way round it covers nothing, and its most has no end that a payoff could tell.
    """
    days = structure.expiries
    if len(days) == 1:
        return payoff(structure).bounds
    return Bounds(_least_over(structure, days), None)


def payoff(structure: Structure) -> PayoffLine:
    """Return the value of one unit at its (first) expiry by the price of the underlying."""
    return _line(structure.legs, structure.multiplier)


def break_evens(structure: Structure, net: Decimal) -> list[Decimal]:
    """Return the prices at expiry at which a unit bought for `net` (negative: received) gains nothing."""
    return [] if len(structure.expiries) > 1 else payoff(structure).crossings(net)


def largest_loss(structure: Structure, net: Decimal) -> Decimal | None:
    """Return the most that one unit can lose, in money and never below zero; None has no end."""
    least = bounds(structure).least
    return None if least is None else max((net - least) * structure.multiplier, ZERO)


def largest_gain(structure: Structure, net: Decimal) -> Decimal | None:
    """Return the most that one unit can gain at expiry, in money; None has no end or cannot be told."""
    most = bounds(structure).most
    return None if most is None else (most - net) * structure.multiplier


def _least_over(structure: Structure, days: tuple[date, ...]) -> Decimal | None:
    shorts = {leg.option.expiry for leg in structure.legs if leg.option is not None and leg.is_short}
    if shorts <= {days[0]}:
        return payoff(structure).bounds.least
    # What is sold for later than something is bought is not covered by it: no day nets with another.
    total = ZERO
    for day in (None, *days):
        legs = tuple(leg for leg in structure.legs if (leg.option.expiry if leg.option else None) == day)
        least = _line(legs, structure.multiplier).bounds.least
        if least is None:
            return None
        total += least
    return total


def _line(legs: tuple[Leg, ...], multiplier: Decimal) -> PayoffLine:
    strikes = sorted({ZERO, *(leg.option.strike for leg in legs if leg.option is not None)})
    corners = tuple(
        (price, sum((_worth(leg, price) for leg in legs), ZERO) / multiplier) for price in strikes
    )
    rising = sum((leg.units for leg in legs if leg.option is None or leg.option.kind == "call"), ZERO)
    return PayoffLine(corners, rising / multiplier)


def _worth(leg: Leg, price: Decimal) -> Decimal:
    option = leg.option
    if option is None:
        return leg.units * price
    inside = price - option.strike if option.kind == "call" else option.strike - price
    return leg.units * max(inside, ZERO)
