"""How an order is written down before it is sent."""

from dataclasses import replace
from decimal import Decimal

from app.domain.exit_levels import exit_levels, exit_terms
from app.domain.exit_plan import ExitPlan
from app.domain.instruments import Instrument
from app.domain.money import ZERO, plain, text
from app.domain.orders import (
    Order,
    OrderClass,
    OrderRole,
    OrderType,
    Receipt,
    Side,
    TimeInForce,
    client_order_id,
)
from app.domain.sizing import Size
from app.services.trading.context import OrderContext

# Bracket and cover orders exist by their exits.
PRODUCTS_WITH_EXITS = frozenset({"BO", "CO"})
LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


def draft_exit(context: OrderContext, instrument: Instrument, side: Side, quantity: Decimal) -> Order:
    """Write the order that closes; at the market unless the alert itself names a limit."""
    kind = context.signal.order_type or OrderType.MARKET
    return Order(
        client_order_id=client_order_id(context.bot.id, context.ticket.id, OrderRole.EXIT),
        instrument=instrument,
        side=side,
        role=OrderRole.EXIT,
        type=kind,
        time_in_force=context.signal.time_in_force,
        quantity=quantity,
        limit_price=context.signal.limit_price if kind in LIMITED else None,
        stop_price=context.signal.stop_price if kind in STOPPED else None,
        product=context.signal.product,
        reference_price=context.reference_price,
    )


def draft_entry(
    context: OrderContext, instrument: Instrument, side: Side, kind: OrderType, size: Size, price: Decimal
) -> Order:
    """Write the order that opens; `price` is its limit, or what the market is expected to ask."""
    order = Order(
        client_order_id=client_order_id(context.bot.id, context.ticket.id, OrderRole.ENTRY),
        instrument=instrument,
        side=side,
        role=OrderRole.ENTRY,
        type=kind,
        time_in_force=context.signal.time_in_force,
        quantity=size.quantity,
        limit_price=price if kind in LIMITED else None,
        stop_price=context.signal.stop_price if kind in STOPPED else None,
        product=context.signal.product,
        reference_price=context.reference_price,
    )
    return _normalised(context, _in_money(context, _with_exits(context, order, price), size))


def protect_adopted(context: OrderContext, entry: Receipt) -> None:
    """Protect an entry that was placed before a crash the way it was meant to be."""
    price = context.signal.reference_price or entry.limit_price or entry.average_fill_price
    if price is not None and context.instrument is not None:
        context.exit_plan = _protection(context, context.instrument, price)


def _protection(context: OrderContext, instrument: Instrument, alert_price: Decimal) -> ExitPlan | None:
    signal = context.signal
    needed = signal.product in PRODUCTS_WITH_EXITS
    terms = exit_terms(context.bot.configuration, *context.levels, needed=needed)
    if terms is None or context.broker is None:
        return None
    return ExitPlan(
        context.bot.id, context.broker.name, instrument.symbol, context.ticket.id, terms, alert_price
    )


def _normalised(context: OrderContext, order: Order) -> Order:
    """Let a broker that takes not every form of an order say which one it will take."""
    return context.broker.normalise(order) if context.broker is not None else order


def _with_exits(context: OrderContext, order: Order, price: Decimal) -> Order:
    """Make the first entry into a symbol a bracket where the bot wants exits and the broker has them."""
    alert_price = context.signal.reference_price or price
    context.exit_plan = _protection(context, order.instrument, alert_price)
    _show_levels(context, order, alert_price)
    if context.exit_plan is None or context.broker is None or context.view is None:
        return order
    terms = context.exit_plan.terms
    adds = context.view.position * order.side.sign > ZERO
    if order.time_in_force not in {TimeInForce.DAY, TimeInForce.GTC}:
        # Legs cannot wait for an order that is over at once.
        return order
    levels = exit_levels(terms, order.instrument, order.side, price if terms.by_fill else alert_price)
    if adds or levels.stop is None or not context.broker.capabilities.bracket:
        return order
    kind = OrderClass.BRACKET if levels.target is not None else OrderClass.OTO
    return replace(order, order_class=kind, take_profit=levels.target, stop_loss=levels.stop)


def _show_levels(context: OrderContext, order: Order, alert_price: Decimal) -> None:
    """Tell in the ticket where exits stand, or of an option would stand although nobody wants them placed."""
    terms = context.exit_plan.terms if context.exit_plan is not None else None
    if terms is None and context.signal.contract is not None:
        terms = exit_terms(context.bot.configuration, needed=True)
    if terms is not None:
        levels = exit_levels(terms, order.instrument, order.side, alert_price)
        context.ticket.exits = {
            "stop_loss": text(levels.stop),
            "take_profit": text(levels.target),
            "basis": text(plain(alert_price)),
            "placed": context.exit_plan is not None,
        }


def _in_money(context: OrderContext, order: Order, size: Size) -> Order:
    """Leave the rounding to a broker that takes amounts of money."""
    plain = order.type is OrderType.MARKET and order.order_class is OrderClass.SIMPLE
    if size.notional is None or context.broker is None or not plain:
        return order
    capabilities = context.broker.capabilities
    if not capabilities.notional or order.instrument.asset_class not in capabilities.fractional:
        return order
    return replace(order, quantity=None, notional=size.notional)
