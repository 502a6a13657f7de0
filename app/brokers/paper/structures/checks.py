"""What the simulated desk refuses, each with a sentence; nothing here changes anything."""

from decimal import Decimal

from app.brokers.paper.buying_power import buying_power
from app.brokers.paper.records import PaperHolding
from app.brokers.paper.structures.margin import required
from app.brokers.paper.transaction import Transaction
from app.domain.instruments import AssetClass
from app.domain.money import ZERO
from app.domain.options_pricing import years_to_expiry
from app.domain.orders import OrderRole
from app.domain.structures.legs import Leg, Structure
from app.domain.structures.levels import level_needed
from app.domain.structures.orders import StructureOrder
from app.errors import BrokerRejected

_CENT = Decimal("0.01")
_MOST_UNITS = 10_000


def check_structure(draft: Transaction, order: StructureOrder) -> Decimal:
    """Refuse what the desk does not take; return what one unit needs of the buying power."""
    if draft.order(order.client_order_id) is not None:
        raise BrokerRejected("client_order_id must be unique; the first order stands as it is.")
    if not 0 < order.units <= _MOST_UNITS:
        raise BrokerRejected(f"The units must be 1 to {_MOST_UNITS}, not {order.units}.")
    if order.limit % _CENT:
        raise BrokerRejected("The limit price must be limited to 2 decimal places.")
    for leg in order.structure.legs:
        _check_leg(draft, order, leg)
    if order.role is OrderRole.EXIT:
        _check_held(draft, order)
        return ZERO
    _check_level(draft, order.structure)
    return _check_need(draft, order)


def _check_leg(draft: Transaction, order: StructureOrder, leg: Leg) -> None:
    instrument, terms = leg.instrument, leg.option
    if terms is None and instrument.asset_class is not AssetClass.EQUITY:
        raise BrokerRejected(f"{instrument.symbol} cannot be a leg beside options.")
    if terms is not None and order.role is OrderRole.ENTRY and not years_to_expiry(terms, draft.at):
        raise BrokerRejected(f"{instrument.symbol} expired on {terms.expiry}.")
    if draft.market.price(order.structure.underlying) is None:
        raise BrokerRejected(f"There is no price for {order.structure.underlying}.")


def _check_level(draft: Transaction, structure: Structure) -> None:
    needed, has = level_needed(structure), draft.settings.options_level
    if has < needed:
        raise BrokerRejected(
            f"The account's options level is {has}; this needs level {needed.value} ({needed.name.lower()})."
        )


def _check_held(draft: Transaction, order: StructureOrder) -> None:
    """An exit never opens: every leg closes what is held, of contracts that other orders do not close too."""
    for leg in order.structure.legs:
        held = draft.position(leg.instrument.symbol)
        wanted = leg.quantity * order.units
        closing = _closing(draft, leg.instrument.symbol)
        if held * wanted >= ZERO or abs(held) - closing < abs(wanted):
            others = f", of which {closing} are being closed" if closing else ""
            raise BrokerRejected(
                f"The exit closes {abs(wanted)} of {leg.instrument.symbol}, and {held} are held{others}."
            )


def _closing(draft: Transaction, symbol: str) -> Decimal:
    """Return how much of a contract, without sign, other exits may close yet."""
    working = (order for order in draft.open_structures() if order.order.role is OrderRole.EXIT)
    legs = ((leg, order.remaining) for order in working for leg in order.order.structure.legs)
    return sum((abs(leg.quantity) * units for leg, units in legs if leg.instrument.symbol == symbol), ZERO)


def _check_need(draft: Transaction, order: StructureOrder) -> Decimal:
    """Refuse what the account cannot pay; return the need of one unit, for what rests to reserve."""
    needed, available = need(draft, order, order.units), buying_power(draft)
    if needed > available:
        raise BrokerRejected(f"The order needs {needed:.2f}, the buying power is {available:.2f}.")
    return max(needed / order.units, ZERO)


def need(draft: Transaction, order: StructureOrder, units: int) -> Decimal:
    """Return what units of an entry take from the buying power: the net price, margin and fees.

    Margin is what they tie up beside what is held, which may cover them.
    """
    held = draft.holdings()
    after = dict(held)
    shares = ZERO
    for leg in order.structure.legs:
        symbol, change = leg.instrument.symbol, leg.quantity * units
        before = held.get(symbol)
        quantity = change + (ZERO if before is None else before.quantity)
        after[symbol] = PaperHolding(leg.instrument, quantity, ZERO)
        if leg.option is None:
            mark = draft.market.mark(leg.instrument) or ZERO
            shares += change * mark
    margin = required(draft, (one for one in after.values() if one.quantity)) - required(draft, held.values())
    paid = order.limit * order.structure.multiplier * units + fees(draft, order, units, order.limit)
    # Shares are lent against, options are not: what they cost and tie up is missing `leverage` times.
    return draft.settings.leverage * (paid - shares + margin) + abs(shares)


def fees(draft: Transaction, order: StructureOrder, units: int, net: Decimal) -> Decimal:
    """Return the fee of units at a net price: a fixed one, and a share of what is paid or received."""
    settings = draft.settings
    return settings.fee_per_order + abs(net) * order.structure.multiplier * units * settings.fee_fraction
