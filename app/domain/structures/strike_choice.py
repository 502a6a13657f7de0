"""The strike of a leg: by delta, by distance, by place or by price, among what is listed."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import StrEnum

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.reasons import Reason
from app.domain.structures.chain import ChainContract
from app.domain.structures.legs import StructureRefused

# How far from the wanted figure an `exact` choice may be: quotes and greeks are rounded.
EXACT_DELTA = EXACT_PRICE = Decimal("0.005")


class StrikeBy(StrEnum):
    """What a bot's strike_value means."""

    DELTA = "delta"
    PERCENT = "percent"
    OFFSET = "offset"
    PRICE = "price"


class StrikeRule(StrEnum):
    """Whether the nearest strike will do."""

    CLOSEST = "closest"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class StrikeTerms:
    """How a bot chooses the strike of its primary leg.

    `value`: a delta without sign; a fraction out of the money; a number of listed strikes out of the money;
    or the mid of the contract.
    """

    by: StrikeBy
    value: Decimal
    rule: StrikeRule = StrikeRule.CLOSEST


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract that was weighed: how far its figure is from the wanted one; None has no figure."""

    contract: ChainContract
    distance: Decimal | None
    is_chosen: bool = False


Distance = Callable[[ChainContract], Decimal | None]


def weigh_strikes(listed: Sequence[ChainContract], terms: StrikeTerms, price: Decimal) -> list[Candidate]:
    """Return every contract of one kind and day with its distance, the chosen one marked.

    Of two alike the one further out of the money is chosen. Raise StructureRefused: GREEKS_UNKNOWN where a
    delta is asked for and none is known, QUOTE_ONE_SIDED where a price is, STRIKE_TOO_FAR where nothing
    fits exactly, CHAIN_UNAVAILABLE where nothing is listed.
    """
    if not listed:
        raise StructureRefused(Reason.CHAIN_UNAVAILABLE, "No contract of this kind is listed on that day.")
    distance, tolerance = _measure(listed, terms, price)
    weighed = [(one, distance(one)) for one in listed]
    known = [(one, away) for one, away in weighed if away is not None]
    if not known:
        unknown = Reason.GREEKS_UNKNOWN if terms.by is StrikeBy.DELTA else Reason.QUOTE_ONE_SIDED
        raise StructureRefused(unknown, f"None of {len(listed)} contracts has a {terms.by.value}.")
    best, away = min(known, key=lambda pair: (pair[1], -out_of_the_money(pair[0], price)))
    if terms.rule is StrikeRule.EXACT and away > tolerance:
        raise StructureRefused(Reason.STRIKE_TOO_FAR, f"{terms.by.value} {terms.value}: {_nearest(best)}")
    return [Candidate(one, gap, one is best) for one, gap in weighed]


def strike_at(listed: Sequence[ChainContract], wanted: Decimal, rule: StrikeRule) -> ChainContract:
    """Return the contract at a strike, or the nearest one where that will do; raise STRIKE_TOO_FAR."""
    if not listed:
        raise StructureRefused(Reason.STRIKE_TOO_FAR, f"No strike is listed where {wanted} was wanted.")
    best = min(listed, key=lambda one: (abs(one.strike - wanted), one.strike))
    if rule is StrikeRule.EXACT and best.strike != wanted:
        raise StructureRefused(Reason.STRIKE_TOO_FAR, f"{wanted} is not listed: {_nearest(best)}")
    return best


def nearest_strike(listed: Sequence[ChainContract], wanted: Decimal, longest: Decimal) -> ChainContract:
    """Return the contract nearest to a strike; raise STRIKE_TOO_FAR beyond a fraction of it."""
    best = strike_at(listed, wanted, StrikeRule.CLOSEST)
    if abs(best.strike - wanted) > wanted * longest:
        told = f"No strike within {longest * 100:f} % of {wanted}: {_nearest(best)}"
        raise StructureRefused(Reason.STRIKE_TOO_FAR, told)
    return best


def out_of_the_money(contract: ChainContract, price: Decimal) -> Decimal:
    """Return how far the strike lies out of the money; negative is in the money."""
    return contract.strike - price if contract.terms.kind == "call" else price - contract.strike


def _measure(listed: Sequence[ChainContract], terms: StrikeTerms, price: Decimal) -> tuple[Distance, Decimal]:
    if terms.by is StrikeBy.DELTA:
        return lambda one: None if one.delta is None else abs(abs(one.delta) - terms.value), EXACT_DELTA
    if terms.by is StrikeBy.PRICE:
        return lambda one: None if one.mid is None else abs(one.mid - terms.value), EXACT_PRICE
    if terms.by is StrikeBy.PERCENT:
        wanted = price * terms.value
        return lambda one: abs(out_of_the_money(one, price) - wanted), ZERO
    places = _places(listed, price)
    return lambda one: abs(places[one.strike] - terms.value), ZERO


def _places(listed: Sequence[ChainContract], price: Decimal) -> dict[Decimal, Decimal]:
    """Count strikes out of the money: the one nearest to the price is the zeroth."""
    outwards = sorted(listed, key=lambda one: out_of_the_money(one, price))
    middle = min(range(len(outwards)), key=lambda place: abs(outwards[place].strike - price))
    return {one.strike: Decimal(place - middle) for place, one in enumerate(outwards)}


def _nearest(best: ChainContract) -> str:
    delta = "unknown" if best.delta is None else f"{best.delta:f}"
    mid = "unknown" if best.mid is None else f"{best.mid:f}"
    return f"the nearest is {best.instrument.symbol}, strike {best.strike}, delta {delta}, mid {mid}."
