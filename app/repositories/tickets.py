"""All tickets: written once when they are done, changed when their orders move, kept for ever."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.domain.json_codec import timestamp
from app.domain.orders import moment_of_order
from app.domain.ticket_terms import TICKETS, WITH_ORDERS, placed_by, ticket_term
from app.domain.tickets import Stage, Ticket, TicketStatus, shown, ticket_day
from app.repositories.approvals import PendingApprovals
from app.repositories.inbox import InboxEntry, open_entries
from app.storage.base import Change, Create, Document, Page, Replace, Store

PREFIX = TICKETS
PAGE = 100


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Tickets as the API shows them; the next page is asked for behind `next`, None ends the list."""

    tickets: list[dict[str, Any]]
    next: str | None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which of the alerts that are being worked on belong on a list."""

    day: date | None
    bot: str | None
    status: str | None
    before: str

    def has(self, ticket: dict[str, Any]) -> bool:
        is_of_day = self.day is None or ticket_day(UUID(ticket["id"])) == self.day.isoformat()
        is_asked_for = self.bot in {None, ticket["bot"]} and self.status in {None, ticket["status"]}
        return is_of_day and is_asked_for and ticket["id"] < self.before


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

    def page(
        self,
        *,
        limit: int,
        day: date | None = None,
        bot: str | None = None,
        status: str | None = None,
        before: UUID | None = None,
    ) -> TicketPage:
        """Return tickets newest first, finished or not; of a UTC day, a bot, a state, older than `before`."""
        wanted = _Wanted(day, bot, status, str(before) if before is not None else "g")
        # Read first: what is finished meanwhile is among the written ones then.
        waiting = [item for item in self.unfinished() if wanted.has(item)]
        page = self._store.page(
            PREFIX if day is None else f"{PREFIX}{day.isoformat()}/",
            term=ticket_term(bot=bot, status=status),
            before=ticket_key(before) if before is not None else "",
            limit=limit,
        )
        return _joined(waiting, page, limit)

    def newest_first(
        self,
        *,
        day: date | None = None,
        bot: str | None = None,
        status: str | None = None,
        before: UUID | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield the tickets of page after page."""
        while True:
            page = self.page(day=day, bot=bot, status=status, before=before, limit=PAGE)
            yield from page.tickets
            if page.next is None:
                return
            before = UUID(page.next)

    def with_orders(self, kind: str, *, before: str, limit: int) -> Page:
        """Return written tickets with orders of their own (`open`, `closed` or `all`), newest first."""
        return self._store.page(PREFIX, term=WITH_ORDERS[kind], before=before, limit=limit)

    def of_order(self, name: str) -> Document | None:
        """Return the written ticket that placed an order, by the order's client order id."""
        moment = moment_of_order(name)
        if moment is None:
            return None
        # Both ids begin with the millisecond in which the alert came.
        first = UUID(int=moment << 80)
        same_moment = self._store.list(ticket_key(first)[: -len("-0000-0000-000000000000")])
        return next((item for item in same_moment if _placed(item.value, name)), None)

    def filed_since(self, moment: datetime) -> Iterator[dict[str, Any]]:
        """Yield the written tickets of alerts that arrived since then, oldest first, as stored."""
        first = UUID(int=int(moment.timestamp() * 1000) << 80)
        return (item.value for item in self._store.list(PREFIX, after=ticket_key(first)))

    def rewritten(self, changes: Iterable[Change]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield what changes make of written tickets: each before and after."""
        for change in changes:
            if isinstance(change, Replace) and change.document.key.startswith(PREFIX):
                yield change.document.value, change.value

    def later_than(self, ticket: UUID) -> Iterator[dict[str, Any]]:
        """Yield the written tickets of alerts that came after this one's, oldest first, as stored."""
        current, today = date.fromisoformat(ticket_day(ticket)), self._clock().date()
        while current <= today:
            prefix = f"{PREFIX}{current.isoformat()}/"
            yield from (item.value for item in self._store.list(prefix, after=ticket_key(ticket)))
            current += timedelta(days=1)

    def unfinished(self) -> list[dict[str, Any]]:
        """Show the alerts that are being worked on as tickets, newest first."""
        entries = open_entries(self._store)
        waiting = self._waiting() if any(entry.is_reviewed for entry in entries) else {}
        tickets = [waiting.get(entry.ticket) or _in_progress(entry) for entry in entries]
        return sorted(tickets, key=lambda ticket: str(ticket["id"]), reverse=True)

    def _waiting(self) -> dict[UUID, dict[str, Any]]:
        """Return the tickets that wait for a person."""
        undecided = PendingApprovals(self._store).undecided()
        return {ticket: shown(item.ticket) for ticket, item in undecided.items()}


def _joined(waiting: list[dict[str, Any]], page: Page, limit: int) -> TicketPage:
    """Put what is being worked on between the written tickets, where its time of arrival belongs."""
    written = [shown(document.value) for document in page.documents]
    known = {ticket["id"] for ticket in written}
    # What is older than the last one that was looked at comes with a later page.
    last = page.before.rpartition("/")[2] if page.before is not None else ""
    others = [item for item in waiting if item["id"] not in known and item["id"] > last]
    found = sorted([*written, *others], key=lambda ticket: str(ticket["id"]), reverse=True)
    if len(found) > limit:
        return TicketPage(found[:limit], found[limit - 1]["id"])
    return TicketPage(found, last or None)


def _placed(ticket: dict[str, Any], name: str) -> bool:
    return any(order["client_order_id"] == name for order in placed_by(ticket))


def _in_progress(entry: InboxEntry) -> dict[str, Any]:
    ticket = Ticket(entry.ticket, entry.bot, entry.dialect, entry.received_at, entry.alert)
    ticket.fingerprint = entry.fingerprint
    if entry.is_put_off:
        ticket.status = TicketStatus.RESEARCHING
    ticket.note(Stage.RECEIVED, entry.received_at)
    return shown(ticket.to_json(entry.received_at))
