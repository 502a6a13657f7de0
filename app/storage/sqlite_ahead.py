"""What a thread reads together, in one statement and one turn: by itself each read is a transaction."""

import sqlite3
import time
from collections.abc import Collection
from functools import cache

from app.storage import sqlite_terms
from app.storage.base import Waiting
from app.storage.read_ahead import MOST, WAITING, ReadAhead, Row, ranges_of

_RANGE = """
SELECT * FROM (
    SELECT {place} AS place, key, value, version FROM documents
    WHERE key >= ? AND key < ? ORDER BY key LIMIT {most}
)
"""


def read_together(
    connection: sqlite3.Connection,
    keys: Collection[str],
    prefixes: Collection[str],
    waiting: Waiting | None,
) -> ReadAhead:
    """Ask for all of it at once; only what waits is a statement of its own."""
    begun, ranges = time.monotonic(), ranges_of(keys, prefixes)
    bounds = [bound for both in ranges for bound in both]
    found: list[Row] = connection.execute(_together(len(ranges)), bounds).fetchall()
    if waiting is not None:
        found += [(WAITING, *row) for row in sqlite_terms.read_waiting(connection, waiting.prefix)]
    return ReadAhead(keys, prefixes, waiting, found, begun)


@cache
def _together(ranges: int) -> str:
    each = (_RANGE.format(place=place, most=MOST) for place in range(ranges))
    return f"{'UNION ALL'.join(each)} ORDER BY 1, 2"
