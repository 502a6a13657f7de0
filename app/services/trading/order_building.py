"""How an order is written down before it is sent."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from app.domain.exit_levels import exit_levels, exit_terms
from app.domain.exit_plan import Protection
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
from app.services.trading.context import Case

# Bracket and cover orders exist by their exits.
PRODUCTS_WITH_EXITS = frozenset({"BO", "CO"})
LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


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
        limit_price=case.signal.limit_price if kind in LIMITED else None,
        stop_price=case.signal.stop_price if kind in STOPPED else None,
        product=case.signal.product,
        reference_price=case.reference_price,
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
        limit_price=price if kind in LIMITED else None,
        stop_price=case.signal.stop_price if kind in STOPPED else None,
        product=case.signal.product,
        reference_price=case.reference_price,
    )
    return _as_taken(case, _in_money(case, _with_exits(case, order, price), size))


def protect_adopted(case: Case, entry: Receipt) -> None:
    """Protect an entry that was placed before a crash the way it was meant to be."""
    price = case.signal.reference_price or entry.limit_price or entry.average_fill_price
    if price is not None and case.instrument is not None:
        case.protection = _protection(case, case.instrument, price)


def _protection(case: Case, instrument: Instrument, alert_price: Decimal) -> Protection | None:
    signal = case.signal
    needed = signal.product in PRODUCTS_WITH_EXITS
    terms = exit_terms(case.bot.configuration, *case.levels, needed=needed)
    if terms is None or case.broker is None:
        return None
    return Protection(case.bot.id, case.broker.name, instrument.symbol, case.ticket.id, terms, alert_price)


def _as_taken(case: Case, order: Order) -> Order:
    """Let a broker that takes not every form of an order say which one it will take."""
    fitted: Callable[[Order], Order] | None = getattr(case.broker, "fitted", None)
    return fitted(order) if fitted is not None else order


def _with_exits(case: Case, order: Order, price: Decimal) -> Order:
    """Make the first entry into a symbol a bracket where the bot wants exits and the broker has them."""
    alert_price = case.signal.reference_price or price
    case.protection = _protection(case, order.instrument, alert_price)
    _show_levels(case, order, alert_price)
    if case.protection is None or case.broker is None or case.view is None:
        return order
    terms = case.protection.terms
    adds = case.view.position * order.side.sign > ZERO
    if order.time_in_force not in {TimeInForce.DAY, TimeInForce.GTC}:
        # Legs cannot wait for an order that is over at once.
        return order
    levels = exit_levels(terms, order.instrument, order.side, price if terms.by_fill else alert_price)
    if adds or levels.stop is None or not case.broker.capabilities.bracket:
        return order
    kind = OrderClass.BRACKET if levels.target is not None else OrderClass.OTO
    return replace(order, order_class=kind, take_profit=levels.target, stop_loss=levels.stop)


def _show_levels(case: Case, order: Order, alert_price: Decimal) -> None:
    """Tell in the ticket where exits stand, or of an option would stand although nobody wants them placed."""
    terms = case.protection.terms if case.protection is not None else None
    if terms is None and case.signal.contract is not None:
        terms = exit_terms(case.bot.configuration, needed=True)
    if terms is not None:
        levels = exit_levels(terms, order.instrument, order.side, alert_price)
        case.ticket.exits = {
            "stop_loss": text(levels.stop),
            "take_profit": text(levels.target),
            "basis": text(plain(alert_price)),
            "placed": case.protection is not None,
        }


def _in_money(case: Case, order: Order, size: Size) -> Order:
    """Leave the rounding to a broker that takes amounts of money."""
    plain = order.type is OrderType.MARKET and order.order_class is OrderClass.SIMPLE
    if size.notional is None or case.broker is None or not plain:
        return order
    capabilities = case.broker.capabilities
    if not capabilities.notional or order.instrument.asset_class not in capabilities.fractional:
        return order
    return replace(order, quantity=None, notional=size.notional)
