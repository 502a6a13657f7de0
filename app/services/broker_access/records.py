"""What is asked of a broker, the way logs.jsonl and previews show it."""

from decimal import Decimal
from typing import Any

from app.domain.orders import Order, OrderChange, Receipt


def request_record(order: Order) -> dict[str, Any]:
    """Show an order that is sent, or would be."""
    return {
        "client_order_id": order.client_order_id,
        "symbol": order.instrument.symbol,
        "side": order.side.value,
        "role": order.role.value,
        "type": order.type.value,
        "time_in_force": order.time_in_force.value,
        "quantity": _text(order.quantity),
        "notional": _text(order.notional),
        "limit_price": _text(order.limit_price),
        "stop_price": _text(order.stop_price),
        "take_profit": _text(order.take_profit),
        "stop_loss": _text(order.stop_loss),
    }


def cancel_record(receipt: Receipt) -> dict[str, Any]:
    """Show that an order is canceled."""
    return {"command": "cancel", "client_order_id": receipt.client_order_id}


def change_record(receipt: Receipt, change: OrderChange) -> dict[str, Any]:
    """Show what an order is changed to."""
    figures = {
        "quantity": change.quantity,
        "limit_price": change.limit_price,
        "stop_price": change.stop_price,
    }
    texts = {name: format(value, "f") for name, value in figures.items() if value is not None}
    return {"command": "modify", "client_order_id": receipt.client_order_id, **texts}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
