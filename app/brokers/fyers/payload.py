"""Orders and changes as the JSON that Fyers reads: whole quantities, prices as numbers, 0 for none."""

from decimal import Decimal
from typing import Any

from app.brokers.fyers.normalisation import offset
from app.brokers.fyers.order_checks import LIMITED, STOPPED, WITH_LEGS
from app.brokers.fyers.tags import tag_of
from app.domain.instruments import Instrument
from app.domain.orders import Order, OrderChange, OrderType, Receipt, TimeInForce

TYPES = {OrderType.LIMIT: 1, OrderType.MARKET: 2, OrderType.STOP: 3, OrderType.STOP_LIMIT: 4}
# Distances in points of the price; 2 would be per cent of it.
POINTS = 1


def order_payload(
    order: Order, *, ticker: str, product: str, instrument: Instrument, entry: Decimal | None
) -> dict[str, Any]:
    """Return the body that places an order; `entry` is the price that its exits are counted from."""
    return {
        "symbol": ticker,
        "qty": int(order.quantity or 0),
        "type": TYPES[order.type],
        # 1 buys, -1 sells.
        "side": order.side.sign,
        "productType": product,
        "limitPrice": number(order.limit_price) if order.type in LIMITED else 0,
        "stopPrice": number(order.stop_price) if order.type in STOPPED else 0,
        # Fyers knows these two only; everything else was refused before.
        "validity": "IOC" if order.time_in_force is TimeInForce.IOC else "DAY",
        "disclosedQty": 0,
        # Never kept for the next morning: an alert is about now.
        "offlineOrder": False,
        "orderTag": tag_of(order),
        **_legs(order, instrument, entry),
    }


def change_payload(receipt: Receipt, change: OrderChange) -> dict[str, Any]:
    """Return the body that changes a working order; what is left out stays."""
    body: dict[str, Any] = {"id": receipt.broker_order_id, "type": TYPES[_changed_type(receipt, change)]}
    if change.quantity is not None:
        body["qty"] = int(change.quantity)
    if change.limit_price is not None:
        body["limitPrice"] = number(change.limit_price)
    if change.stop_price is not None:
        body["stopPrice"] = number(change.stop_price)
    return body


def number(price: Decimal | None) -> float:
    """Return a price as JSON has it: the shortest figure that means the same."""
    # The price is on the tick already, so its shortest form as a float is the price itself.
    return 0 if price is None else float(price)


def _changed_type(receipt: Receipt, change: OrderChange) -> OrderType:
    """An order at the market rests as a limit order, and is one once it has a limit of ours."""
    gets_limit = receipt.type is OrderType.MARKET and change.limit_price is not None
    return OrderType.LIMIT if gets_limit else receipt.type


def _legs(order: Order, instrument: Instrument, entry: Decimal | None) -> dict[str, Any]:
    if order.order_class not in WITH_LEGS or entry is None:
        return {}
    levels = {"stopLoss": order.stop_loss, "takeProfit": order.take_profit}
    offsets = {
        name: number(offset(level, entry, instrument)) for name, level in levels.items() if level is not None
    }
    return {**offsets, "legType": POINTS} if offsets else {}
