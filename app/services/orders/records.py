"""How signals, orders and reminders are written into tickets, logs and the store."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from app.domain.exit_plan import ExitPlan
from app.domain.json_codec import timestamp
from app.domain.money import ZERO
from app.domain.orders import STOP_LOSS_SUFFIX, Order, OrderRole, OrderStatus, OrderType, Receipt
from app.domain.signals import Signal
from app.domain.tickets import TicketStatus
from app.logs import mask
from app.storage.base import Change, Create

# The name under which the operator's own orders are written down; no bot has it.
OPERATOR = "operator"


def reminder(name: str, record: dict[str, Any], *, multiplier: Decimal, at: datetime) -> Change:
    """Return the document that keeps an order, or a leg of it, in sight until it is over."""
    is_leg = name != record["client_order_id"]
    filled = ["0", "0"] if is_leg else [record["filled_quantity"], record["average_fill_price"] or "0"]
    return Create(
        f"orders/{name}",
        {
            "client_order_id": name,
            "ticket": record["ticket"],
            "bot": record["bot"],
            "broker": record["broker"],
            "symbol": record["symbol"],
            "role": OrderRole.EXIT.value if is_leg else record["role"],
            "type": _leg_type(name).value if is_leg else record["type"],
            "quantity": record["quantity"],
            "multiplier": format(multiplier, "f"),
            "counted": filled,
            "seen": None if is_leg else [record["status"], record["filled_quantity"]],
            "submitted_at": timestamp(at),
        },
    )


def exit_reminder(
    exit_plan: ExitPlan, name: str, *, multiplier: Decimal, at: datetime, at_market: bool = False
) -> Create:
    """Return the document that keeps an exit order in sight which was placed after its entry's alert."""
    kind = OrderType.MARKET if at_market else _leg_type(name)
    return Create(
        f"orders/{name}",
        {
            "client_order_id": name,
            "ticket": str(exit_plan.ticket),
            "bot": exit_plan.bot,
            "broker": exit_plan.broker,
            "symbol": exit_plan.symbol,
            "role": OrderRole.EXIT.value,
            "type": kind.value,
            "multiplier": format(multiplier, "f"),
            "counted": ["0", "0"],
            "seen": None,
            "submitted_at": timestamp(at),
        },
    )


def counted_record(receipt: Receipt) -> list[str]:
    """Write how much of an order has been counted into its trade: units and their average price."""
    return [format(receipt.filled_quantity, "f"), format(receipt.average_fill_price or ZERO, "f")]


def signal_record(signal: Signal) -> dict[str, Any]:
    """Show a signal the way tickets do, leaving out what the alert did not say."""
    return {
        name: value
        for name, value in (
            ("symbol", signal.symbol or None),
            ("exchange", signal.exchange),
            ("intent", signal.intent.value),
            ("order", signal.order and mask(signal.order)),
            ("side", None if signal.intent.is_command else signal.side.value),
            ("quantity", _text(signal.quantity)),
            ("target", _target_record(signal)),
            ("order_type", signal.order_type and signal.order_type.value),
            ("limit_price", _text(signal.limit_price)),
            ("stop_price", _text(signal.stop_price)),
            ("time_in_force", None if signal.intent.is_command else signal.time_in_force.value),
            ("reference_price", _text(signal.reference_price)),
            ("sent_at", timestamp(signal.sent_at) if signal.sent_at is not None else None),
            # Texts that people write freely may hold a secret, as they may in the alert itself.
            ("strategy", signal.strategy and mask(signal.strategy)),
            ("note", signal.note and mask(signal.note)),
        )
        if value is not None
    }


def _target_record(signal: Signal) -> dict[str, Any] | None:
    if signal.target is None:
        return None
    target = signal.target
    return {
        "now": target.now,
        "before": target.before,
        "now_size": _text(target.now_size),
        "before_size": _text(target.before_size),
    }


def request_record(order: Order) -> dict[str, Any]:
    """Show an order the way logs.jsonl does."""
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
        "take_profit": _text(order.take_profit),
        "stop_loss": _text(order.stop_loss),
    }


def is_working(record: dict[str, Any]) -> bool:
    """True when an order as tickets show it can still change."""
    return record["status"] != TicketStatus.DRY_RUN and not OrderStatus(record["status"]).is_final


def _leg_type(name: str) -> OrderType:
    return OrderType.STOP if name.endswith(STOP_LOSS_SUFFIX) else OrderType.LIMIT


def _text(value: Any) -> str | None:
    return None if value is None else format(value, "f")
