"""What a caller is told."""

from typing import Any

from app.domain.reasons import Reason
from app.domain.signals import Dialect, Signal
from app.domain.ticket_terms import wanted_order
from app.domain.tickets import Ticket, TicketStatus
from app.repositories.inbox import Answer, InboxEntry

# 200: done. 202: stored and going on. 400: refused by us. 422: refused by the broker.
GOING_ON = 202
STATUS = {
    TicketStatus.RECEIVED: 202,
    TicketStatus.RESEARCHING: 202,
    TicketStatus.AWAITING_APPROVAL: 202,
    TicketStatus.PURSUING: 202,
    # No failure: whoever reads of one sends the alert again, and the order may be live.
    TicketStatus.UNKNOWN: 202,
    TicketStatus.DENIED: 400,
    TicketStatus.REJECTED: 422,
}
FORBIDDEN = {Reason.LIVE_NOT_ENABLED}


def answer_for(ticket: Ticket, request_id: str) -> Answer:
    """Say how a ticket stands; a refusal carries the error envelope."""
    body: dict[str, Any] = {"status": ticket.status.value, "ticket": str(ticket.id)}
    if ticket.orders:
        body["order"] = wanted_order(ticket.orders)
        if len(ticket.orders) > 1:
            body["orders"] = ticket.orders
    if ticket.reason is not None:
        body["reason"] = ticket.reason.value
        body["error"] = {"code": ticket.reason.value, "message": ticket.message or ticket.reason.meaning}
    body |= structure_told(ticket)
    body["request_id"] = request_id
    return Answer(_http_status(ticket), body)


def structure_told(ticket: Ticket) -> dict[str, Any]:
    """Return which contracts were chosen, and which trades are left by how much."""
    signal = ticket.signal or {}
    told = {"closes": signal["closes"]} if "closes" in signal else {}
    return told | ({"chosen": signal["structure"]["legs"]} if signal.get("structure") else {})


def _http_status(ticket: Ticket) -> int:
    promised = Dialect.named(ticket.dialect).refusal_status
    if promised is not None and ticket.status in {TicketStatus.DENIED, TicketStatus.REJECTED}:
        return promised
    if ticket.status is TicketStatus.DENIED and ticket.reason in FORBIDDEN:
        return 403
    return STATUS.get(ticket.status, 200)


def going_on(
    ticket: str, request_id: str, entry: InboxEntry | None = None, *, waits_for_person: bool = False
) -> Answer:
    """Say that an alert is stored and not finished; a trade idea's document has words of its own for that."""
    status = TicketStatus.AWAITING_APPROVAL if waits_for_person else TicketStatus.RECEIVED
    body = {"status": status.value, "ticket": ticket, "request_id": request_id}
    if entry is None or not entry.is_put_off:
        return Answer(202, body)
    if entry.fingerprint is None:
        return Answer(202, body | {"status": TicketStatus.RESEARCHING.value})
    shown = {"fingerprint": entry.fingerprint, "symbol": entry.symbol}
    return Answer(200, {"status": "queued"} | shown | {"ticket": ticket, "request_id": request_id})


def refused_duplicate(key: str, ticket: str | None) -> Answer:
    """Say that the key was used before; which alert had it stands in a header."""
    headers = {"X-Ticket": ticket} if ticket is not None else {}
    return Answer(409, {"error": "duplicate_idempotency_key", "key": key}, headers)


def repeated_idea(signal: Signal, ticket: str | None, request_id: str) -> Answer:
    """Say that a trade idea was delivered before."""
    shown = {"fingerprint": signal.idempotency_key, "symbol": signal.symbol, "ticket": ticket}
    return Answer(200, {"status": "duplicate"} | shown | {"request_id": request_id})
