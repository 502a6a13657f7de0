"""The store of many processes and machines: PostgreSQL."""

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain.ticket_terms import Wanted
from app.errors import AlreadyExists, Conflict, StoreUnavailable
from app.storage.base import (
    JSON,
    Change,
    Create,
    Delete,
    Document,
    Page,
    Range,
    Replace,
    Snapshot,
    Together,
    Waiting,
    decode,
    encode,
)
from app.storage.postgres_ahead import read_together
from app.storage.postgres_connection import Connections, Overwritten
from app.storage.postgres_migration import prepare
from app.storage.postgres_pages import read_page
from app.storage.postgres_partitions import make_partitions
from app.storage.postgres_snapshot import everything
from app.storage.postgres_terms import (
    HIGHEST,
    documents_of,
    index_changes,
    read_waiting,
)

_SELECT = "SELECT value, version FROM documents WHERE key = %s"
_SELECT_FROM = """
SELECT key, value, version FROM documents WHERE key >= %s AND key < %s ORDER BY key LIMIT %s
"""
_SELECT_AFTER = _SELECT_FROM.replace(">=", ">")
_COUNT = "SELECT count(*) FROM documents WHERE key >= %s AND key < %s"
_WRITE = "SELECT gatehouse_write(%s, %s)"
# Refused where nothing can be written, though there is nothing to remove.
_TRY = "DELETE FROM documents WHERE key = ''"

PAGE = 500
_RANDOM_BITS = 12
_WRITTEN, _GONE = "w", "g"
_logger = logging.getLogger(__name__)


class PostgresStore:
    """Versioned JSON documents in one PostgreSQL database.

    Every write is one call of one function in the database, which is a transaction. A version is of one
    write alone, so a write whose answer was lost is made again, and tells whether it had been made.
    """

    def __init__(self, url: str, *, timeout_seconds: float = 5, connections: int = 10) -> None:
        self.connections = Connections(url, timeout_seconds=timeout_seconds, size=connections)
        try:
            prepare(self.connections)
            self._make_partitions()
        except BaseException:
            self.close()
            raise

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        for text, version in self.connections.ask(_SELECT, (key,)):
            return Document(key, decode(text)[0], version)
        return None

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:  # noqa: ARG002
        """Write a new document; raise AlreadyExists when the key is taken.

        It always waits for the disk. Where one machine fails its process goes with its latest writes; here
        the server alone may fail, and what this process did next would rest on a write that nobody has.
        """
        change = _as_written(Create(key, value))
        if self._write([change], durable=True) != _WRITTEN:
            raise AlreadyExists(f"{key} already exists")
        return Document(key, value, change["new"])

    def replace(self, document: Document, value: JSON) -> Document:
        """Write over the version that was read; raise Conflict when it has moved or gone."""
        change = _as_written(Replace(document, value))
        self._write([change], durable=True)
        return Document(document.key, value, change["new"])

    def delete(self, document: Document) -> None:
        """Remove the version that was read; raise Conflict when it has moved, not when it has gone."""
        if self._write([_as_written(Delete(document))], durable=True) not in {_WRITTEN, _GONE}:
            raise Conflict(f"{document.key} has been overwritten")

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        """Yield documents whose key starts with `prefix` and sorts after `after`, in key order."""
        remaining = limit
        while remaining is None or remaining > 0:
            size = PAGE if remaining is None else min(PAGE, remaining)
            query, lower = (_SELECT_AFTER, after) if after >= prefix else (_SELECT_FROM, prefix)
            rows = self.connections.ask(query, (lower, prefix + HIGHEST, size))
            yield from documents_of(rows)
            if len(rows) < size:
                return
            after = rows[-1][0]
            remaining = None if remaining is None else remaining - len(rows)

    def together(self, ranges: Sequence[Range], waiting: Waiting | None = None) -> Together:
        """Return the documents of several ranges, each behind the place of its range, and what waits."""
        return read_together(self.connections, ranges, waiting)

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        """Return documents under `prefix` that carry all terms, from the last key down."""
        return read_page(self.connections, prefix, terms, (since, before), limit)

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:
        """Yield documents under `prefix` that lack their answer, and a few that have it."""
        return documents_of(read_waiting(self.connections, Waiting(prefix, instrument)))

    def apply(self, changes: Sequence[Change]) -> None:
        """Make the changes in one transaction that does not wait for the disk."""
        if changes:
            self._write([_as_written(change) for change in changes], durable=False)

    def snapshot(self) -> Snapshot:
        """Return every document as it is when the first is read; nobody has to wait for it."""
        return Snapshot(everything(self.connections))

    def count(self, prefix: str) -> int:
        """Return how many documents there are under `prefix`."""
        return int(self.connections.ask(_COUNT, (prefix, prefix + HIGHEST))[0][0])

    def upkeep(self) -> int:
        """Make the partitions that will be wanted."""
        return make_partitions(self.connections, datetime.now(UTC))

    def ping(self) -> None:
        """Prove that the database can be read and written."""
        self.connections.ask(_TRY)

    def close(self) -> None:
        """Close the sessions; the next call would open others."""
        self.connections.close()

    def _make_partitions(self) -> None:
        """Make those of this month and earlier ones; a start does not fail for want of them."""
        try:
            make_partitions(self.connections, datetime.now(UTC), also_past=True)
        except StoreUnavailable as error:
            _logger.warning("Tickets lie in documents_tickets_other for now: %s", error)

    def _write(self, changes: Sequence[JSON], *, durable: bool) -> str:
        try:
            ((outcomes,),) = self.connections.ask(_WRITE, (encode(changes), durable))
        except Overwritten as error:
            raise Conflict(f"{error.key} has been overwritten") from error
        return str(outcomes)


def _as_written(change: Change) -> JSON:
    """Return a change as the function in the database reads it."""
    if isinstance(change, Create):
        said: dict[str, Any] = {"kind": "create", "key": change.key, "value": encode(change.value)}
        return said | {"new": _version_after(0)} | index_changes(change)
    held = change.document
    said = {"kind": "delete", "key": held.key, "old": held.version}
    if isinstance(change, Replace):
        said |= {"kind": "replace", "value": encode(change.value), "new": _version_after(held.version)}
    return said | index_changes(change)


def _version_after(version: int) -> int:
    """Return a version that only this write has: the time, and chance. Versions only grow."""
    by_the_clock = time.time_ns() >> _RANDOM_BITS << _RANDOM_BITS
    return max(version + 1, by_the_clock | secrets.randbits(_RANDOM_BITS))
