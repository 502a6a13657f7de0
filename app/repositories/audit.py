"""The audit: who changed what, one line a change, kept for ever."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.audit import Deed, Fields, differences
from app.domain.json_codec import from_json, to_json
from app.domain.tickets import ticket_day
from app.errors import AlreadyExists, Conflict, StoreError
from app.repositories.readable import readable
from app.storage.base import Document, Store

PREFIX = "audit/"
READ_AT_ONCE, MOST_READ = 200, 2000


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change: `before` and `after` hold what differs; None is a thing that was not there, or is gone."""

    id: UUID
    at: datetime
    who: str
    what: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which lines are wanted; None is any."""

    who: str | None = None
    what: str | None = None
    subject: str | None = None
    day: date | None = None

    def has(self, line: AuditLine) -> bool:
        """Tell whether a line is wanted."""
        is_theirs = self.who in {None, line.who} and self.subject in {None, line.subject}
        return is_theirs and self.what in {None, line.what}


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Lines, the newest first; the next page is asked for behind `next`, None ends the list."""

    lines: list[AuditLine]
    next: UUID | None


class AuditLog:
    """Lines under `audit/{yyyy-mm-dd}/{id}`, each a document of its own: none is ever written again."""

    def __init__(self, store: Store, clock: Clock, new_id: Callable[[datetime], UUID]) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._newest = UUID(int=0)
        self._lock = threading.Lock()

    def record(
        self, who: str, what: Deed, subject: str, *, before: Fields | None = None, after: Fields | None = None
    ) -> None:
        """Write the line of an order before it is carried out; raise StoreUnavailable, and it must not be."""
        self._write(who, what, subject, before, after, durable=True)

    @contextmanager
    def change(
        self, who: str, what: Deed, subject: str, *, before: Fields | None, after: Fields | None
    ) -> Iterator[None]:
        """Write a line just before the one durable write that is made inside.

        Where somebody else was faster (Conflict, AlreadyExists) nothing has changed, and the line goes again.
        """
        # That write makes this one durable too: what a store keeps, it keeps in the order of writing.
        written = self._write(who, what, subject, before, after, durable=False)
        try:
            yield
        except (AlreadyExists, Conflict):
            with suppress(StoreError):
                self._store.delete(written)
            raise

    def page(self, query: AuditQuery, *, after: UUID | None, limit: int) -> AuditPage:
        """Return lines older than `after`; where few fit, a page may be short although more follow."""
        prefix = PREFIX if query.day is None else f"{PREFIX}{query.day.isoformat()}/"
        found: list[AuditLine] = []
        read, before = 0, "" if after is None else _key(after)
        is_filtered = query != AuditQuery(day=query.day)
        size = READ_AT_ONCE if is_filtered else min(READ_AT_ONCE, limit + 1)
        while True:
            page = self._store.page(prefix, before=before, limit=size)
            for line in readable(page.documents, _read):
                if len(found) == limit:
                    return AuditPage(found, found[-1].id)
                if query.has(line):
                    found.append(line)
            if page.before is None:
                return AuditPage(found, None)
            read, before = read + len(page.documents), page.before
            if read >= MOST_READ:
                return AuditPage(found, UUID(before.rpartition("/")[2]))

    def has(self, line: UUID) -> bool:
        """Tell whether there is such a line."""
        return self._store.get(_key(line)) is not None

    def _write(
        self,
        who: str,
        what: Deed,
        subject: str,
        before: Fields | None,
        after: Fields | None,
        *,
        durable: bool,
    ) -> Document:
        now = self._clock()
        line = AuditLine(self._next_id(now), now, str(who), what, subject, *differences(before, after))
        return self._store.create(_key(line.id), to_json(line), durable=durable)

    def _next_id(self, now: datetime) -> UUID:
        """Make an id behind every other of this process, though the clock stands still or goes back."""
        with self._lock:
            self._newest = max(self._new_id(now), UUID(int=self._newest.int + 1))
            return self._newest


def _key(line: UUID) -> str:
    return f"{PREFIX}{ticket_day(line)}/{line}"


def _read(document: Document) -> AuditLine:
    return from_json(AuditLine, document.value)
