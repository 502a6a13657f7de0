"""What becomes of an order, as its ticket says it: the stored ticket is changed in place."""

from typing import Any

from app.domain.orders import STOP_LOSS_SUFFIX, OrderStatus, Receipt
from app.domain.reasons import Reason
from app.domain.tickets import Stage, TicketStatus, followed_reason, followed_status, with_stage
from app.repositories.open_orders import LEGS, OpenOrder


def update_order(ticket: dict[str, Any], record: dict[str, Any], told: str | None) -> None:
    """Put an order's new state into its ticket; a protective leg never decides the ticket's own state.

    `told` are the broker's own words: some refuse what they have taken, and say why in their book alone.
    """
    name = record["client_order_id"]
    others = [order for order in ticket["orders"] if order["client_order_id"] != name]
    known = next(
        (place for place, old in enumerate(ticket["orders"]) if old["client_order_id"] == name), None
    )
    if known is None:
        ticket["orders"] = [*others, record]
        return
    others.insert(known, record)
    ticket["orders"] = others
    if ticket["status"] == TicketStatus.PURSUING:
        # An exit that goes on is not over with one of its orders.
        return
    placed = [order for order in others if not order["client_order_id"].endswith(LEGS)]
    # A ticket stands as its last order does, which of a reversal is the entry.
    if placed[-1]["client_order_id"] == name:
        ticket["status"] = followed_status(placed).value
        if ticket["reason"] == Reason.OUTCOME_UNKNOWN:
            # The broker has shown the order: a doubt left here would worry the owner for nothing.
            ticket["reason"] = ticket["message"] = None
        reason = followed_reason(placed)
        if reason is not None and ticket["reason"] is None:
            ticket["reason"], ticket["message"] = reason.value, told or reason.meaning


def note_exit(ticket: dict[str, Any], receipt: Receipt) -> None:
    """Say in an entry's timeline that its stop or target has closed what it bought, and at what price."""
    is_stop = receipt.client_order_id.endswith(STOP_LOSS_SUFFIX)
    stage = Stage.STOP_FILLED if is_stop else Stage.TARGET_FILLED
    price = f" at {receipt.average_fill_price:,f}" if receipt.average_fill_price is not None else ""
    detail = f"{receipt.side.value} {receipt.filled_quantity:,f}{price}"
    at = receipt.filled_at or receipt.created_at
    ticket["timeline"] = with_stage(ticket["timeline"], stage, at, detail)


def mark_gone(ticket: dict[str, Any], gone: OpenOrder) -> None:
    """Say of an order that the broker does not know that it was never placed, or that its day has ended."""
    status = OrderStatus.EXPIRED if gone.was_known else OrderStatus.REJECTED
    ticket["orders"] = [
        order | {"status": status.value} if order["client_order_id"] == gone.client_order_id else order
        for order in ticket["orders"]
    ]
    if gone.is_leg or ticket["status"] == TicketStatus.PURSUING:
        return
    if gone.was_known:
        # It was at the broker, and may have filled in part; only what was never seen there has failed.
        ticket["status"] = TicketStatus.CANCELED.value
        ticket["reason"] = Reason.ORDER_EXPIRED.value
        ticket["message"] = Reason.ORDER_EXPIRED.meaning
    else:
        ticket["status"] = TicketStatus.FAILED.value
        ticket["reason"] = Reason.ORDER_NOT_PLACED.value
        ticket["message"] = Reason.ORDER_NOT_PLACED.meaning
