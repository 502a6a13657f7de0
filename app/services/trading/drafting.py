"""How an order is written down before it is sent."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.orders import Order, OrderClass, OrderRole, OrderType, Side, TimeInForce, client_order_id
from app.domain.pricing import exit_levels
from app.domain.sizing import Size
from app.services.trading.case import Case


def draft_exit(case: Case, instrument: Instrument, side: Side, quantity: Decimal) -> Order:
    """Write the order that closes; at the market unless the alert itself names a limit."""
    kind = case.signal.order_type or OrderType.MARKET
    return Order(
        client_order_id=client_order_id(case.bot.id, case.ticket.id, OrderRole.EXIT),
        instrument=instrument,
        side=side,
        role=OrderRole.EXIT,
        type=kind,
        time_in_force=case.signal.time_in_force,
        quantity=quantity,
        limit_price=case.signal.limit_price if kind is OrderType.LIMIT else None,
        reference_price=case.signal.reference_price,
    )


def draft_entry(
    case: Case, instrument: Instrument, side: Side, kind: OrderType, size: Size, price: Decimal
) -> Order:
    """Write the order that opens; `price` is its limit, or what the market is expected to ask."""
    order = Order(
        client_order_id=client_order_id(case.bot.id, case.ticket.id, OrderRole.ENTRY),
        instrument=instrument,
        side=side,
        role=OrderRole.ENTRY,
        type=kind,
        time_in_force=case.signal.time_in_force,
        quantity=size.quantity,
        limit_price=price if kind is OrderType.LIMIT else None,
        reference_price=case.signal.reference_price,
    )
    return _as_taken(case, _in_money(case, _with_exits(case, order, price), size))


def _as_taken(case: Case, order: Order) -> Order:
    """Let a broker that takes not every form of an order say which one it will take."""
    fitted: Callable[[Order], Order] | None = getattr(case.broker, "fitted", None)
    return fitted(order) if fitted is not None else order


def _with_exits(case: Case, order: Order, price: Decimal) -> Order:
    """Make the first entry into a symbol a bracket where the bot wants exits and the broker has them."""
    configuration = case.bot.configuration
    if not configuration.attach_sl_tp or case.broker is None or case.view is None:
        return order
    adds = case.view.position * order.side.sign > ZERO
    if order.time_in_force not in {TimeInForce.DAY, TimeInForce.GTC}:
        # Legs cannot wait for an order that is over at once.
        return order
    if adds or not case.broker.capabilities.bracket:
        return order
    levels = exit_levels(configuration, order.instrument, order.side, price)
    return replace(
        order, order_class=OrderClass.BRACKET, take_profit=levels.take_profit, stop_loss=levels.stop_loss
    )


def _in_money(case: Case, order: Order, size: Size) -> Order:
    """Leave the rounding to a broker that takes amounts of money."""
    plain = order.type is OrderType.MARKET and order.order_class is OrderClass.SIMPLE
    if size.notional is None or case.broker is None or not plain:
        return order
    capabilities = case.broker.capabilities
    if not capabilities.notional or order.instrument.asset_class not in capabilities.fractional:
        return order
    return replace(order, quantity=None, notional=size.notional)
