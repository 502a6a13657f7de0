"""What one thread reads together, as it will want all of it at once: one question for many."""

import threading
import time
from collections.abc import Collection, Iterable
from typing import Any

from app.storage.base import Waiting

# Whoever waits for a broker in between looks again: what he decides on is never older.
_GOOD_FOR_SECONDS = 1.0
# More than so many under one prefix are read when they are wanted.
MOST = 200
# What waits comes at the place before the first.
WAITING = -1
HIGHEST = "\U0010ffff"

# A key, and the text and version under it.
Row = tuple[Any, ...]


def ranges_of(keys: Collection[str], prefixes: Collection[str]) -> list[tuple[str, str]]:
    """Return for each key and prefix, in their places, where what is wanted begins and what is behind it."""
    # Nothing that is printed sorts between a key and the same with a blank behind it.
    return [*((key, f"{key} ") for key in keys), *((prefix, prefix + HIGHEST) for prefix in prefixes)]


class ReadAhead:
    """Documents by key, lists by prefix and what waits, as they were a moment ago and not written since.

    `found` are rows, each behind the place of its key or prefix: no more than `MOST` for one.
    """

    def __init__(
        self,
        keys: Collection[str],
        prefixes: Collection[str],
        waiting: Waiting | None,
        found: Iterable[Row],
        begun: float,
    ) -> None:
        self._ends = begun + _GOOD_FOR_SECONDS
        # The last list is at the place before the first.
        rows: list[list[Row]] = [[] for _ in range(len(keys) + len(prefixes) + 1)]
        for place, *row in found:
            rows[place].append(tuple(row))
        self._waiting = waiting, rows.pop()
        self._by_key = dict(zip(keys, rows, strict=False))
        lists = zip(prefixes, rows[len(keys) :], strict=True)
        self._by_prefix = {prefix: held for prefix, held in lists if len(held) < MOST}

    def document(self, key: str) -> list[Row] | None:
        """Return the text and version under a key, in a row if it is there; None where it is to be read."""
        rows = self._by_key.get(key)
        return [row[1:] for row in rows] if rows is not None and time.monotonic() < self._ends else None

    def documents(self, prefix: str) -> list[Row] | None:
        """Return all documents under a prefix; None where they are to be read."""
        return self._by_prefix.get(prefix) if time.monotonic() < self._ends else None

    def waiting(self, wanted: Waiting) -> list[Row] | None:
        """Return the alerts that wait; None where they are to be read."""
        known, rows = self._waiting
        return rows if known == wanted and time.monotonic() < self._ends else None

    def forget(self, keys: Iterable[str]) -> None:
        """Let go of what has been written."""
        for key in keys:
            self._by_key.pop(key, None)
            for prefix in [prefix for prefix in self._by_prefix if key.startswith(prefix)]:
                del self._by_prefix[prefix]
            waiting, _ = self._waiting
            if waiting is not None and key.startswith(waiting.prefix):
                self._waiting = None, []


class OfThread(threading.local):
    """What each thread has read together, while it needs it."""

    ahead: ReadAhead | None = None
