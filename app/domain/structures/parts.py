"""A structure in parts, for brokers that take no single order for it: two hedged pairs, one after the other.

Each pair holds a bought contract beside the sold one, so that a pair alone can lose no more than its width.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.structures.ladder import LadderTerms, Rung, rungs
from app.domain.structures.legs import MOST_LEGS, Leg, Structure, compose
from app.domain.structures.net_quotes import LegQuote, NetQuote, net_quote

_PAIR = 2


@dataclass(frozen=True, slots=True)
class LadderPart:
    """What is traded by one order, and at which prices in turn."""

    structure: Structure
    rungs: tuple[Rung, ...]


def hedged_pairs(structure: Structure) -> tuple[Structure, ...]:
    """Return the put side and the call side of four contracts; nothing where a side is no hedged pair."""
    if len(structure.options) != MOST_LEGS or len(structure.expiries) > 1:
        return ()
    kinds = ("put", "call")
    sides = [[leg for leg in structure.legs if leg.option and leg.option.kind == kind] for kind in kinds]
    if not all(_is_hedged(side) for side in sides):
        return ()
    made = [compose(side) for side in sides]
    # A unit of each is to be a unit of the whole.
    return tuple(pair for pair, _ in made) if all(units == 1 for _, units in made) else ()


def in_parts(
    structure: Structure, quotes: Mapping[str, LegQuote], terms: LadderTerms, *, most_legs: int
) -> tuple[LadderPart, ...]:
    """Return the ladders that together are the structure's own: one, or one for each hedged pair.

    What the ladder may give is shared as the spreads are, so that their ends never cost more than its end.
    """
    whole = net_quote(structure, quotes)
    pairs = hedged_pairs(structure) if len(structure.options) > most_legs else ()
    found = []
    for part in pairs or (structure,):
        quote = net_quote(part, quotes)
        share = replace(terms, limit=share_of_limit(whole, quote, terms))
        found.append(LadderPart(part, tuple(rungs(quote, share, tick=part.tick))))
    return tuple(found)


def share_of_limit(whole: NetQuote, part: NetQuote, terms: LadderTerms) -> Decimal | None:
    """Return how far the ladder of a part may go where that of the whole has a limit; None: it has none."""
    if terms.limit is None:
        return None
    given = (terms.limit - whole.mid) / whole.spread if whole.spread else ZERO
    return part.mid + part.spread * given


def _is_hedged(side: list[Leg]) -> bool:
    return len(side) == _PAIR and sum(leg.ratio for leg in side) == 0
