"""What can be done at the simulated broker; each operation only changes its draft."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from app.brokers.paper import legs, matching, order_checks
from app.brokers.paper.capabilities import NAME
from app.brokers.paper.receipts import receipt_of
from app.brokers.paper.records import PaperOrder, Price
from app.brokers.paper.transaction import Transaction
from app.domain.orders import Order, OrderChange, OrderStatus, Receipt
from app.errors import BrokerRejected, InvalidRequest


def submit(draft: Transaction, order: Order) -> Receipt:
    """Check, price and match a new order; the same order again is the first one, as it stands now."""
    first = draft.order(order.client_order_id)
    # A caller that lost the answer asks again; it gets the order that it has, never a second one.
    # On other terms it is not the first order come again: an id that is taken is refused below.
    if first is not None and _is_same(first, order):
        return receipt_of(first)
    order_checks.check_terms(draft, order)
    _follow_alert(draft, order)
    quantity = order_checks.check_against_market(draft, order)
    paper = PaperOrder(
        order=order,
        broker_order_id=f"{NAME}-{draft.sequence}",
        created_at=draft.at,
        quantity=quantity,
        limit_price=order.limit_price if order.type in order_checks.LIMITED else None,
        stop_price=order.stop_price if order.type in order_checks.STOPPED else None,
    )
    if paper.is_container:
        paper = replace(paper, limit_price=order.take_profit, stop_price=order.stop_loss)
    draft.put(paper)
    legs.place_legs(draft, paper)
    draft.queue.append(paper.id)
    matching.settle(draft)
    return receipt_of(_known(draft, paper.id))


def cancel(draft: Transaction, client_order_id: str) -> None:
    """Take an open order back."""
    legs.end(draft, _open(draft, client_order_id), OrderStatus.CANCELED, None)
    matching.settle(draft)


def change(draft: Transaction, client_order_id: str, change: OrderChange) -> Receipt:
    """Give an open order new figures and let it meet the market."""
    paper = _open(draft, client_order_id)
    if paper.is_container:
        # The pair itself never trades; its figures would say one thing and its legs do another.
        raise BrokerRejected("An OCO order is changed through its legs.")
    changed = replace(
        paper,
        quantity=_changed_quantity(paper, change.quantity),
        limit_price=_changed_price("limit_price", paper.limit_price, change.limit_price),
        stop_price=_changed_price("stop_price", paper.stop_price, change.stop_price),
    )
    # A change must not reserve what a new order would be refused.
    order_checks.check_growth(draft, paper, changed)
    draft.put(changed)
    draft.queue.append(paper.id)
    matching.settle(draft)
    return receipt_of(_known(draft, paper.id))


def set_prices(draft: Transaction, prices: Mapping[str, Decimal | None]) -> list[Receipt]:
    """Pin or unpin prices and return what changed."""
    for symbol, value in prices.items():
        if value is None:
            _unpin(draft, symbol)
        elif value.is_finite() and value > 0:
            matching.move_price(draft, symbol, Price(value, pinned=True))
        else:
            raise InvalidRequest(f"The price of {symbol} must be a positive number.")
    return [receipt_of(order) for order in draft.change.orders.values()]


def expire_due(draft: Transaction) -> None:
    """End the day orders of days gone by (UTC)."""
    if not draft.account.has_due_orders(draft.at):
        return
    due = [name for name, day in draft.account.day_orders.items() if day < draft.at.date()]
    for name in due:
        order = draft.order(name)
        if order is not None and not order.status.is_final:
            legs.end(draft, order, OrderStatus.EXPIRED, "The day ended.")
    matching.settle(draft)


def follow_source(draft: Transaction, symbols: Iterable[str]) -> None:
    """Let the source's prices reach whatever follows them."""
    for symbol in symbols:
        price = draft.market.news(symbol)
        if price is not None:
            matching.move_price(draft, symbol, price)


def _is_same(first: PaperOrder, order: Order) -> bool:
    terms = [
        (item.instrument.symbol, item.side, item.type, item.order_class, item.notional)
        for item in (first.order, order)
    ]
    return terms[0] == terms[1] and order.quantity in {None, first.quantity}


def _follow_alert(draft: Transaction, order: Order) -> None:
    symbol = order.instrument.symbol
    if draft.market.is_sourced(symbol):
        follow_source(draft, [symbol])
        return
    known = draft.market.price(symbol)
    value = order.reference_price
    if known is None and value is None:
        # A limit says nothing of the market, but of a symbol without a price it is all that is known.
        value = order.limit_price
    if value is None or (known is not None and (known.pinned or not draft.settings.follow_alert_prices)):
        return
    matching.move_price(draft, symbol, Price(value))


def _unpin(draft: Transaction, symbol: str) -> None:
    price = draft.market.price(symbol)
    if price is not None and price.pinned:
        matching.move_price(draft, symbol, replace(price, pinned=False))


def _open(draft: Transaction, client_order_id: str) -> PaperOrder:
    order = _known(draft, client_order_id)
    if order.status.is_final:
        raise BrokerRejected(f"The order is {order.status.value} already.")
    return order


def _known(draft: Transaction, client_order_id: str) -> PaperOrder:
    order = draft.order(client_order_id)
    if order is None:
        raise BrokerRejected("There is no such order.")
    return order


def _changed_quantity(paper: PaperOrder, quantity: Decimal | None) -> Decimal:
    if quantity is None:
        return paper.quantity
    order_checks.check_quantity(paper.order, quantity)
    # What has filled cannot be taken back; an order for less would be over without ever ending.
    if quantity <= paper.filled:
        raise BrokerRejected(f"{paper.filled} has filled already; the quantity must be larger.")
    return quantity


def _changed_price(name: str, old: Decimal | None, new: Decimal | None) -> Decimal | None:
    if new is None:
        return old
    if old is None:
        raise BrokerRejected(f"The order has no {name} to change.")
    order_checks.check_price(name, new)
    return new
