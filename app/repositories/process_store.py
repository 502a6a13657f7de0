"""The store as a process uses it: what a decision reads is read together, and what is written is counted.

Every read and write of this process passes here: here it is known what a thread has read together, and what
it has written since.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from app.domain.ticket_terms import Wanted
from app.domain.topics import Topic
from app.errors import StoreUnavailable
from app.repositories import circuit_breaker, inbox, open_orders, pursuits, structure_trades, trading_state
from app.repositories.change_counts import ChangeCounts
from app.storage.base import (
    HIGHEST,
    JSON,
    MOST_TOGETHER,
    WAITING,
    Change,
    Create,
    Document,
    Page,
    Range,
    Snapshot,
    Store,
    Together,
    Waiting,
    decode,
)

# Whoever waits for a broker in between looks again: what he decides on is never older.
GOOD_FOR_SECONDS = 1.0


class ProcessStore:
    """A store of which a thread may read ahead what it will want at once, and whose writes are counted."""

    def __init__(self, store: Store, changes: ChangeCounts) -> None:
        self._store = store
        self._changes = changes
        self._mine = _OfThread()

    def decision_at(self, broker: str, waiting: Waiting | None) -> AbstractContextManager[None]:
        """Read together what every decision on an order at a broker reads, with the symbol held; see `ahead`.

        `waiting` are alerts that are looked at beside, if any are.
        """
        keys = (trading_state.KEY, circuit_breaker.KEY, f"{circuit_breaker.KEY}/{broker}")
        prefixes = (open_orders.PREFIX, structure_trades.PREFIX, pursuits.PREFIX)
        return self.ahead(keys, prefixes, waiting)

    @contextmanager
    def ahead(
        self, keys: Collection[str], prefixes: Collection[str], waiting: Waiting | None = None
    ) -> Iterator[None]:
        """Read documents, lists and what waits together, if that is cheaper than one after the other.

        Within the block this thread is shown them as they were at its beginning, for a second at most and but
        for what it writes itself.
        """
        begun = time.monotonic()
        # Nothing that is printed sorts between a key and the same with a blank behind it.
        ranges = [*((key, f"{key} ") for key in keys), *((prefix, prefix + HIGHEST) for prefix in prefixes)]
        found = self.together(ranges, waiting)
        if found is not None:
            self._mine.ahead = _Ahead(keys, prefixes, waiting, found, begun)
        try:
            yield
        finally:
            self._mine.ahead = None

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        ahead = self._ahead()
        if ahead is not None and key in ahead.documents:
            return next(iter(ahead.at(ahead.documents[key])), None)
        return self._store.get(key)

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        """Write a new document; raise AlreadyExists when the key is taken."""
        self._forget(key)
        try:
            written = self._store.create(key, value, durable=durable)
        except StoreUnavailable:
            # No answer came: it may have been written.
            self._changes.wrote(key)
            raise
        # An alert that is carried out at once is counted with its ticket: nothing stands before its order.
        if not key.startswith(inbox.PREFIX):
            self._changes.wrote(key)
        elif value.get("put_off"):
            self._changes.note(Topic.TICKETS)
        return written

    def replace(self, document: Document, value: JSON) -> Document:
        """Write over the version that was read; raise Conflict when it has moved or gone."""
        self._forget(document.key)
        try:
            written = self._store.replace(document, value)
        except StoreUnavailable:
            # No answer came: it may have been written.
            self._changes.wrote(document.key)
            raise
        self._changes.wrote(document.key)
        return written

    def delete(self, document: Document) -> None:
        """Remove the version that was read; raise Conflict when it has moved, not when it has gone."""
        self._forget(document.key)
        self._store.delete(document)
        self._changes.wrote(document.key)

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        """Yield documents whose key starts with `prefix` and sorts after `after`, in key order."""
        ahead = None if after or limit is not None else self._ahead()
        if ahead is not None and prefix in ahead.lists:
            return iter(ahead.at(ahead.lists[prefix]))
        return self._store.list(prefix, after=after, limit=limit)

    def together(self, ranges: Sequence[Range], waiting: Waiting | None = None) -> Together | None:
        """Return the documents of several ranges by one question, if that is cheaper than by one for each."""
        return self._store.together(ranges, waiting)

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        """Return documents under `prefix` that carry all terms, from the last key down."""
        return self._store.page(prefix, terms=terms, before=before, since=since, limit=limit)

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:
        """Yield documents under `prefix` that lack their answer; perhaps others too."""
        ahead, wanted = self._ahead(), Waiting(prefix, instrument)
        if ahead is not None and wanted in ahead.waiting:
            return iter(ahead.at(ahead.waiting[wanted]))
        return self._store.waiting(prefix, instrument)

    def apply(self, changes: Sequence[Change]) -> None:
        """Make the changes in their order, and count them; where a part may have been made, all of them."""
        keys = [change.key if isinstance(change, Create) else change.document.key for change in changes]
        self._forget(*keys)
        try:
            self._store.apply(changes)
        finally:
            for key in keys:
                self._changes.wrote(key)

    def snapshot(self) -> Snapshot:
        """Return every document as it is at one moment, or as near to that as the store can come."""
        return self._store.snapshot()

    def count(self, prefix: str) -> int:
        """Return how many documents there are under `prefix`."""
        return self._store.count(prefix)

    def upkeep(self) -> int:
        """Do what the store wants done by the clock; return how much was done."""
        return self._store.upkeep()

    def ping(self) -> None:
        """Prove that the store can be read and written."""
        self._store.ping()

    def close(self) -> None:
        """Let go of files and connections; safe to call twice."""
        self._changes.close()
        self._store.close()

    def _ahead(self) -> "_Ahead | None":
        """Return what this thread has read together, while that is young enough."""
        ahead = self._mine.ahead
        return ahead if ahead is not None and time.monotonic() < ahead.ends else None

    def _forget(self, *keys: str) -> None:
        ahead = self._mine.ahead
        if ahead is not None:
            ahead.forget(keys)


class _Ahead:
    """The places of documents, lists and what waits, as they were a moment ago and not written since."""

    def __init__(
        self,
        keys: Collection[str],
        prefixes: Collection[str],
        waiting: Waiting | None,
        found: Together,
        begun: float,
    ) -> None:
        self.ends = begun + GOOD_FOR_SECONDS
        self._written: dict[int, list[Any]] = defaultdict(list)
        for place, *written in found:
            self._written[place].append(written)
        self._read: dict[int, list[Document]] = {}
        self.documents = {key: place for place, key in enumerate(keys)}
        lists = enumerate(prefixes, start=len(keys))
        # Of a long one more may follow: it is read when it is wanted.
        self.lists = {prefix: place for place, prefix in lists if len(self._written[place]) < MOST_TOGETHER}
        self.waiting = {} if waiting is None else {waiting: WAITING}

    def at(self, place: int) -> list[Document]:
        """Return what was found at a place; texts are read when they are first wanted, as many never are."""
        read = self._read.get(place)
        if read is None:
            rows = self._written[place]
            read = [Document(key, decode(text)[0], version) for key, text, version in rows]
            self._read[place] = read
        return read

    def forget(self, keys: Iterable[str]) -> None:
        """Let go of what is being written."""
        for key in keys:
            self.documents.pop(key, None)
            for prefix in [prefix for prefix in self.lists if key.startswith(prefix)]:
                del self.lists[prefix]
            for wanted in [wanted for wanted in self.waiting if key.startswith(wanted.prefix)]:
                del self.waiting[wanted]


class _OfThread(threading.local):
    """What each thread has read together, while it needs it."""

    ahead: _Ahead | None = None
