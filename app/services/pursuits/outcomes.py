"""What a try came to, as its ticket says it."""

from decimal import Decimal
from typing import Any

from app.domain.orders import OrderStatus
from app.domain.reasons import Reason
from app.domain.tickets import FOLLOWED, Ticket, TicketStatus
from app.repositories.open_orders import OpenOrder
from app.services.broker_access.outcomes import Outcome, Placed, Rejected, Suppressed


def end_standing(ticket: Ticket, mine: list[OpenOrder]) -> bool:
    """End a ticket whose exit the broker has taken and still works; tell whether that is so."""
    working = next((item for item in mine if not item.is_in_doubt), None)
    if working is not None:
        seen = working.seen
        ticket.end(TicketStatus.ORDERED if seen is None else _standing(OrderStatus(seen[0])))
    return working is not None


def end_by(ticket: Ticket, outcome: Outcome, *, goes_on: bool) -> None:
    """Let a ticket say what became of an order; `goes_on`: a refusal of it is not the last word.

    Of one in doubt that was sent again it proves nothing about the first send.
    """
    if isinstance(outcome, Placed):
        _end_placed(ticket, outcome)
    elif isinstance(outcome, Suppressed):
        ticket.end(TicketStatus.DRY_RUN)
    elif isinstance(outcome, Rejected):
        goes_on = goes_on or outcome.error.is_passing
        status = TicketStatus.PURSUING if goes_on else TicketStatus.REJECTED
        ticket.end(status, Reason[outcome.error.reason], outcome.error.message)
    else:
        ticket.end(TicketStatus.PURSUING, Reason.OUTCOME_UNKNOWN, outcome.error.message)


def what_came(ticket: Ticket) -> str:
    """Say what a try came to, as an owner reads it: never the bare word `pursuing`."""
    if ticket.message or ticket.reason is None:
        return ticket.message or ticket.status.value
    return ticket.reason.meaning


def has_filled(orders: list[dict[str, Any]]) -> bool:
    """Tell whether any of a ticket's orders has traded."""
    return any(Decimal(order["filled_quantity"]) for order in orders)


def _end_placed(ticket: Ticket, outcome: Placed) -> None:
    receipt = outcome.receipt
    if receipt.status is OrderStatus.FILLED or not receipt.status.is_final:
        ticket.end(_standing(receipt.status))
    else:
        message = f"{receipt.client_order_id} ended {receipt.status.value}."
        ticket.end(TicketStatus.PURSUING, Reason.ORDER_CANCELED, message)


def _standing(status: OrderStatus) -> TicketStatus:
    return FOLLOWED.get(status, TicketStatus.ORDERED)
