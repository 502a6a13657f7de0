"""The legs of an entry: Fyers places them when it fills; until then they are figures in its row."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from app.brokers.fyers.receipts import Row, is_over, price, side_of, status_of
from app.domain.money import ZERO
from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, OrderStatus, OrderType, Receipt

_LEGS = (
    (STOP_LOSS_SUFFIX, "stopLoss", OrderType.STOP, -1),
    (TAKE_PROFIT_SUFFIX, "takeProfit", OrderType.LIMIT, 1),
)


def lacks_legs(entry: Row, placed: set[str]) -> bool:
    """True for an entry that has filled while legs of it are not placed."""
    lacks = any(price(entry.get(field)) and suffix not in placed for suffix, field, *_ in _LEGS)
    return status_of(entry) is OrderStatus.FILLED and lacks


def status_of_unplaced(entry: Row) -> OrderStatus:
    """Return how legs stand that are not on their way: held by the entry, or gone with it."""
    is_gone = is_over(entry) and (status_of(entry) is OrderStatus.FILLED or not entry["filledQty"])
    return OrderStatus.CANCELED if is_gone else OrderStatus.HELD


def unplaced_legs(entry: Row, receipt: Receipt, placed: set[str], status: OrderStatus) -> Iterator[Receipt]:
    """Yield the legs that are not placed, as Fyers will place them by the figures of their entry."""
    for suffix, field, kind, direction in _LEGS:
        distance = price(entry.get(field))
        if distance is None or suffix in placed:
            continue
        # Fyers keeps distances; people and exits think in prices.
        level = _basis(entry) + side_of(entry).sign * direction * distance
        yield replace(
            receipt,
            client_order_id=receipt.client_order_id + suffix,
            broker_order_id="",
            side=receipt.side.opposite,
            type=kind,
            status=status,
            limit_price=level if kind is OrderType.LIMIT else None,
            stop_price=level if kind is OrderType.STOP else None,
            filled_quantity=ZERO,
            average_fill_price=None,
            message=None,
        )


def _basis(entry: Row) -> Decimal:
    # Fyers counts distances from the price of the trade; until there is one, the expected one stands in.
    known = (price(entry.get(name)) for name in ("tradedPrice", "limitPrice", "stopPrice", "lp"))
    return next((found for found in known if found is not None), ZERO)
