"""Which tickets the owner is told about, and in what words."""

from typing import Any

from app.domain.reasons import Reason
from app.domain.tickets import Ticket, TicketStatus
from app.services.observability.journal import Journal
from app.services.observability.notifier import Event, EventKind, Notifier, Severity

# By their names, so that a cap which is added is told as well.
CAPS = frozenset(
    reason for reason in Reason if reason.startswith("DAILY_") or reason.endswith(("_CAP", "_LIMIT"))
)


class TicketMessages:
    """Leave a message about a ticket, if it is worth one; return at once."""

    def __init__(self, notifier: Notifier, journal: Journal) -> None:
        self._notifier = notifier
        self._journal = journal

    def announce(self, ticket: Ticket) -> None:
        """Tell what an alert has come to."""
        told = _trouble(ticket)
        if told is not None:
            kind, title, severity = told
            self._tell(ticket, kind, title, severity)

    def announce_change(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Write down what an order did after its alert was answered, and tell when it came to nothing.

        Both tickets are as stored.
        """
        known = {order["client_order_id"]: order for order in before["orders"]}
        for order in after["orders"]:
            if _has_moved(known.get(order["client_order_id"]), order):
                self._journal.activity(_movement(order))
        ended = after["status"] in {TicketStatus.REJECTED, TicketStatus.FAILED}
        if ended and after["status"] != before["status"]:
            self.announce(Ticket.from_json(after))

    def announce_recovered(self, ticket: Ticket) -> None:
        """Tell that an alert was finished, or given up, after a crash."""
        self._tell(ticket, EventKind.RECOVERED, f"Recovered: {ticket.status.value}", Severity.WARNING)

    def _tell(self, ticket: Ticket, kind: EventKind, title: str, severity: Severity) -> None:
        key = f"{ticket.bot}:{ticket.reason.value if ticket.reason is not None else ''}"
        self._notifier.tell(Event(kind, title, sentence(ticket), key, severity))


def tell_lost_leader(journal: Journal, notifier: Notifier) -> None:
    """Tell that this process ran the clock's single tasks and no longer does, without having been stopped."""
    message = "This process has lost its lease: another one leads now, or the store does not answer"
    journal.activity(f"clock: {message}")
    notifier.tell(Event(EventKind.LOST_LEADER, "The clock has changed hands", message))


def _has_moved(before: dict[str, Any] | None, after: dict[str, Any]) -> bool:
    seen = ("status", "filled_quantity")
    return before is None or any(before[name] != after[name] for name in seen)


def _movement(order: dict[str, Any]) -> str:
    amount = (
        order["filled_quantity"] if order["average_fill_price"] else order["quantity"] or order["notional"]
    )
    price = f" at {order['average_fill_price']}" if order["average_fill_price"] else ""
    what = f"{order['side']} {amount} {order['symbol']}{price} is {order['status']}"
    return f"{order['bot']}: {what}; order {order['client_order_id']}; ticket {order['ticket']}"


def sentence(ticket: Ticket) -> str:
    """Tell people in one line what became of an alert."""
    signal = ticket.signal or {}
    symbol = signal.get("symbol") or signal.get("order", "?")
    parts = [f"{ticket.bot}: {ticket.dialect} alert for {symbol} {ticket.status.value}"]
    for order in ticket.orders:
        amount = order["filled_quantity"] if order["average_fill_price"] else order["quantity"]
        price = f" at {order['average_fill_price']}" if order["average_fill_price"] else ""
        parts.append(f"{order['side']} {amount or order['notional']} {order['symbol']}{price}")
    if ticket.reason is not None:
        parts.append(f"{ticket.reason.value}: {ticket.message or ticket.reason.meaning}")
    return "; ".join([*parts, f"ticket {ticket.id}"])


def _trouble(ticket: Ticket) -> tuple[EventKind, str, Severity] | None:
    if ticket.status is TicketStatus.REJECTED:
        return EventKind.REJECTED, "The broker rejected an order", Severity.FAILURE
    if ticket.status is TicketStatus.UNKNOWN:
        return EventKind.UNKNOWN, "An order may be live", Severity.FAILURE
    if ticket.reason is Reason.ORDER_NOT_PLACED:
        return EventKind.ORDER_NOT_PLACED, "An order was not placed", Severity.FAILURE
    if ticket.reason in CAPS:
        return EventKind.DENIED_BY_CAP, "A cap refused an entry", Severity.WARNING
    return None
