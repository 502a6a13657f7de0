"""How orders hang together: brackets, one-cancels-other pairs, exits that outlived their position."""

from dataclasses import replace

from app.brokers.paper.records import PaperOrder
from app.brokers.paper.transaction import Transaction
from app.domain.money import ZERO
from app.domain.orders import (
    STOP_LOSS_SUFFIX,
    TAKE_PROFIT_SUFFIX,
    Order,
    OrderClass,
    OrderRole,
    OrderStatus,
    OrderType,
    TimeInForce,
)

FLAT = "There is no position left to close."
MATE_FILLED = "The other leg was filled."
MATE_ENDED = "The other leg was canceled."
PARENT_ENDED = "The order that this leg protects was canceled."


def leg_ids(order: Order) -> list[str]:
    """Return the client order ids of the legs that the order asks for."""
    if order.order_class is OrderClass.SIMPLE:
        return []
    legs = ((order.take_profit, TAKE_PROFIT_SUFFIX), (order.stop_loss, STOP_LOSS_SUFFIX))
    return [order.client_order_id + suffix for price, suffix in legs if price is not None]


def place_legs(draft: Transaction, parent: PaperOrder) -> None:
    """Put the legs beside their parent: held until it has filled, or live at once for an OCO order."""
    ids = leg_ids(parent.order)
    for place, name in enumerate(ids, start=1):
        leg = PaperOrder(
            order=_leg_terms(parent, name),
            broker_order_id=f"{parent.broker_order_id}-{place}",
            created_at=parent.created_at,
            quantity=parent.quantity,
            status=OrderStatus.ACCEPTED if parent.is_container else OrderStatus.HELD,
            parent=parent.id,
            mate=next((other for other in ids if other != name), None),
        )
        terms = leg.order
        draft.put(replace(leg, limit_price=terms.limit_price, stop_price=terms.stop_price))
        if parent.is_container:
            draft.queue.append(name)


def _leg_terms(parent: PaperOrder, name: str) -> Order:
    order = parent.order
    takes_profit = name.endswith(TAKE_PROFIT_SUFFIX)
    return Order(
        client_order_id=name,
        instrument=order.instrument,
        side=order.side if parent.is_container else order.side.opposite,
        role=OrderRole.EXIT,
        type=OrderType.LIMIT if takes_profit else OrderType.STOP,
        # Protection must outlive the day of its entry.
        time_in_force=order.time_in_force if parent.is_container else TimeInForce.GTC,
        limit_price=order.take_profit if takes_profit else None,
        stop_price=None if takes_profit else order.stop_loss,
    )


def follow_fill(draft: Transaction, before: PaperOrder, order: PaperOrder) -> None:
    """Let a fill reach the order's mate, container and children."""
    if order.status is OrderStatus.FILLED:
        _release(draft, order)
    if order.mate is not None and order.parent is not None:
        _shrink_mate(draft, order)
        _sum_up(draft, before, order)


def cancel_stale_exits(draft: Transaction, symbol: str) -> None:
    """Cancel the live exits of a symbol that have nothing left to close."""
    for name in draft.working(symbol):
        order = draft.order(name)
        if order is not None and order.is_live and order.reduces_only and not draft.closable(order):
            end(draft, order, OrderStatus.CANCELED, FLAT)


def end(draft: Transaction, order: PaperOrder, status: OrderStatus, message: str | None) -> None:
    """Take an open order out of the market, with all that depends on it.

    The legs of an entry that filled in part go live for the part that filled, so that it stays protected.
    """
    draft.put(order.ended(status, message))
    # What an entry bought before it ended is held, and must not stand there without its stop.
    if order.filled and not order.is_container:
        _release(draft, order)
    for leg in _open_legs(draft, order):
        if leg.status is OrderStatus.HELD or order.is_container:
            draft.put(leg.ended(status, PARENT_ENDED))
    mate = None if order.mate is None else draft.order(order.mate)
    if mate is not None and not mate.status.is_final:
        draft.put(mate.ended(status, message or MATE_ENDED))
    _close_container(draft, order, status)


def _open_legs(draft: Transaction, order: PaperOrder) -> list[PaperOrder]:
    legs = (draft.order(name) for name in leg_ids(order.order))
    return [leg for leg in legs if leg is not None and not leg.status.is_final]


def _release(draft: Transaction, parent: PaperOrder) -> None:
    for leg in _open_legs(draft, parent):
        if leg.status is OrderStatus.HELD:
            # As large as what was really bought: a leg for the whole order would open the other side.
            draft.put(replace(leg, status=OrderStatus.ACCEPTED, quantity=parent.filled))
            draft.queue.append(leg.id)


def _shrink_mate(draft: Transaction, order: PaperOrder) -> None:
    mate = None if order.mate is None else draft.order(order.mate)
    if mate is None or mate.status.is_final:
        return
    if order.status is OrderStatus.FILLED:
        # In the same operation, so that no price can fill both.
        draft.put(mate.ended(OrderStatus.CANCELED, MATE_FILLED))
    else:
        # Together the two may never close more than there is.
        draft.put(replace(mate, quantity=min(mate.quantity, mate.filled + order.remaining)))


def _sum_up(draft: Transaction, before: PaperOrder, order: PaperOrder) -> None:
    container = _container(draft, order)
    if container is None:
        return
    filled = container.filled + order.filled - before.filled
    paid = (container.average or ZERO) * container.filled
    paid += (order.average or ZERO) * order.filled - (before.average or ZERO) * before.filled
    draft.put(
        replace(
            container,
            status=OrderStatus.PARTIALLY_FILLED,
            quantity=max(container.quantity, filled),
            filled=filled,
            average=paid / filled,
            fees=container.fees + order.fees - before.fees,
            filled_at=order.filled_at,
        )
    )
    _close_container(draft, order, order.status)


def _close_container(draft: Transaction, order: PaperOrder, status: OrderStatus) -> None:
    container = _container(draft, order)
    if container is None or not status.is_final:
        return
    # A leg that was cut to the position, or changed by hand, decides what the whole amounted to.
    quantity = container.filled if status is OrderStatus.FILLED else container.quantity
    draft.put(replace(container, status=status, message=order.message, quantity=quantity))


def _container(draft: Transaction, order: PaperOrder) -> PaperOrder | None:
    parent = None if order.parent is None else draft.order(order.parent)
    return parent if parent is not None and parent.is_container and not parent.status.is_final else None
