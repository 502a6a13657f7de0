"""All tickets: written once when they are done, changed when their orders move, kept for ever."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.domain.json_codec import timestamp
from app.domain.tickets import Stage, Ticket, TicketStatus, shown, ticket_day
from app.repositories.inbox import PREFIX as INBOX
from app.repositories.inbox import unanswered
from app.storage.base import Create, Document, Replace, Store

PREFIX = "tickets/"
APPROVALS = "approvals/"


def ticket_key(ticket: UUID) -> str:
    """Return where a ticket is kept: by the day on which it arrived."""
    return f"{PREFIX}{ticket_day(ticket)}/{ticket}"


class Ledger:
    """Tickets under `tickets/{yyyy-mm-dd}/{ticket id}`, joined with what is still in the inbox."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def writing(self, ticket: Ticket) -> Create:
        """Return the change that writes a finished ticket."""
        return Create(ticket_key(ticket.id), ticket.to_json(self._clock()))

    def rewriting(self, document: Document, ticket: dict[str, Any]) -> Replace:
        """Return the change that writes what has become of a ticket."""
        return Replace(document, ticket | {"updated_at": timestamp(self._clock())})

    def document(self, ticket: UUID) -> Document | None:
        """Return a written ticket with its version."""
        return self._store.get(ticket_key(ticket))

    def find(self, ticket: UUID) -> dict[str, Any] | None:
        """Return a ticket, written or still in the inbox."""
        document = self.document(ticket)
        if document is None:
            waiting = next((item for item in self.unfinished() if item["id"] == str(ticket)), None)
            if waiting is not None:
                return waiting
            # It may have left the inbox between the two looks.
            document = self.document(ticket)
        return None if document is None else shown(document.value)

    def newest_first(
        self, *, day: date | None = None, before: UUID | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield tickets from the newest on, of one UTC day or of all, older than `before` if given."""
        limit = str(before) if before is not None else "g"
        if day is None:
            yield from (item for item in self.unfinished() if item["id"] < limit)
        for current in [day] if day is not None else self._days(before):
            documents = list(self._store.list(f"{PREFIX}{current.isoformat()}/"))
            yield from (shown(item.value) for item in reversed(documents) if item.value["id"] < limit)

    def later_than(self, ticket: UUID) -> Iterator[dict[str, Any]]:
        """Yield the written tickets of alerts that came after this one's, oldest first, as stored."""
        current, today = date.fromisoformat(ticket_day(ticket)), self._clock().date()
        while current <= today:
            prefix = f"{PREFIX}{current.isoformat()}/"
            yield from (item.value for item in self._store.list(prefix, after=ticket_key(ticket)))
            current += timedelta(days=1)

    def _days(self, before: UUID | None) -> Iterator[date]:
        first = next(self._store.list(PREFIX, limit=1), None)
        if first is None:
            return
        earliest = date.fromisoformat(first.key.split("/")[1])
        current = date.fromisoformat(ticket_day(before)) if before is not None else self._clock().date()
        while current >= earliest:
            yield current
            current -= timedelta(days=1)

    def unfinished(self) -> list[dict[str, Any]]:
        """Show the alerts that are being worked on as tickets, newest first."""
        entries = [entry.value for entry in unanswered(self._store.list(INBOX))]
        waiting = self._waiting() if any(entry.get("deliberates") for entry in entries) else {}
        tickets = [waiting.get(entry["ticket"]) or self._in_progress(entry) for entry in entries]
        return sorted(tickets, key=lambda ticket: str(ticket["id"]), reverse=True)

    def _waiting(self) -> dict[str, dict[str, Any]]:
        """Return the tickets that wait for a person."""
        found = (item.value for item in self._store.list(APPROVALS) if item.value["verdict"] is None)
        return {item["ticket"]["id"]: shown(item["ticket"]) for item in found}

    def _in_progress(self, entry: dict[str, Any]) -> dict[str, Any]:
        received_at = datetime.fromisoformat(entry["received_at"])
        ticket = Ticket(UUID(entry["ticket"]), entry["bot"], entry["dialect"], received_at, entry["alert"])
        ticket.fingerprint = entry.get("fingerprint")
        if entry.get("deliberates"):
            ticket.status = TicketStatus.RESEARCHING
        received = {
            "at": timestamp(received_at),
            "stage": Stage.RECEIVED.value,
            "milliseconds": 0,
            "detail": None,
        }
        ticket.timeline.append(received)
        return shown(ticket.to_json(received_at))
