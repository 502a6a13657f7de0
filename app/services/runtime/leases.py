"""One leader by lease: whoever wrote it last does what only one process may do at a time."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from app.clock import Clock
from app.dataclass import dataclass
from app.errors import AlreadyExists, Conflict, StoreError, StoreUnavailable
from app.repositories.leases import Lease, StoredLeases
from app.storage.base import Store

# With a poll every five seconds, a dead leader's lease moves within 27 seconds.
LEASE_SECONDS = 20.0
# Renewed in its second half, so that no object is rewritten more than once a second.
SHORTEST_SECONDS = 2.0
# How far the clocks of two processes may differ before both could lead at once.
SKEW = timedelta(seconds=2)

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    since: datetime
    until: datetime
    life: object

    def seconds_left(self, now: datetime) -> float:
        # A clock that was set back proves nothing.
        return (self.until - now).total_seconds() if now >= self.since else 0


@dataclass(frozen=True, slots=True)
class _Seen:
    version: int
    at: datetime


class Leases:
    """The leases of one process; `owner` must be its own among all processes and forks.

    `on_lost` hears the name of a lease that was held and cannot be kept. `is_gone` tells of an owner that it
    has died for certain; the lease of such a one is free at once. `life` is something else once this
    process may have been taken for dead: what it held is not its own any more then.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        owner: str,
        *,
        on_lost: Callable[[str], None] | None = None,
        is_gone: Callable[[str], bool] | None = None,
        life: Callable[[], object] = lambda: None,
    ) -> None:
        self._stored = StoredLeases(store)
        self._clock = clock
        self._owner = owner
        self._on_lost = on_lost
        self._is_gone = is_gone
        self._life = life
        self._is_unreachable = False
        self._turn = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._seen: dict[str, _Seen] = {}

    def hold(self, name: str, seconds: float = LEASE_SECONDS) -> bool:
        """Take or keep the lease and tell whether this process leads; call it several times per lease.

        The store is asked only when less than half of the lease is left; one that cannot be reached makes
        no leaders. `seconds` is at least two, and the same in every process.
        """
        if seconds < SHORTEST_SECONDS:
            raise ValueError(f"A lease lasts at least {SHORTEST_SECONDS} seconds, not {seconds}")
        with self._turn:
            held = self._held.get(name)
            if held is not None and self._seconds_left(held) >= seconds / 2:
                return True
            was_held = held is not None
            if not self._take(name, timedelta(seconds=seconds)):
                self._held.pop(name, None)
            leads = self.is_leader(name)
        if was_held and not leads:
            self._report_lost(name)
        return leads

    def is_leader(self, name: str) -> bool:
        """Tell from memory whether this process leads now."""
        held = self._held.get(name)
        return held is not None and self._seconds_left(held) > 0

    def release(self, name: str) -> None:
        """Let the next process lead at once; a lease that cannot be given back runs out by itself."""
        with self._turn, suppress(StoreError):
            self._held.pop(name, None)
            lease = self._stored.find(name)
            if lease is not None and lease.owner == self._owner:
                self._stored.give_back(name, lease)

    def _seconds_left(self, held: _Held) -> float:
        return held.seconds_left(self._clock()) if held.life == self._life() else 0

    def _take(self, name: str, length: timedelta) -> bool:
        # Read before the store is asked: its answer may take a while, and the lease must not outlast it.
        now, life = self._clock(), self._life()
        try:
            written = self._write(name, Lease(self._owner, now + length), now, length)
        except StoreUnavailable as error:
            self._note_outage(name, error)
            return False
        except (AlreadyExists, Conflict):
            return False
        self._is_unreachable = False
        if written:
            self._held[name] = _Held(now, now + length, life)
        return written

    def _write(self, name: str, lease: Lease, now: datetime, length: timedelta) -> bool:
        current = self._stored.find(name)
        if current is not None and not self._is_free(name, current, now, length):
            return False
        self._stored.take(name, lease, current)
        return True

    def _is_free(self, name: str, lease: Lease, now: datetime, length: timedelta) -> bool:
        if lease.owner == self._owner or (self._is_gone is not None and self._is_gone(lease.owner)):
            return True
        seen = self._seen.get(name)
        if seen is None or seen.version != lease.version or seen.at > now:
            seen = self._seen[name] = _Seen(lease.version, now)
        # An owner whose clock was far ahead must not block the lease for longer than it lasts.
        return now >= min(lease.until, seen.at + length) + SKEW

    def _note_outage(self, name: str, error: StoreUnavailable) -> None:
        # Every turn of the clock comes here: an outage is worth one line.
        if not self._is_unreachable:
            _logger.warning("The lease %s cannot be held while the store is away: %s", name, error)
        self._is_unreachable = True

    def _report_lost(self, name: str) -> None:
        _logger.warning("This process no longer holds the lease %s", name)
        if self._on_lost is not None:
            self._on_lost(name)
