"""How long the alerts of a process that was killed wait for another one."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from tests.reliability.documents import Database

POLL_SECONDS = 0.05
# An entry that is open, and whose owner's name begins with a process's number. Its answer stands below it.
_OPEN = """
SELECT entry.key FROM documents AS entry
WHERE entry.key > 'inbox/' AND entry.key < 'inbox0' AND entry.value LIKE {0}
AND NOT EXISTS (
    SELECT 1 FROM documents AS answer WHERE answer.key > entry.key || '/' AND answer.key < entry.key || '0'
)
"""


@dataclass(frozen=True, slots=True)
class Takeover:
    """How many alerts a process left when it was killed, and when the last of them was taken up."""

    killed_at: float
    left: int
    ended_at: float | None

    @property
    def seconds(self) -> float:
        """For how long the last one waited."""
        return (self.ended_at or time.time()) - self.killed_at


class TakeoverWatch(threading.Thread):
    """Looks again and again until nothing is left of the processes that died.

    `free_since` tells since when nothing but that is in the way of who takes over, None while something is:
    a broker that says nothing of an alert. From then on, or from the death, `longest_seconds` count.
    """

    def __init__(
        self,
        database: Database,
        dead: list[int],
        killed_at: float,
        *,
        longest_seconds: float,
        free_since: Callable[[], float | None],
    ) -> None:
        super().__init__(name="takeover")
        self._database, self._dead, self._free_since = database, dead, free_since
        self._killed_at, self._longest_seconds = killed_at, longest_seconds
        self.seen = Takeover(killed_at, 0, None)

    def run(self) -> None:
        """Look until all is taken up, or it takes too long."""
        left = 0
        while not self._is_over():
            try:
                now = sum(len(open_entries(self._database, pid)) for pid in self._dead)
            except Exception:  # noqa: BLE001  # the database is struck as well
                time.sleep(POLL_SECONDS)
                continue
            left = max(left, now)
            if not now:
                self.seen = Takeover(self._killed_at, left, time.time())
                return
            time.sleep(POLL_SECONDS)
        self.seen = Takeover(self._killed_at, left, None)

    def _is_over(self) -> bool:
        free = self._free_since()
        return free is not None and time.time() - max(self._killed_at, free) >= self._longest_seconds


def open_entries(database: Database, pid: int) -> list[Any]:
    """Return the keys of what a process works on, or has left."""
    pattern = f'%"owner":%"{pid}-%'
    if isinstance(database, str):
        import psycopg

        with psycopg.connect(database, autocommit=True, connect_timeout=2) as connection:
            return connection.execute(_OPEN.format("%s"), (pattern,)).fetchall()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(_OPEN.format("?"), (pattern,)).fetchall()
