"""The contracts of a named structure, chosen from a chain by a bot's settings; nothing is left to chance."""

from collections.abc import Sequence
from dataclasses import field
from datetime import date
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.instruments import AssetClass, Instrument
from app.domain.reasons import Reason
from app.domain.structures.chain import Chain, ChainContract
from app.domain.structures.expiry_choice import ExpiryTerms, choose_expiry_day, later_expiry
from app.domain.structures.kinds import PATTERNS, Kind, PatternLeg, StructureKind, recognise
from app.domain.structures.legs import Leg, Structure, StructureRefused, compose
from app.domain.structures.strike_choice import Candidate, StrikeRule, StrikeTerms, strike_at, weigh_strikes


@dataclass(frozen=True, slots=True)
class SelectionTerms:
    """What a bot wants: the structure, when it expires, where its primary legs and its wings stand."""

    kind: StructureKind
    expiry: ExpiryTerms
    strike: StrikeTerms
    wing_width: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, and everything that was weighed for it: candidates by the kind of their leg."""

    structure: Structure
    contracts: tuple[ChainContract, ...]
    candidates: dict[Kind, list[Candidate]] = field(default_factory=dict)


def expiries_of(terms: SelectionTerms, listed: Sequence[date], today: date) -> list[date]:
    """Return the days whose contracts are needed: one, or two for a calendar."""
    near = choose_expiry_day(listed, terms.expiry, today)
    legs = PATTERNS[terms.kind].places
    return [near, later_expiry(listed, near)] if any(leg.expiry for leg in legs) else [near]


def select(terms: SelectionTerms, chain: Chain, expiries: Sequence[date]) -> Selection:
    """Choose every leg; raise StructureRefused with why none can be had.

    The primary leg of calls, and of puts, is the sold one, or the only one; `strike` says where it stands.
    The others of its kind stand `wing_width` beside it, or at the same strike on the later day.
    """
    places = PATTERNS[terms.kind].places
    candidates: dict[Kind, list[Candidate]] = {}
    primaries: dict[Kind, tuple[PatternLeg, ChainContract]] = {}
    for place in _primary(places):
        if place.kind is not None:
            listed = chain.of(place.kind, expiries[place.expiry])
            chosen = _at_the_same_strike(place, primaries, listed)
            if chosen is None:
                candidates[place.kind] = weigh_strikes(listed, terms.strike, chain.price)
                chosen = next(one.contract for one in candidates[place.kind] if one.is_chosen)
            primaries[place.kind] = place, chosen
    contracts = [_contract(place, primaries, terms, chain, expiries) for place in places if place.kind]
    structure = _composed(places, contracts, chain.underlying)
    _check_shape(structure, terms.kind)
    return Selection(structure, tuple(contracts), candidates)


def _primary(places: tuple[PatternLeg, ...]) -> list[PatternLeg]:
    """Calls first: where calls and puts share a strike, it is the call's."""
    found = []
    for kind in ("call", "put"):
        legs = [place for place in places if place.kind == kind]
        sold = [place for place in legs if place.ratio < 0]
        found += (sold or legs)[:1]
    return found


def _at_the_same_strike(
    place: PatternLeg,
    primaries: dict[Kind, tuple[PatternLeg, ChainContract]],
    listed: list[ChainContract],
) -> ChainContract | None:
    for other, chosen in primaries.values():
        if other.strike == place.strike and other.expiry == place.expiry:
            return strike_at(listed, chosen.strike, StrikeRule.EXACT)
    return None


def _contract(
    place: PatternLeg,
    primaries: dict[Kind, tuple[PatternLeg, ChainContract]],
    terms: SelectionTerms,
    chain: Chain,
    expiries: Sequence[date],
) -> ChainContract:
    if place.kind is None:
        raise ValueError("shares are no contract")
    primary, chosen = primaries[place.kind]
    if place == primary:
        return chosen
    listed = chain.of(place.kind, expiries[place.expiry])
    if place.strike == primary.strike:
        return strike_at(listed, chosen.strike, StrikeRule.EXACT)
    if terms.wing_width is None:
        raise StructureRefused(
            Reason.STRUCTURE_MALFORMED, f"The bot has no wing_width, which {terms.kind.value} needs."
        )
    # A wing on its primary leg's own strike, or beyond it, would be another structure.
    is_above = place.strike > primary.strike
    beside = [
        one for one in listed if one.strike != chosen.strike and (one.strike > chosen.strike) == is_above
    ]
    wanted = chosen.strike + (terms.wing_width if is_above else -terms.wing_width)
    return strike_at(beside, wanted, terms.strike.rule)


def _composed(places: tuple[PatternLeg, ...], contracts: list[ChainContract], underlying: str) -> Structure:
    waiting = iter(contracts)
    legs = [
        Leg(
            Instrument(underlying, AssetClass.EQUITY) if place.kind is None else next(waiting).instrument,
            place.ratio,
        )
        for place in places
    ]
    return compose(legs)[0]


def _check_shape(structure: Structure, kind: StructureKind) -> None:
    """Refuse strikes in another order, or wings that are not even: that would be another structure."""
    if recognise(structure) is not kind:
        legs = ", ".join(f"{leg.ratio:+d} {leg.instrument.symbol}" for leg in structure.legs)
        raise StructureRefused(Reason.STRUCTURE_MALFORMED, f"The strikes found make no {kind.value}: {legs}.")
