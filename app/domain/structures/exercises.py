"""Which contracts became shares when they expired: by the price, unless the account shows otherwise."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.instruments import OptionContract
from app.domain.money import ONE, ZERO
from app.domain.reasons import Reason
from app.domain.structures.legs import Leg
from app.domain.structures.trades import StructureTrade
from app.domain.symbols.tables import INDIAN_INDICES

# What expires this far in the money is exercised without being asked for.
EXERCISED_FROM = Decimal("0.01")

# How many contracts became shares, without sign, by name.
Exercised = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the account shows of a trade: the contracts that became shares, and the shares that are left over.

    `reason` says how that differs from what the price says; None: not at all.
    """

    exercised: Exercised
    left: Decimal = ZERO
    reason: Reason | None = None


def moneyness(terms: OptionContract, price: Decimal) -> Decimal:
    """Return what exercising brings per unit of the underlying; less than nothing out of the money."""
    return price - terms.strike if terms.kind == "call" else terms.strike - price


def intrinsic(terms: OptionContract, price: Decimal) -> Decimal:
    """Return what exercising brings per unit of the underlying, where anybody does it."""
    return max(moneyness(terms, price), ZERO)


def is_cash_settled(terms: OptionContract) -> bool:
    """Tell whether a contract in the money brings cash: India's, which are counted in units, on an index."""
    return terms.multiplier == ONE and terms.underlying in INDIAN_INDICES


def by_price(trade: StructureTrade, legs: Iterable[Leg], price: Decimal) -> dict[str, Decimal]:
    """Return what is exercised at a price: all that is in the money, and nothing else."""
    return {
        leg.instrument.symbol: abs(trade.legs[leg.instrument.symbol])
        for leg in legs
        if leg.option is not None and moneyness(leg.option, price) >= EXERCISED_FROM
    }


def shares_of(trade: StructureTrade, legs: Iterable[Leg], exercised: Exercised) -> Decimal:
    """Return the shares (signed) that came with contracts that were exercised or assigned."""
    each = (_each(trade, leg) * exercised.get(leg.instrument.symbol, ZERO) for leg in legs)
    return sum(each, ZERO)


def by_account(
    trade: StructureTrade, legs: Sequence[Leg], price: Decimal, difference: Decimal, missing: Collection[str]
) -> Shown:
    """Return what became shares where so many more (signed) came than by the price.

    In the money and no shares: the broker has closed the contract. Out of the money and shares: it was
    assigned before. Those that were `missing` before the close explain it first, then what is in the money,
    then what was sold. What whole contracts cannot explain is left.
    """
    exercised, left, reason = by_price(trade, legs, price), difference, None

    def place(leg: Leg) -> tuple[bool, bool, bool]:
        symbol = leg.instrument.symbol
        return symbol not in missing, symbol not in exercised, not leg.is_short

    for leg in sorted(legs, key=place):
        symbol, each = leg.instrument.symbol, _each(trade, leg)
        was = exercised.get(symbol, ZERO)
        # Nobody is assigned what he has bought, and nobody asks for a loss: unless the look had missed it.
        may_come = not was and (leg.is_short or symbol in missing)
        if not each or left * (-each if was else each) <= ZERO or not (was or may_come):
            continue
        count = min(abs(trade.legs[symbol]), abs(left) // abs(each))
        if count:
            exercised[symbol] = was - count if was else count
            left += count * (each if was else -each)
            reason = Reason.CLOSED_BY_BROKER if was else Reason.LEG_ASSIGNED
    return Shown(exercised, left, reason)


def _each(trade: StructureTrade, leg: Leg) -> Decimal:
    """Return the shares (signed) that one contract of a leg brings; none where it is settled in cash."""
    if leg.option is None or is_cash_settled(leg.option):
        return ZERO
    brings = leg.option.multiplier * (1 if leg.option.kind == "call" else -1)
    return brings.copy_sign(brings * trade.legs.get(leg.instrument.symbol, ZERO))
