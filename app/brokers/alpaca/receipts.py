"""Alpaca's order objects as receipts."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from app.brokers.alpaca.capabilities import NAME
from app.brokers.alpaca.normalisation import LEAST_VALUES
from app.brokers.alpaca.symbols import canonical_symbol, class_of
from app.domain.money import ZERO
from app.domain.orders import Order, OrderStatus, OrderType, Receipt, Side, bot_of_order

Row: TypeAlias = dict[str, Any]

# Not `pending_cancel` nor `pending_replace`: such an order may still fill, so it counts as working.
_STATUSES = {
    "pending_new": OrderStatus.PENDING,
    "held": OrderStatus.HELD,
    "partially_filled": OrderStatus.PARTIALLY_FILLED,
    "filled": OrderStatus.FILLED,
    "canceled": OrderStatus.CANCELED,
    "expired": OrderStatus.EXPIRED,
    "rejected": OrderStatus.REJECTED,
    "replaced": OrderStatus.REPLACED,
}
_TYPES = {kind.value: kind for kind in OrderType}


def receipt_of(row: Row, client_order_id: str) -> Receipt:
    """Return an order object as a receipt under our id; raise KeyError or ValueError where it is none."""
    filled = decimal(row["filled_qty"]) or ZERO
    return Receipt(
        client_order_id=client_order_id,
        broker_order_id=str(row["id"]),
        broker=NAME,
        symbol=canonical_symbol(row["symbol"], row.get("asset_class") or ""),
        side=Side(row["side"]),
        # The leg of a spread has no type of its own.
        type=_TYPES.get(row["type"], OrderType.MARKET),
        status=status_of(row["status"], filled),
        created_at=moment(row.get("created_at") or row["submitted_at"]),
        quantity=decimal(row.get("qty")),
        notional=decimal(row.get("notional")),
        limit_price=decimal(row.get("limit_price")),
        stop_price=decimal(row.get("stop_price")),
        filled_quantity=filled,
        average_fill_price=decimal(row.get("filled_avg_price")),
        filled_at=moment(row["filled_at"]) if row.get("filled_at") else None,
    )


def status_of(text: str, filled: Decimal = ZERO) -> OrderStatus:
    """Return where an order stands; a word that we do not know is never the end of it."""
    status = _STATUSES.get(text, OrderStatus.ACCEPTED)
    if filled > ZERO and not status.is_final:
        return OrderStatus.PARTIALLY_FILLED
    return status


def is_over(row: Row) -> bool:
    """True when nothing more can happen to the order."""
    return status_of(row["status"]).is_final


def is_tiny_close(row: Row, quantity: Decimal | None) -> bool:
    """Tell whether an order may be the close of what is worth less than an order of ours must be.

    Alpaca names such a one itself; its value, and its `quantity` where that is known, tell it from what a
    person closes.
    """
    if row["type"] != OrderType.MARKET.value or bot_of_order(row["client_order_id"]) is not None:
        return False
    if quantity is not None and decimal(row.get("qty")) != quantity:
        return False
    price = decimal(row.get("filled_avg_price"))
    if price is None:
        return quantity is not None
    least = LEAST_VALUES.get(class_of(canonical_symbol(row["symbol"], row.get("asset_class") or "")))
    return least is not None and price * (decimal(row["filled_qty"]) or ZERO) < least


def decimal(value: object) -> Decimal | None:
    """Read a number that travels as a string, or as a float in market data."""
    return None if value is None or value == "" else Decimal(str(value))


def moment(text: str) -> datetime:
    """Read a time; Alpaca writes nanoseconds, of which a datetime keeps the microseconds."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("A time without a zone names no moment.")
    return at.astimezone(UTC)


def is_same(receipt: Receipt, order: Order) -> bool:
    """Tell whether what Alpaca holds under an id is what would be sent under it now."""
    asked = (order.instrument.symbol, order.side, order.type)
    sizes = ((receipt.quantity, order.quantity), (receipt.notional, order.notional))
    return asked == (receipt.symbol, receipt.side, receipt.type) and all(
        wanted is None or held in (None, wanted) for held, wanted in sizes
    )
