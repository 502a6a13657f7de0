"""All tickets: written once when they are done, changed when their orders move, kept for ever."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.approvals import PendingApproval
from app.domain.json_codec import timestamp
from app.domain.orders import moment_of_order
from app.domain.ticket_terms import TICKETS, WITH_ORDERS, Wanted, narrowing_terms, placed_by
from app.domain.ticket_views import shown, text_of
from app.domain.tickets import Stage, Ticket, TicketStatus, ticket_day
from app.repositories.approvals import PendingApprovals
from app.repositories.inbox import InboxEntry, open_entries
from app.repositories.readable import readable
from app.repositories.ticket_query import TicketQuery, ticket_key
from app.storage.base import Change, Create, Document, Page, Replace, Store

PREFIX = TICKETS
PAGE = 100
# What every ticket has, and whoever takes a stored one up relies on.
NEEDED = ("id", "bot", "dialect", "status", "created_at", "alert", "signal", "orders", "gates", "timeline")
# So many are read to look for a text that no index has.
READ_FOR_TEXT = 150
EVERY_TICKET = TicketQuery()


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Tickets as the API shows them; the next page is asked for behind `next`, None ends the list."""

    tickets: list[dict[str, Any]]
    next: str | None


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
        self, query: TicketQuery = EVERY_TICKET, *, before: UUID | None = None, limit: int
    ) -> TicketPage:
        """Return the wanted tickets newest first, finished or not, from behind `before` on.

        Words that are no name and no code are looked for in the text of the newest ones: such a page may be
        short although more follow. So may one that names several things which have many tickets each.
        """
        found = self._page(query, query.terms(), before, limit)
        if query.words is None or found.tickets or found.next is not None:
            return found
        return self._named(query, before) or self._with_text(query, before, query.words.strip().lower())

    def newest_first(
        self,
        *,
        day: date | None = None,
        bot: str | None = None,
        status: str | None = None,
        before: UUID | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield the tickets of page after page."""
        query = TicketQuery(day=day, bot=bot, status=status)
        while True:
            page = self.page(query, before=before, limit=PAGE)
            yield from page.tickets
            if page.next is None:
                return
            before = UUID(page.next)

    def _page(self, query: TicketQuery, terms: Wanted, before: UUID | None, limit: int) -> TicketPage:
        # Read first: what is finished meanwhile is among the written ones then.
        waiting = [item for item in self.unfinished() if query.has(item, before, terms)]
        since, end = query.bounds(before)
        page = self._store.page(query.prefix, terms=terms, before=end, since=since, limit=limit)
        return _joined(waiting, page, limit)

    def _named(self, query: TicketQuery, before: UUID | None) -> TicketPage | None:
        """Return the one ticket whose id, or whose order's id, was typed."""
        words = (query.words or "").strip()
        ordered = self.of_order(words)
        try:
            number = UUID(words) if ordered is None else UUID(ordered.value["id"])
        except ValueError:
            return None
        found = self.find(number)
        if found is None or not query.has(found, before, query.terms(with_words=False)):
            return None
        return TicketPage([found], None)

    def _with_text(self, query: TicketQuery, before: UUID | None, words: str) -> TicketPage:
        page = self._page(query, query.terms(with_words=False), before, READ_FOR_TEXT)
        return TicketPage([item for item in page.tickets if words in text_of(item)], page.next)

    def with_orders(self, kind: str, *, before: str, limit: int) -> Page:
        """Return written tickets with orders of their own (`open`, `closed` or `all`), newest first."""
        return self._store.page(PREFIX, terms=(WITH_ORDERS[kind],), before=before, limit=limit)

    def of_order(self, name: str) -> Document | None:
        """Return the written ticket that placed an order, by the order's client order id."""
        moment = moment_of_order(name)
        if moment is None:
            return None
        # Both ids begin with the millisecond in which the alert came.
        first = UUID(int=moment << 80)
        same_moment = self._store.list(ticket_key(first)[: -len("-0000-0000-000000000000")])
        return next((item for item in same_moment if _placed(item.value, name)), None)

    def name_of(self, broker_order_id: str, symbol: str, since: datetime) -> str | None:
        """Return the client order id under which a written ticket since then has a broker's order."""
        terms, first, page = narrowing_terms(symbol=symbol), _first_key(since), None
        while page is None or page.before is not None:
            before = "" if page is None or page.before is None else page.before
            page = self._store.page(PREFIX, terms=terms, before=before, since=first, limit=PAGE)
            for order in (order for document in page.documents for order in placed_by(document.value)):
                if order["broker_order_id"] == broker_order_id:
                    return str(order["client_order_id"])
        return None

    def filed_since(self, moment: datetime) -> Iterator[dict[str, Any]]:
        """Yield the written tickets of alerts that arrived since then, oldest first, as stored."""
        return readable(self._store.list(PREFIX, after=_first_key(moment)), _written)

    def filed_on(self, day: date, *, after: str) -> Iterator[dict[str, Any]]:
        """Yield the written tickets of a UTC day behind an id (empty: all), oldest first, as stored."""
        prefix = f"{PREFIX}{day.isoformat()}/"
        return readable(self._store.list(prefix, after=f"{prefix}{after}" if after else ""), _written)

    def first_day(self) -> date | None:
        """Return the earliest day on which an alert arrived; None before any has."""
        first = next(iter(self._store.list(PREFIX, limit=1)), None)
        return None if first is None else date.fromisoformat(first.key.split("/")[1])

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
            yield from readable(self._store.list(prefix, after=ticket_key(ticket)), _written)
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
        return {ticket: _undecided(item) for ticket, item in undecided.items()}


def _first_key(moment: datetime) -> str:
    """Return what sorts before the key of every ticket since then: its id begins with the millisecond."""
    return ticket_key(UUID(int=int(moment.timestamp() * 1000) << 80))


def _joined(waiting: list[dict[str, Any]], page: Page, limit: int) -> TicketPage:
    """Put what is being worked on between the written tickets, where its time of arrival belongs."""
    written = list(readable(page.documents, lambda document: shown(document.value)))
    known = {ticket["id"] for ticket in written}
    # What is older than the last one that was looked at comes with a later page.
    last = page.before.rpartition("/")[2] if page.before is not None else ""
    others = [item for item in waiting if item["id"] not in known and item["id"] > last]
    found = sorted([*written, *others], key=lambda ticket: str(ticket["id"]), reverse=True)
    if len(found) > limit:
        return TicketPage(found[:limit], found[limit - 1]["id"])
    return TicketPage(found, last or None)


def _written(document: Document) -> dict[str, Any]:
    """Return a ticket as it is stored; raise KeyError where it is none."""
    for needed in NEEDED:
        document.value[needed]  # its absence tells
    return document.value


def _placed(ticket: dict[str, Any], name: str) -> bool:
    return any(order["client_order_id"] == name for order in placed_by(ticket))


def _undecided(waiting: PendingApproval) -> dict[str, Any]:
    return shown(waiting.ticket, question=waiting.summary, expires_at=timestamp(waiting.expires_at))


def _in_progress(entry: InboxEntry) -> dict[str, Any]:
    ticket = Ticket(entry.ticket, entry.bot, entry.dialect, entry.received_at, entry.alert)
    ticket.fingerprint = entry.fingerprint
    if entry.is_put_off:
        ticket.status = TicketStatus.RESEARCHING
    ticket.note(Stage.RECEIVED, entry.received_at)
    return shown(ticket.to_json(entry.received_at))
