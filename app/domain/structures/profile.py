"""What a trade can still come to, by the price of its underlying at expiry: what a plot is drawn from."""

from decimal import Decimal

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.structures.legs import Structure
from app.domain.structures.payoff import break_evens, largest_gain, largest_loss, value_at_expiry

# How much of the distance between the outermost prices is shown beyond them, and the least of it.
_BESIDE, _LEAST_BESIDE = Decimal("0.25"), Decimal("0.05")


@dataclass(frozen=True, slots=True)
class PayoffPoint:
    """What all units have brought, in money and before fees, where the underlying costs `price`."""

    price: Decimal
    gain: Decimal


@dataclass(frozen=True, slots=True)
class PayoffProfile:
    """Straight lines between points, and on beyond them; money of all units, None has no end.

    A structure of several expiries has no points: what expires later has a value that no payoff tells.
    """

    points: tuple[PayoffPoint, ...]
    break_evens: tuple[Decimal, ...]
    largest_loss: Decimal | None
    largest_gain: Decimal | None


def profile_of(structure: Structure, net: Decimal, units: Decimal) -> PayoffProfile:
    """Return what so many units, entered for a net price each, can come to."""
    even = break_evens(structure, net)
    loss, gain = largest_loss(structure, net), largest_gain(structure, net)
    money = structure.multiplier * units
    return PayoffProfile(
        points=tuple(
            PayoffPoint(price, (value_at_expiry(structure, price) - net) * money)
            for price in _prices(structure, even)
        ),
        break_evens=tuple(even),
        largest_loss=None if loss is None else loss * units,
        largest_gain=None if gain is None else gain * units,
    )


def _prices(structure: Structure, even: list[Decimal]) -> list[Decimal]:
    if len(structure.expiries) > 1:
        return []
    corners = {leg.option.strike for leg in structure.legs if leg.option is not None}
    inner = sorted(corners | set(even))
    beside = max((inner[-1] - inner[0]) * _BESIDE, inner[-1] * _LEAST_BESIDE)
    return sorted({max(inner[0] - beside, ZERO), *inner, inner[-1] + beside})
