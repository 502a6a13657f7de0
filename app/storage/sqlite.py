"""The embedded store: one SQLite file in write-ahead mode, safe for threads and processes."""

import json
import os
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.domain.ticket_terms import Wanted
from app.errors import AlreadyExists, Conflict, StoreUnavailable
from app.storage import sqlite_terms
from app.storage.base import JSON, Change, Create, Document, Page, Replace, Snapshot, Waiting, is_of
from app.storage.read_ahead import HIGHEST, OfThread
from app.storage.sqlite_ahead import read_together
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

INSERT = "INSERT INTO documents (key, value, version) VALUES (?, ?, ?)"
INSERT_IF_ABSENT = INSERT + " ON CONFLICT (key) DO NOTHING"
UPDATE = "UPDATE documents SET value = ?, version = ? WHERE key = ? AND version = ?"
DELETE = "DELETE FROM documents WHERE key = ? AND version = ?"
SELECT = "SELECT value, version FROM documents WHERE key = ?"
SELECT_FROM = "SELECT key, value, version FROM documents WHERE key >= ? AND key < ? ORDER BY key LIMIT ?"
SELECT_AFTER = SELECT_FROM.replace(">=", ">")
COUNT = "SELECT count(*) FROM documents WHERE key >= ? AND key < ?"

PAGE = 500
OWNER_ONLY, EVERYBODY_ELSE = 0o600, 0o077
_encode = json.JSONEncoder(separators=(",", ":")).encode
# `json.loads` looks for blanks on either side first, which takes longer than it takes to read a document.
_decode = json.JSONDecoder().raw_decode


class SqliteStore:
    """Versioned JSON documents in one SQLite file."""

    def __init__(self, path: Path, *, timeout_seconds: float = 5) -> None:
        self._path = path
        self._mine = OfThread()
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
        ahead = self._mine.ahead
        rows = None if ahead is None else ahead.document(key)
        for text, version in self._shared.read(SELECT, (key,)) if rows is None else rows:
            return Document(key, _decode(text)[0], version)
        return None

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        """Write a new document; raise AlreadyExists when the key is taken."""
        text, version = _encode(value), time.time_ns()
        self._forget(key)
        with self._shared.writing_durably if durable else self._shared.writing as connection:
            try:
                connection.execute(INSERT, (key, text, version))
            except sqlite3.IntegrityError as error:
                raise AlreadyExists(f"{key} already exists") from error
        # What is written by itself is indexed by the next page that is asked for; tickets come with `apply`.
        return Document(key, value, version)

    def replace(self, document: Document, value: JSON) -> Document:
        """Write over the version that was read; raise Conflict when it has moved or gone."""
        text, version = _encode(value), _next_version(document)
        self._forget(document.key)
        with self._shared.writing_durably as connection:
            row = (text, version, document.key, document.version)
            if connection.execute(UPDATE, row).rowcount != 1:
                raise Conflict(f"{document.key} has been overwritten")
        return Document(document.key, value, version)

    def delete(self, document: Document) -> None:
        """Remove the version that was read; raise Conflict when it has moved, not when it has gone."""
        self._forget(document.key)
        with self._shared.writing_durably as connection:
            removed = connection.execute(DELETE, (document.key, document.version)).rowcount
            if not removed and connection.execute(SELECT, (document.key,)).fetchone() is not None:
                raise Conflict(f"{document.key} has been overwritten")

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        """Yield documents whose key starts with `prefix` and sorts after `after`, in key order."""
        ahead = self._mine.ahead
        found = None if ahead is None or limit is not None or after else ahead.documents(prefix)
        if found is not None:
            yield from _documents(found)
            return
        remaining = limit
        while remaining is None or remaining > 0:
            size = PAGE if remaining is None else min(PAGE, remaining)
            rows = self._page(prefix, after, size)
            yield from _documents(rows)
            if len(rows) < size:
                return
            after = rows[-1][0]
            remaining = None if remaining is None else remaining - len(rows)

    @contextmanager
    def ahead(
        self, keys: Collection[str], prefixes: Collection[str], waiting: Waiting | None = None
    ) -> Iterator[None]:
        """Read all of it in one turn, and show it to this thread within the block."""
        with self._shared.reading as connection:
            self._mine.ahead = read_together(connection, keys, prefixes, waiting)
        try:
            yield
        finally:
            self._mine.ahead = None

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        """Return documents under `prefix` that carry all terms, from the last key down."""
        while self._catch_up():
            pass
        with self._looking.reading as connection:
            return read_page(connection, prefix, terms, (since, before), limit)

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:
        """Yield documents under `prefix` that lack their answer, and a few that have it."""
        ahead = self._mine.ahead
        rows = None if ahead is None else ahead.waiting(Waiting(prefix, instrument))
        if rows is None:
            with self._shared.reading as connection:
                rows = sqlite_terms.read_waiting(connection, prefix)
        return _documents(row for row in rows if is_of(row[1], instrument))

    def apply(self, changes: Sequence[Change]) -> None:
        """Make the changes in one transaction that does not wait for the disk."""
        with self._shared.writing as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for change in changes:
                    self._forget(change.key if isinstance(change, Create) else change.document.key)
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
        with self._shared.reading as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("SELECT key FROM documents LIMIT 1").fetchone()
            connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connections; the next call would open them again."""
        self._looking.close()
        self._shared.close()

    def _forget(self, key: str) -> None:
        ahead = self._mine.ahead
        if ahead is not None:
            ahead.forget([key])

    def _catch_up(self) -> bool:
        with self._shared.reading as connection:
            return sqlite_terms.catch_up(connection)

    def _page(self, prefix: str, after: str, size: int) -> Sequence[tuple[str, str, int]]:
        query, lower = (SELECT_AFTER, after) if after >= prefix else (SELECT_FROM, prefix)
        return self._shared.read(query, (lower, prefix + HIGHEST, size))


def _documents(rows: Iterable[tuple[Any, ...]]) -> Iterator[Document]:
    for key, text, version in rows:
        yield Document(key, _decode(text)[0], version)


def _make(writer: sqlite3.Connection, change: Change) -> None:
    if isinstance(change, Create):
        new = (change.key, _encode(change.value), time.time_ns())
        if writer.execute(INSERT_IF_ABSENT, new).rowcount == 1:
            sqlite_terms.index(writer, change.key, change.value)
    elif isinstance(change, Replace):
        old = change.document
        row = (_encode(change.value), _next_version(old), old.key, old.version)
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
