"""What Fyers would refuse, said before it is sent."""

from collections.abc import Callable
from decimal import Decimal

from app.brokers.fyers.products import allowed
from app.domain.instruments import Instrument
from app.domain.money import ONE
from app.domain.orders import Order, OrderClass, OrderType, TimeInForce

STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})
LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
WITH_LEGS = frozenset({OrderClass.BRACKET, OrderClass.OTO})
_TYPES = STOPPED | LIMITED | {OrderType.MARKET}
_LASTING = frozenset({TimeInForce.DAY, TimeInForce.IOC})
Rule = Callable[[Order, Instrument], str | None]


def order_refusal(order: Order, instrument: Instrument) -> str | None:
    """Return why Fyers would not take an order, None where nothing is known against it."""
    return next((said for rule in _RULES if (said := rule(order, instrument)) is not None), None)


def leg_refusal(order: Order, entry: Decimal) -> str | None:
    """Return why exits cannot go with an entry that is expected at this price."""
    # Fyers takes distances, which have no sign: a level on the wrong side would be placed on the right one.
    if order.take_profit is not None and (order.take_profit - entry) * order.side.sign <= 0:
        return "The take-profit is on the losing side of the entry."
    if order.stop_loss is not None and (order.stop_loss - entry) * order.side.sign >= 0:
        return "The stop-loss is on the winning side of the entry."
    return None


def _form(order: Order, _instrument: Instrument) -> str | None:
    if order.type not in _TYPES:
        return f"Fyers has no orders of type {order.type.value}."
    if order.time_in_force not in _LASTING:
        return f"Fyers' orders last for the day or are immediate; {order.time_in_force.value} is neither."
    if order.order_class is OrderClass.OCO:
        return "Fyers has no pairs of exits; send two orders."
    return None


def _quantity(order: Order, instrument: Instrument) -> str | None:
    quantity, lot = order.quantity, max(instrument.quantity_increment, ONE)
    if quantity is None or order.notional is not None:
        return "Fyers takes quantities, not amounts of money."
    if not quantity.is_finite() or quantity <= 0:
        return "The quantity must be more than nothing."
    return f"Fyers takes {instrument.symbol} in multiples of {lot:f}." if quantity % lot else None


def _prices(order: Order, _instrument: Instrument) -> str | None:
    wanted = {
        "limit price": order.limit_price if order.type in LIMITED else ONE,
        "stop price": order.stop_price if order.type in STOPPED else ONE,
    }
    for name, price in wanted.items():
        if price is None or not price.is_finite() or price <= 0:
            return f"The order needs a {name} that is more than nothing."
    if order.type is not OrderType.STOP_LIMIT or order.limit_price is None or order.stop_price is None:
        return None
    # Fyers wants a buy's stop at or below its limit, a sale's at or above; `sign` turns a sale round.
    beyond = (order.limit_price - order.stop_price) * order.side.sign < 0
    return "The limit must lie at the stop price or beyond it." if beyond else None


def _legs(order: Order, _instrument: Instrument) -> str | None:
    levels = [level for level in (order.take_profit, order.stop_loss) if level is not None]
    if any(not level.is_finite() or level <= 0 for level in levels):
        return "Exits need prices that are more than nothing."
    wanted = {OrderClass.BRACKET: 2, OrderClass.OTO: 1}.get(order.order_class, 0)
    return "A bracket needs a take-profit and a stop-loss." if len(levels) < wanted else None


def _product(order: Order, instrument: Instrument) -> str | None:
    products = allowed(instrument.asset_class)
    if order.product is None or order.product in products:
        return None
    return (
        f"Fyers does not take {instrument.symbol} as {order.product}, but as {', '.join(sorted(products))}."
    )


_RULES: tuple[Rule, ...] = (_form, _quantity, _prices, _legs, _product)
