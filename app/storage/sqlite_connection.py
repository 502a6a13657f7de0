"""One SQLite connection for every thread of a process, held for one turn at a time."""

import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.errors import StoreUnavailable


class SharedConnection:
    """A connection that is opened when it is first needed, and anew in a forked child.

    Its page cache stays valid from turn to turn, which a connection for each thread would not have. In a
    durable turn a commit waits for the disk (`synchronous=FULL`), in the others for nothing but memory.
    """

    def __init__(self, path: Path, *, timeout_seconds: float) -> None:
        self._path = path
        self._timeout = timeout_seconds
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = os.getpid()
        self._waits_for_disk = True
        self.reading = _Turn(self, None)
        self.writing = _Turn(self, waits_for_disk=False)
        self.writing_durably = _Turn(self, waits_for_disk=True)

    def read(self, query: str, values: Sequence[Any]) -> list[Any]:
        """Return all rows of one query, read in a turn of its own."""
        with self.reading as connection:
            return connection.execute(query, values).fetchall()

    def write(self, statement: str, values: Sequence[Any], *, waits_for_disk: bool) -> int:
        """Make one change in a turn of its own; return how many rows it changed."""
        with self.writing_durably if waits_for_disk else self.writing as connection:
            return connection.execute(statement, values).rowcount

    def close(self) -> None:
        """Close the connection; the next turn would open it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def acquire(self, *, waits_for_disk: bool | None) -> sqlite3.Connection:
        """Wait for the turn; None leaves the connection as it is, which is enough for a read."""
        if not self._lock.acquire(timeout=self._timeout):
            raise StoreUnavailable(f"The database {self._path.name} did not answer in {self._timeout:g} s.")
        try:
            connection = self._connection
            if connection is None or self._process != os.getpid():
                connection = self._open()
            if waits_for_disk is not None and waits_for_disk != self._waits_for_disk:
                connection.execute(f"PRAGMA synchronous={'FULL' if waits_for_disk else 'NORMAL'}")
                self._waits_for_disk = waits_for_disk
        except (sqlite3.Error, OSError) as error:
            self.release(error)
            raise
        return connection

    def release(self, error: BaseException | None) -> None:
        """End the turn; raise StoreUnavailable for what SQLite or the disk refused."""
        try:
            self._leave_nothing_open()
        finally:
            self._lock.release()
        if isinstance(error, (sqlite3.Error, OSError)):
            raise self._unusable(error) from error

    def _leave_nothing_open(self) -> None:
        # Left open by what went wrong, a transaction would take in every write from here on and show it to
        # nobody else, and the next one could not begin.
        connection = self._connection
        if connection is None or not connection.in_transaction:
            return
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error:
            # Another connection is opened for the next turn.
            self._connection = None
            connection.close()

    def _unusable(self, error: sqlite3.Error | OSError) -> StoreUnavailable:
        return StoreUnavailable(f"The database {self._path.name} cannot be used: {error}")

    def _open(self) -> sqlite3.Connection:
        if self._process != os.getpid():
            # A connection must not cross a fork; the child forgets its parent's without closing it.
            self._process, self._inherited, self._connection = os.getpid(), self._connection, None
        self._connection = sqlite3.connect(
            self._path, timeout=self._timeout, isolation_level=None, check_same_thread=False
        )
        # Eight megabytes: SQLite's own two do not hold the inner pages of a long ledger and its index.
        self._connection.execute("PRAGMA cache_size=-8000")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._waits_for_disk = True
        return self._connection


class _Turn:
    """`with` for one kind of turn; it holds nothing itself, so one object serves every thread."""

    def __init__(self, shared: SharedConnection, waits_for_disk: bool | None) -> None:  # noqa: FBT001
        self._shared = shared
        self._waits_for_disk = waits_for_disk

    def __enter__(self) -> sqlite3.Connection:
        return self._shared.acquire(waits_for_disk=self._waits_for_disk)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._shared.release(error)
