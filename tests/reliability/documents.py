"""The server's documents, read from its SQLite file beside it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

QUERY = "SELECT key, value FROM documents WHERE key > ? AND key < ? ORDER BY key"


def read_documents(database: Path, prefix: str, *, after: str = "") -> Iterator[tuple[str, Any]]:
    """Yield keys and values under a prefix, behind `after`, as they are at this moment."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(QUERY, (max(after, prefix), prefix + "\U0010ffff")).fetchall()
    return ((key, json.loads(value)) for key, value in rows)


def count_documents(database: Path, *prefixes: str) -> int:
    """Count the documents under some prefixes."""
    return sum(1 for prefix in prefixes for _ in read_documents(database, prefix))


def unanswered(database: Path) -> list[str]:
    """Return the tickets of inbox entries that have no answer beside them."""
    documents = dict(read_documents(database, "inbox/"))
    entries = [(key, value) for key, value in documents.items() if "alert" in value]
    return [value["ticket"] for key, value in entries if f"{key}/{value['ticket']}" not in documents]
