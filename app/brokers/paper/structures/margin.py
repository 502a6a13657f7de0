"""What option positions tie up: the largest loss that their payoff at expiry allows, for each underlying.

Bought contracts are paid for and tie up nothing more. Shares that are held cover sold calls.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from app.brokers.paper.records import PaperHolding
from app.brokers.paper.transaction import Transaction
from app.domain.money import ZERO
from app.domain.structures.legs import Leg, Structure, lot_of
from app.domain.structures.payoff import bounds

# What a sold contract without cover ties up beside its value: a fifth of what it is written on.
UNCOVERED_SHARE = Decimal("0.2")


def required(draft: Transaction, holdings: Iterable[PaperHolding]) -> Decimal:
    """Return what option positions tie up when these are the holdings."""
    written_on: dict[str, list[PaperHolding]] = defaultdict(list)
    shares: dict[str, PaperHolding] = {}
    for holding in holdings:
        terms = holding.instrument.option
        if terms is not None:
            written_on[terms.underlying].append(holding)
        elif holding.quantity > 0:
            shares[holding.instrument.symbol] = holding
    needs = (_of_one(draft, options, shares.get(name)) for name, options in written_on.items())
    return sum(needs, ZERO)


def _of_one(draft: Transaction, options: list[PaperHolding], shares: PaperHolding | None) -> Decimal:
    if all(holding.quantity > 0 for holding in options):
        return ZERO
    underlying = options[0].instrument.option.underlying if options[0].instrument.option else ""
    legs = [
        Leg(holding.instrument, int(holding.quantity / lot_of(holding.instrument))) for holding in options
    ]
    structure = Structure(underlying, tuple(legs))
    least = bounds(structure).least
    if least is None and shares is not None:
        covered = Structure(underlying, (*legs, Leg(shares.instrument, int(shares.quantity))))
        least = bounds(covered).least
    if least is not None:
        return max(-least, ZERO) * structure.multiplier
    return sum((_uncovered(draft, holding) for holding in options if holding.quantity < 0), ZERO)


def _uncovered(draft: Transaction, holding: PaperHolding) -> Decimal:
    terms = holding.instrument.option
    spot = None if terms is None else draft.market.price(terms.underlying)
    worth = draft.market.mark(holding.instrument) or ZERO
    share = ZERO if spot is None else spot.value * UNCOVERED_SHARE
    return abs(holding.quantity) * (worth + share) * holding.instrument.multiplier
