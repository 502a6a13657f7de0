"""What is shown of a stored ticket: all of it, or the row of a list."""

from typing import Any

from app.domain.ticket_terms import symbol_of, wanted_order

GATE_FIELDS = ("gate", "passed", "code", "detail", "order")
# What a list shows of each ticket; every one of these stands in the whole ticket too.
ROW_FIELDS = (
    "id",
    "bot",
    "dialect",
    "status",
    "reason",
    "message",
    "created_at",
    "updated_at",
    "symbol",
    "intent",
    "side",
    "quantity",
    "filled_quantity",
    "average_fill_price",
    "question",
    "expires_at",
)


def shown(
    ticket: dict[str, Any], *, question: str | None = None, expires_at: str | None = None
) -> dict[str, Any]:
    """Show a stored ticket, whose twenty verdicts are kept without their field names.

    One that waits for a person carries what is asked and until when it may be answered.
    """
    gates = [dict(zip(GATE_FIELDS, verdict, strict=True)) for verdict in ticket["gates"]]
    waiting = {"question": question, "expires_at": expires_at}
    return ticket | _in_short(ticket) | waiting | {"gates": gates}


def row_of(ticket: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a ticket that is shown whole."""
    return {name: ticket[name] for name in ROW_FIELDS}


def text_of(ticket: dict[str, Any]) -> str:
    """Return what a person may look for in a ticket, in small letters."""
    orders = ((order.get("client_order_id"), order.get("broker_order_id")) for order in ticket["orders"])
    return str((ticket["id"], ticket["message"], ticket["alert"], *orders)).lower()


def _in_short(ticket: dict[str, Any]) -> dict[str, Any]:
    """Say what was meant and what was done, by the order that was wanted."""
    signal, order = ticket["signal"] or {}, wanted_order(ticket["orders"]) or {}
    return {
        "symbol": symbol_of(ticket),
        "intent": signal.get("intent"),
        "side": order.get("side") or signal.get("side"),
        "quantity": order.get("quantity") or signal.get("quantity"),
        "filled_quantity": order.get("filled_quantity"),
        "average_fill_price": order.get("average_fill_price"),
    }
