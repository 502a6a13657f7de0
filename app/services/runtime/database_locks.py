"""Exclusion among all processes of all machines that share a database, and who of them lives.

A process lives as long as the server holds a lock for it. Who has lost his session has lost his life with it,
although he may run: nobody is taken for dead until everybody has had time to come back.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from zlib import crc32

from app.clock import Wait, system_wait
from app.errors import StoreUnavailable
from app.services.runtime.locks import BOT, Grip, Locks, ThreadLocks

LIFE_BYTES = 6
# How long after the server's return, or our own session's, others may still be on their way back.
SETTLED_SECONDS = 5.0
# Between the two looks that must miss a life.
APART_SECONDS = 0.5
# For how long two such looks are believed: an inbox may hold many entries of the same dead.
BELIEVED_SECONDS = 1.0
# For how long the number of processes is believed.
COUNTED_SECONDS = 5.0
# How far the clocks of two machines and the server may differ.
SKEW_SECONDS = 2.0


class Census(Protocol):
    """Who lives; for how long the server has run, and our own session since it was lost last."""

    @property
    def born(self) -> Mapping[int, float]:
        """The numbers of the living, and since when the server has each one's session, in epoch seconds."""

    @property
    def server_seconds(self) -> float:
        """How long the server has run."""

    @property
    def session_seconds(self) -> float:
        """How long ago our own session came back."""


class SharedLocks(Protocol):
    """The server's locks; see `storage/postgres_locks.py`."""

    def hold(self, of: int, slot: int) -> AbstractContextManager[Callable[[], bool]]:
        """Wait for a lock and hold it; what is yielded tells whether it still is."""

    def living(self) -> Census:
        """Return who lives; raise StoreUnavailable."""

    def session(self) -> object:
        """Return what this process lives by: another one once it is lost."""

    def close(self) -> None:
        """Stop living, and give up every lock."""


class _Mine(threading.local):
    """What one thread holds."""

    def __init__(self) -> None:
        self.grips: list[Callable[[], bool]] = []


class DatabaseLocks(Locks):
    """Locks of one process; `begin` makes the server's, for a process of this number.

    `bots` and `symbols` tell the two kinds of names apart.
    """

    def __init__(
        self,
        begin: Callable[[int], SharedLocks],
        nonce: str | None = None,
        *,
        bots: int,
        symbols: int,
        wait: Wait = system_wait,
    ) -> None:
        self._threads = ThreadLocks(nonce)
        self.owner = self._threads.owner
        self._life = life_of(self.owner)
        self._shared = begin(self._life)
        self._kinds = {True: bots, False: symbols}
        self._wait = wait
        self._mine = _Mine()
        self._count, self._counted_at = 1, float("-inf")
        self._known: frozenset[int] = frozenset()
        self._missing: frozenset[int] = frozenset()
        self._believed: tuple[float, frozenset[int]] = (float("-inf"), frozenset())

    @contextmanager
    def hold(self, name: str) -> Iterator[Grip]:
        """Wait for the name and hold it while the block runs; raise StoreUnavailable."""
        kind = self._kinds[name.startswith(BOT)]
        slot = crc32(name.encode()) & 0x7FFFFFFF
        # The server counts by session: names of one slot share a thread lock too.
        with self._threads.hold(f"{kind}:{slot}"), self._shared.hold(kind, slot) as is_held:
            self._mine.grips.append(is_held)
            try:
                yield self
            finally:
                self._mine.grips.remove(is_held)

    def assure(self) -> None:
        """Raise StoreUnavailable where anything that this thread holds may be another's by now."""
        if not all(is_held() for is_held in self._mine.grips):
            raise StoreUnavailable("The database lost sight of this process, and its locks with that.")

    def is_alive(self, owner: str) -> bool | None:
        """Tell by the server's lock for that process, which two looks must have missed."""
        life = life_of(owner)
        believed_at, present = self._believed
        if time.monotonic() - believed_at > BELIEVED_SECONDS:
            first = self._look()
            if first is None or life in first:
                return True
            self._wait(APART_SECONDS)
            second = self._look()
            if second is None:
                return True
            present = first | second
            self._believed = time.monotonic(), present
        return life in present

    def may_have_lost(self, owner: str, since: datetime) -> bool:
        """Tell whether the session by which that process lives now has not been there since that moment."""
        born = self._shared.living().born.get(life_of(owner))
        return born is None or born + SKEW_SECONDS > since.timestamp()

    def processes(self) -> int:
        """Return how many live, as known some seconds ago, or when the database was last there."""
        now = time.monotonic()
        if now - self._counted_at >= COUNTED_SECONDS:
            self._counted_at = now
            with suppress(StoreUnavailable):
                self._count = len(self._shared.living().born)
        return self._count

    def life(self) -> object:
        """Return the session that this process lives by."""
        return self._shared.session()

    def has_lost_owners(self) -> bool:
        """Tell whether a process has gone since the last call, or may have."""
        living = self._shared.living()
        self._missing = (self._missing | self._known) - frozenset(living.born)
        self._known = frozenset(living.born)
        self._count, self._counted_at = len(living.born), time.monotonic()
        if not self._missing:
            return False
        if self._is_settled(living):
            self._missing = frozenset()
        return True

    def close(self) -> None:
        """Stop living; entries of this owner may be taken over."""
        self._shared.close()

    def _look(self) -> frozenset[int] | None:
        """Return who lives; None while those who do may be unable to show it."""
        living = self._shared.living()
        return frozenset(living.born) if self._is_settled(living) else None

    def _is_settled(self, living: Census) -> bool:
        has_life = self._life in living.born
        return has_life and min(living.server_seconds, living.session_seconds) >= SETTLED_SECONDS


def life_of(owner: str) -> int:
    """Return the number of 48 bits under which a process lives."""
    return int.from_bytes(sha256(owner.encode()).digest()[:LIFE_BYTES])
