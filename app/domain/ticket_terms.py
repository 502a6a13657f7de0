"""By which terms a stored ticket is found, so that no list reads the whole ledger.

Nothing here raises: a ticket of whatever shape must be written.
"""

from collections.abc import Iterator
from typing import Any

from app.domain.orders import OrderStatus
from app.domain.tickets import TicketStatus

# Where tickets are stored; stores index what lies there.
TICKETS = "tickets/"
OVER = {TicketStatus.DRY_RUN.value, *(status.value for status in OrderStatus if status.is_final)}
WITH_ORDERS = {"all": "orders", "open": "orders open", "closed": "orders closed"}


def ticket_term(*, bot: str | None, status: str | None) -> str | None:
    """Return the one term of the tickets of a bot, or in a state, or both; None is every ticket."""
    named = (("bot", bot), ("status", status))
    return " ".join(f"{name}:{value}" for name, value in named if value is not None) or None


def ticket_terms(ticket: dict[str, Any]) -> frozenset[str]:
    """Return every term of a ticket: all that `ticket_term` may ask for, and what its own orders are."""
    bot, status = ticket.get("bot"), ticket.get("status")
    asked = (ticket_term(bot=name, status=state) for name in (bot, None) for state in (status, None))
    states = {"open" if is_working(order) else "closed" for order in placed_by(ticket)}
    kinds = {"all", *states} if states else set[str]()
    return frozenset([*(term for term in asked if term is not None), *(WITH_ORDERS[kind] for kind in kinds)])


def placed_by(ticket: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a ticket's own orders, the newest first; one that cancels or modifies shows another ticket's."""
    own = ticket.get("id")
    return (order for order in reversed(ticket.get("orders") or ()) if order.get("ticket") == own)


def is_working(record: dict[str, Any]) -> bool:
    """True when an order as tickets show it can still change."""
    return record.get("status") not in OVER
