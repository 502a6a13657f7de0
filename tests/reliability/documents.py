"""The server's documents, read from its database beside it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

# SQLite's file, or the URL of a PostgreSQL server.
Database: TypeAlias = Path | str

QUERY = "SELECT key, value FROM documents WHERE key > ? AND key < ? ORDER BY key"
POSTGRES_QUERY = "SELECT key, value FROM documents WHERE key > %s AND key < %s ORDER BY key"
# A commit that is waited for: what was read before it is on the disk with it, and on the standby's.
POSTGRES_FLUSH = "SELECT pg_logical_emit_message(true, 'reader', '')"


class Away(Exception):
    """The database does not answer, or was lost over the answer."""


def read_documents(database: Database, prefix: str, *, after: str = "") -> Iterator[tuple[str, Any]]:
    """Yield keys and values under a prefix, behind `after`, as they are at this moment.

    What was read can no longer be lost, whatever happens to the database. Raise Away.
    """
    bounds = (max(after, prefix), prefix + "\U0010ffff")
    rows = _from_postgres(database, bounds) if isinstance(database, str) else _from_sqlite(database, bounds)
    return ((key, json.loads(value)) for key, value in rows)


def count_documents(database: Database, *prefixes: str) -> int:
    """Count the documents under some prefixes."""
    return sum(1 for prefix in prefixes for _ in read_documents(database, prefix))


def unanswered(database: Database) -> list[str]:
    """Return the tickets of inbox entries that have no answer beside them."""
    documents = dict(read_documents(database, "inbox/"))
    entries = [(key, value) for key, value in documents.items() if "alert" in value]
    return [value["ticket"] for key, value in entries if f"{key}/{value['ticket']}" not in documents]


def _from_sqlite(database: Path, bounds: tuple[str, str]) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(QUERY, bounds).fetchall()


def _from_postgres(url: str, bounds: tuple[str, str]) -> list[tuple[str, str]]:
    import psycopg

    try:
        with psycopg.connect(url, autocommit=True) as connection:
            rows = connection.execute(POSTGRES_QUERY, bounds).fetchall()
            connection.execute(POSTGRES_FLUSH)
    except psycopg.OperationalError as error:
        raise Away(str(error)) from error
    return rows
