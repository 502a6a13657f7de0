"""What a store is asked to do, counted where it is asked: requests, statements, transactions, rows."""

import os
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from tests.simulators.gcs import FakeGcs

Counts = Counter[str]

# PostgreSQL tells its counts a second after a session has fallen silent.
POSTGRES_TELLS_SECONDS = 2


class Counting(Protocol):
    """A store with somebody who counts beside it."""

    settings: dict[str, str]

    def counts(self) -> Counts:
        """Return everything since the beginning."""


class BucketCounts:
    """Requests to a simulated bucket, by the class in which Cloud Storage bills them."""

    def __init__(self, fake: FakeGcs) -> None:
        self._fake = fake
        self.settings = {"GCS_BUCKET_NAME": fake.bucket.name}

    def counts(self) -> Counts:
        """Return the requests of each class."""
        return Counter(billed_as(request.method, request.path) for request in list(self._fake.requests))


def billed_as(method: str, path: str) -> str:
    """Return a request's class; https://cloud.google.com/storage/pricing#operations-by-class lists them."""
    if method == "DELETE":
        return "free"
    is_list = re.fullmatch(r"/storage/v1/b/[^/]+/o", path) is not None
    return "class B" if method == "GET" and not is_list else "class A"


class SqliteCounts:
    """Statements on every connection that is opened from now on."""

    def __init__(self, path: Path) -> None:
        self.settings = {"DATABASE_PATH": str(path)}
        self._statements: Counts = Counter()
        sqlite3.connect = self._connected  # for good: the process counts, and does nothing else

    def counts(self) -> Counts:
        """Return commits, which a disk waits for, and statements that write and read."""
        return Counter(self._statements)

    def _connected(self, *place: Any, **how: Any) -> sqlite3.Connection:
        connection = sqlite3.Connection(*place, **how)
        connection.set_trace_callback(self._count)
        return connection

    def _count(self, statement: str) -> None:
        verb = statement.split(None, 1)[0].upper() if statement.strip() else ""
        kind = {"COMMIT": "transactions", "SELECT": "reads"}.get(verb)
        if verb in {"INSERT", "UPDATE", "DELETE", "REPLACE"}:
            kind = "writes"
        if kind is not None:
            self._statements[kind] += 1


class PostgresCounts:
    """What a PostgreSQL server counts of one database."""

    def __init__(self, url: str) -> None:
        self.settings = {"DATABASE_URL": url}
        self._url = url

    def counts(self) -> Counts:
        """Return transactions, and rows written and read."""
        import psycopg

        time.sleep(POSTGRES_TELLS_SECONDS)
        with psycopg.connect(self._url, autocommit=True) as connection:
            row = connection.execute(_STATISTICS).fetchone()
        assert row is not None  # noqa: S101  # there is one for each database
        return Counter({"transactions": row[0], "rows written": row[1], "rows read": row[2]})


_STATISTICS = """
SELECT xact_commit + xact_rollback, tup_inserted + tup_updated + tup_deleted, tup_fetched
FROM pg_stat_database WHERE datname = current_database()
"""


@contextmanager
def counted_bucket(_folder: Path) -> Iterator[Counting]:
    """Serve a strict simulated bucket."""
    with FakeGcs() as fake:
        os.environ["STORAGE_EMULATOR_HOST"] = fake.url
        yield BucketCounts(fake)


@contextmanager
def counted_sqlite(folder: Path) -> Iterator[Counting]:
    """Use a file in a folder."""
    yield SqliteCounts(folder / "gatehouse.sqlite3")


@contextmanager
def counted_postgres(_folder: Path) -> Iterator[Counting]:
    """Start a server that comes as a package, or use the empty one that TEST_DATABASE_URL names."""
    from tests.storage.postgres_server import PostgresServer

    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield PostgresCounts(given)
        return
    server = PostgresServer()
    try:
        server.make()
        server.start()
        yield PostgresCounts(server.url())
    finally:
        server.remove()


STORES = {"bucket": counted_bucket, "SQLite": counted_sqlite, "PostgreSQL": counted_postgres}
