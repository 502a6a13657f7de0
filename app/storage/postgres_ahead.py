"""What one thread reads together, as it will want all of it at once: one question for many."""

import json
import time
from collections.abc import Collection, Iterable

from app.storage.base import Waiting
from app.storage.postgres_connection import Connections
from app.storage.postgres_statements import Row
from app.storage.postgres_terms import HIGHEST, WITHOUT_ANSWER, values_of

# Whoever waits for a broker in between looks again: what he decides on is never older.
_GOOD_FOR_SECONDS = 1.0
# More than so many are read when they are wanted.
_MOST = 200
_TOGETHER = f"""
SELECT wanted.place, held.key, held.value, held.version
FROM json_to_recordset(%s) AS wanted(place int, first text, behind text) CROSS JOIN LATERAL (
    SELECT key, value, version FROM documents
    WHERE documents.key >= wanted.first AND documents.key < wanted.behind ORDER BY key LIMIT {_MOST}
) AS held ORDER BY wanted.place, held.key
"""  # noqa: S608  # our own text
_WITH_WAITING = f"""
SELECT * FROM ({_TOGETHER}) AS listed UNION ALL
SELECT -1, * FROM ({WITHOUT_ANSWER}) AS waiting ORDER BY 1, 2
"""  # noqa: S608  # our own text


class ReadAhead:
    """Documents by key, lists by prefix and what waits, as they were a moment ago and not written since."""

    def __init__(
        self,
        connections: Connections,
        keys: Collection[str],
        prefixes: Collection[str],
        waiting: Waiting | None,
    ) -> None:
        self._ends = time.monotonic() + _GOOD_FOR_SECONDS
        # Nothing that is printed sorts between a key and the same with a blank behind it.
        asked = [*((key, f"{key} ") for key in keys), *((prefix, prefix + HIGHEST) for prefix in prefixes)]
        wanted = [{"place": place, "first": first, "behind": end} for place, (first, end) in enumerate(asked)]
        # What waits comes at the place before the first, which is the last.
        found: list[list[Row]] = [[] for _ in (*asked, waiting)]
        query, values = (_TOGETHER, ()) if waiting is None else (_WITH_WAITING, values_of(waiting))
        for place, *row in connections.ask(query, (json.dumps(wanted), *values)):
            found[place].append(tuple(row))
        self._waiting = waiting, found.pop()
        self._by_key = dict(zip(keys, found, strict=False))
        lists = zip(prefixes, found[len(keys) :], strict=True)
        self._by_prefix = {prefix: rows for prefix, rows in lists if len(rows) < _MOST}

    def document(self, key: str) -> list[Row] | None:
        """Return the text and version under a key, in a row if it is there; None where it is to be read."""
        rows = self._by_key.get(key) if self._is_fresh() else None
        return None if rows is None else [row[1:] for row in rows]

    def documents(self, prefix: str) -> list[Row] | None:
        """Return all documents under a prefix; None where they are to be read."""
        return self._by_prefix.get(prefix) if self._is_fresh() else None

    def waiting(self, wanted: Waiting) -> list[Row] | None:
        """Return the alerts that wait; None where they are to be read."""
        known, rows = self._waiting
        return rows if known == wanted and self._is_fresh() else None

    def forget(self, keys: Iterable[str]) -> None:
        """Let go of what has been written."""
        for key in keys:
            self._by_key.pop(key, None)
            for prefix in [prefix for prefix in self._by_prefix if key.startswith(prefix)]:
                del self._by_prefix[prefix]
            waiting, _ = self._waiting
            if waiting is not None and key.startswith(waiting.prefix):
                self._waiting = None, []

    def _is_fresh(self) -> bool:
        return time.monotonic() < self._ends
