"""Fyers' order objects as receipts."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from app.brokers.fyers.capabilities import NAME
from app.brokers.fyers.symbols import Tickers
from app.brokers.fyers.tags import is_market, tagged
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.orders import (
    STOP_LOSS_SUFFIX,
    TAKE_PROFIT_SUFFIX,
    Order,
    OrderStatus,
    OrderType,
    Receipt,
    Side,
)

INDIA = ZoneInfo("Asia/Kolkata")
Row: TypeAlias = dict[str, Any]

_STATUSES = {
    1: OrderStatus.CANCELED,
    2: OrderStatus.FILLED,
    4: OrderStatus.PENDING,
    5: OrderStatus.REJECTED,
    6: OrderStatus.ACCEPTED,
    7: OrderStatus.EXPIRED,
}
_TYPES = {1: OrderType.LIMIT, 2: OrderType.MARKET, 3: OrderType.STOP, 4: OrderType.STOP_LIMIT}
_STOPS = frozenset({3, 4})
# Not %b: that would read the months of the machine's language.
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def taken(order: Order, instrument: Instrument, number: str, now: datetime) -> Receipt:
    """Return an order that Fyers has just given a number."""
    return Receipt(
        client_order_id=order.client_order_id,
        broker_order_id=number,
        broker=NAME,
        symbol=instrument.symbol,
        side=order.side,
        type=order.type,
        # Fyers has taken the order, the exchange perhaps not yet: it may still refuse it.
        status=OrderStatus.PENDING,
        created_at=now,
        quantity=order.quantity,
        limit_price=order.limit_price,
        stop_price=order.stop_price,
    )


def receipt_of(row: Row, name: str, tickers: Tickers) -> Receipt:
    """Return an order object as a receipt under our id; raise KeyError or ValueError where it is none.

    An order at the market has the limit that Fyers gave it, as long as it rests.
    """
    filled = Decimal(row["filledQty"])
    kind, status = _type_of(row), status_of(row)
    # Once it is over, the limit that Fyers gave it is nothing that anybody asked for.
    is_past = kind is OrderType.MARKET and status.is_final
    return Receipt(
        client_order_id=name,
        broker_order_id=str(row["id"]),
        broker=NAME,
        symbol=tickers.instrument(row["symbol"]).symbol,
        side=side_of(row),
        type=kind,
        status=status,
        created_at=moment(row["orderDateTime"]),
        quantity=Decimal(row["qty"]),
        limit_price=None if is_past else price(row.get("limitPrice")),
        stop_price=price(row.get("stopPrice")),
        filled_quantity=filled,
        average_fill_price=price(row.get("tradedPrice")) if filled else None,
        message=row.get("message") or None,
    )


def status_of(row: Row) -> OrderStatus:
    """Return where an order stands; a number that we do not know is never the end of it."""
    # Taken for an end, an unknown number would free the units for a second exit.
    status = _STATUSES.get(row["status"], OrderStatus.ACCEPTED)
    if row["filledQty"] and not status.is_final:
        return OrderStatus.PARTIALLY_FILLED
    return status


def is_over(row: Row) -> bool:
    """True when nothing more can happen to the order."""
    return status_of(row).is_final


def suffix_of(row: Row) -> str:
    """Return what a leg's name ends with."""
    return STOP_LOSS_SUFFIX if row["type"] in _STOPS else TAKE_PROFIT_SUFFIX


def side_of(row: Row) -> Side:
    """Return an order's side."""
    return Side.BUY if row["side"] > 0 else Side.SELL


def price(value: object) -> Decimal | None:
    """Read a price; 0 is none."""
    read = ZERO if value is None else Decimal(str(value))
    return read or None


def moment(text: str) -> datetime:
    """Read Fyers' time, which is that of India without saying so; raise ValueError."""
    day, month, year = text[:11].split("-")
    clock = datetime.strptime(text[12:], "%H:%M:%S")  # noqa: DTZ007  # its zone is set below
    at = clock.replace(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=INDIA)
    return at.astimezone(UTC)


def _type_of(row: Row) -> OrderType:
    kind = _TYPES.get(row["type"], OrderType.LIMIT)
    # The book shows limit orders only; what it was sent as stands in our tag.
    was_market = not row["parentId"] and is_market(tagged(row["orderTag"]))
    return OrderType.MARKET if kind is OrderType.LIMIT and was_market else kind
