"""What is made of an alert that is taken up again."""

from datetime import datetime
from typing import Any

from app.domain.tickets import Stage, Ticket
from app.repositories.inbox import Inbox, InboxEntry
from app.services.intake.repeats import note_shared_key


def restored(entry: InboxEntry, inbox: Inbox, now: datetime, *, interrupted: bool) -> Ticket:
    """Return the ticket of an alert as it began; one that was `interrupted` says so."""
    ticket = Ticket(entry.ticket, entry.bot, entry.dialect, entry.received_at, entry.alert)
    ticket.fingerprint = entry.fingerprint
    ticket.note(Stage.RECEIVED, entry.received_at)
    note_shared_key(ticket, inbox.of_key(entry.bot, entry.known_by), now)
    if interrupted:
        ticket.note(Stage.RECOVERED, now, f"attempt {entry.attempts}")
    return ticket


def request_of(entry: InboxEntry) -> str:
    """Return the id of a request that nobody makes any more."""
    return f"recovery-{entry.ticket}"


def logged(entry: InboxEntry) -> dict[str, Any]:
    """Return what a line of the log says of an alert beside its words."""
    return {"ticket": str(entry.ticket)}
