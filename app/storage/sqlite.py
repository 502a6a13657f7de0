"""The embedded store: one SQLite file in write-ahead mode, safe for threads and processes."""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.ticket_terms import Wanted
from app.errors import AlreadyExists, Conflict, StoreUnavailable
from app.storage import sqlite_terms
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
    Replace,
    Snapshot,
    Together,
    Waiting,
    decode,
    encode,
    is_of,
)
from app.storage.sqlite_connection import SharedConnection
from app.storage.sqlite_files import documents_in
from app.storage.sqlite_ledger import LEDGER_VIEW
from app.storage.sqlite_pages import read_page

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL
)
"""

INSERT_IF_ABSENT = "INSERT INTO documents (key, value, version) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING"
UPDATE = "UPDATE documents SET value = ?, version = ? WHERE key = ? AND version = ?"
DELETE = "DELETE FROM documents WHERE key = ? AND version = ?"
SELECT = "SELECT value, version FROM documents WHERE key = ?"
SELECT_FROM = "SELECT key, value, version FROM documents WHERE key >= ? AND key < ? ORDER BY key LIMIT ?"
SELECT_AFTER = SELECT_FROM.replace(">=", ">")
COUNT = "SELECT count(*) FROM documents WHERE key >= ? AND key < ?"
OF_RANGE = f"""
SELECT * FROM (
    SELECT {{place}} AS place, key, value, version FROM documents
    WHERE key >= ? AND key < ? ORDER BY key LIMIT {MOST_TOGETHER}
)
"""  # noqa: S608  # our own text

THAT_WAIT = f"SELECT {WAITING}, * FROM ({sqlite_terms.WAITS})"  # noqa: S608  # our own text

PAGE = 500
OWNER_ONLY, EVERYBODY_ELSE = 0o600, 0o077


class SqliteStore:
    """Versioned JSON documents in one SQLite file."""

    def __init__(self, path: Path, *, timeout_seconds: float = 5) -> None:
        self._path = path
        self._shared = SharedConnection(path, timeout_seconds=timeout_seconds)
        # A person's search may take a while: no alert is to wait for its turn behind it.
        self._looking = SharedConnection(path, timeout_seconds=timeout_seconds)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"{path.parent} cannot be made: {error.strerror}") from error
        _keep_to_owner(path)
        with self._shared.reading as connection:
            connection.execute(SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DROP VIEW IF EXISTS webhook_events")
            connection.execute(LEDGER_VIEW)
            sqlite_terms.prepare(connection)
            connection.execute("COMMIT")
        while self._catch_up():
            pass

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        for text, version in self._shared.read(SELECT, (key,)):
            return Document(key, decode(text)[0], version)
        return None

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        """Write a new document; raise AlreadyExists when the key is taken."""
        text, version = encode(value), time.time_ns()
        if self._shared.write(INSERT_IF_ABSENT, (key, text, version), waits_for_disk=durable) != 1:
            raise AlreadyExists(f"{key} already exists")
        # What is written by itself is indexed by the next page that is asked for; tickets come with `apply`.
        return Document(key, value, version)

    def replace(self, document: Document, value: JSON) -> Document:
        """Write over the version that was read; raise Conflict when it has moved or gone."""
        text, version = encode(value), _next_version(document)
        row = (text, version, document.key, document.version)
        if self._shared.write(UPDATE, row, waits_for_disk=True) != 1:
            raise Conflict(f"{document.key} has been overwritten")
        return Document(document.key, value, version)

    def delete(self, document: Document) -> None:
        """Remove the version that was read; raise Conflict when it has moved, not when it has gone."""
        with self._shared.writing_durably as connection:
            removed = connection.execute(DELETE, (document.key, document.version)).rowcount
            if not removed and connection.execute(SELECT, (document.key,)).fetchone() is not None:
                raise Conflict(f"{document.key} has been overwritten")

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        """Yield documents whose key starts with `prefix` and sorts after `after`, in key order."""
        remaining = limit
        while remaining is None or remaining > 0:
            size = PAGE if remaining is None else min(PAGE, remaining)
            rows = self._page(prefix, after, size)
            yield from _documents(rows)
            if len(rows) < size:
                return
            after = rows[-1][0]
            remaining = None if remaining is None else remaining - len(rows)

    def together(self, ranges: Sequence[Range], waiting: Waiting | None = None) -> Together:
        """Return the documents of several ranges, each behind the place of its range, and what waits."""
        bounds = [bound for both in ranges for bound in both]
        if waiting is not None:
            bounds += [waiting.prefix, waiting.prefix + HIGHEST]
        rows = self._shared.read(_together(len(ranges), with_waiting=waiting is not None), bounds)
        if waiting is None:
            return rows
        return [row for row in rows if row[0] != WAITING or is_of(row[2], waiting.instrument)]

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        """Return documents under `prefix` that carry all terms, from the last key down."""
        while self._catch_up():
            pass
        with self._looking.reading as connection:
            return read_page(connection, prefix, terms, (since, before), limit)

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:
        """Yield documents under `prefix` that lack their answer, and a few that have it."""
        rows = self._shared.read(sqlite_terms.WAITS, (prefix, prefix + HIGHEST))
        return _documents(row for row in rows if is_of(row[1], instrument))

    def apply(self, changes: Sequence[Change]) -> None:
        """Make the changes in one transaction that does not wait for the disk."""
        with self._shared.writing as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for change in changes:
                    _make(connection, change)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def snapshot(self) -> Snapshot:
        """Return every document as it is when the first is read; nobody has to wait for it."""
        return Snapshot(documents_in(self._path))

    def count(self, prefix: str) -> int:
        """Return how many documents there are under `prefix`."""
        bounds = (prefix, prefix + HIGHEST)
        return int(self._shared.read(COUNT, bounds)[0][0])

    def upkeep(self) -> int:
        """Do nothing: nothing has to be done by the clock."""
        return 0

    def ping(self) -> None:
        """Prove that the file can be read and written."""
        with self._shared.writing as connection:
            connection.execute("SELECT key FROM documents LIMIT 1").fetchone()
            # A number that nobody uses, as it was: on a full disk only what is really written fails.
            connection.execute("PRAGMA user_version = 0")

    def close(self) -> None:
        """Close the connections; the next call would open them again."""
        self._looking.close()
        self._shared.close()

    def _catch_up(self) -> bool:
        with self._shared.reading as connection:
            return sqlite_terms.catch_up(connection)

    def _page(self, prefix: str, after: str, size: int) -> Sequence[tuple[str, str, int]]:
        query, lower = (SELECT_AFTER, after) if after >= prefix else (SELECT_FROM, prefix)
        return self._shared.read(query, (lower, prefix + HIGHEST, size))


@cache
def _together(ranges: int, *, with_waiting: bool) -> str:
    each = [OF_RANGE.format(place=place) for place in range(ranges)]
    if with_waiting:
        each.append(THAT_WAIT)
    return f"{' UNION ALL '.join(each)} ORDER BY 1, 2"


def _documents(rows: Iterable[tuple[Any, ...]]) -> Iterator[Document]:
    for key, text, version in rows:
        yield Document(key, decode(text)[0], version)


def _make(writer: sqlite3.Connection, change: Change) -> None:
    if isinstance(change, Create):
        new = (change.key, encode(change.value), time.time_ns())
        if writer.execute(INSERT_IF_ABSENT, new).rowcount == 1:
            sqlite_terms.index(writer, change.key, change.value)
    elif isinstance(change, Replace):
        old = change.document
        row = (encode(change.value), _next_version(old), old.key, old.version)
        if writer.execute(UPDATE, row).rowcount != 1:
            raise Conflict(f"{old.key} has been overwritten")
        sqlite_terms.index(writer, old.key, change.value, old.value)
    else:
        writer.execute(DELETE, (change.document.key, change.document.version))


def _next_version(document: Document) -> int:
    """Versions only grow, also when the clock is set back."""
    return max(document.version + 1, time.time_ns())


def _keep_to_owner(path: Path) -> None:
    """Let nobody else read the file: a broker's tokens are in it."""
    # Only a file that is not there is opened: closing one would give up the locks that SQLite holds on it.
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(OSError):
            file.chmod(file.stat().st_mode & ~EVERYBODY_ELSE)
