"""Which sold contracts a structure covers by itself: brokers judge each order alone, whatever is held."""

from collections.abc import Iterable

from app.domain.structures.legs import Leg, Structure


def uncovered_leg(structure: Structure) -> Leg | None:
    """Return a sold leg that no bought one of its kind covers, which must not expire before it.

    A contract that is sold alone is covered by shares or cash, if at all: that is for the broker to say.
    """
    if len(structure.legs) == 1:
        return None
    sold = (leg for leg in structure.legs if leg.is_short and leg.option is not None)
    return next((leg for leg in sold if not _is_covered(structure.legs, leg)), None)


def _is_covered(legs: Iterable[Leg], sold: Leg) -> bool:
    """Whatever lives as long as the sold leg must be bought as often as it is sold."""
    terms = sold.option
    if terms is None:
        return True
    living = [
        leg.ratio
        for leg in legs
        if leg.option is not None and leg.option.kind == terms.kind and leg.option.expiry >= terms.expiry
    ]
    return sum(living) >= 0
