"""The trades that went flat in the last days, in memory: alerts are judged by them at every moment."""

import threading
from datetime import datetime, timedelta

from app.clock import Clock
from app.domain.closed_trades import ClosedTrade
from app.repositories.closed_trades import ClosedTrades, key_of_day
from app.repositories.recent_closings import KEPT, RecentClosings

# A session has begun at most a day ago, and one hour more where the clocks are set back.
REMEMBERED = timedelta(days=2)
# The clocks of two machines differ, and a write may take a while to arrive.
OVERLAP = timedelta(minutes=2)


class Closings:
    """Reads the days once, then what has been written since, by whichever process."""

    def __init__(self, closed: ClosedTrades, recent: RecentClosings, clock: Clock) -> None:
        self._closed = closed
        self._recent = recent
        self._clock = clock
        self._known: dict[str, ClosedTrade | None] = {}
        self._version = 0
        self._until: datetime | None = None
        self._lock = threading.Lock()

    def version(self) -> int:
        """Learn what is new; return a number that changes with what is known."""
        with self._lock:
            self._learn()
            return self._version

    def since(self, moment: datetime) -> list[ClosedTrade | None]:
        """Return what went flat from a moment on, in that order; None stands for what cannot be read."""
        with self._lock:
            self._learn()
            known = dict(self._known)
        found = [trade for trade in known.values() if trade is not None and trade.closed_at >= moment]
        # Of what cannot be read, only the day stands in its key.
        first = key_of_day(moment.date())
        unread: list[ClosedTrade | None] = [
            None for key, trade in known.items() if trade is None and key >= first
        ]
        return [*sorted(found, key=lambda trade: (trade.closed_at, trade.number)), *unread]

    def _learn(self) -> None:
        now, until = self._clock(), self._until
        # Also after a long silence, or when the clock was set back: what told of the rest may be gone.
        if until is None or not timedelta() <= now - until < KEPT / 2:
            self._known = self._read_days(now)
            self._version += 1
        else:
            self._forget_before(key_of_day((now - REMEMBERED).date()))
            for key in self._recent.since(until - OVERLAP):
                if key not in self._known:
                    self._known |= self._closed.at(key)
                    self._version += 1
        self._until = now

    def _read_days(self, now: datetime) -> dict[str, ClosedTrade | None]:
        days = range(-1, REMEMBERED.days + 1)
        found: dict[str, ClosedTrade | None] = {}
        for back in days:
            found |= self._closed.readable_of_day(now.date() - timedelta(days=back))
        return found

    def _forget_before(self, first: str) -> None:
        for key in [key for key in self._known if key < first]:
            del self._known[key]
