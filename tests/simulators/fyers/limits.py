"""How many requests Fyers takes: per second, per minute, and what follows too many minutes."""

from collections import deque
from datetime import date, datetime, timedelta

from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.refusals import Refused, too_many

PER_SECOND, PER_MINUTE, PER_DAY = 10, 200, 100_000
BREACHES_ALLOWED = 3
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


class Limits:
    """Counts requests in sliding windows; a minute is breached once, however many requests are too many."""

    def __init__(self, clock: Clock, *, enabled: bool = False) -> None:
        self._clock, self.enabled = clock, enabled
        self._arrivals: deque[datetime] = deque()
        self._breached: datetime | None = None
        self._day = clock.today
        self.breaches = 0
        self.today = 0

    @property
    def is_blocked(self) -> bool:
        return self.breaches > BREACHES_ALLOWED and self._day == self._clock.today

    def admit(self) -> None:
        """Count a request; raise Refused with the time to wait."""
        if not self.enabled:
            return
        now = self._clock.now()
        self._turn(now.date())
        if self.is_blocked or self.today >= PER_DAY:
            raise blocked(now)
        while self._arrivals and self._arrivals[0] <= now - MINUTE:
            self._arrivals.popleft()
        self._refuse_more_per_minute(now)
        last_second = [each for each in self._arrivals if each > now - SECOND]
        if len(last_second) >= PER_SECOND:
            raise too_many((last_second[0] + SECOND - now).total_seconds())
        self._arrivals.append(now)
        self.today += 1

    def reset(self) -> None:
        """Forget every request."""
        self._arrivals.clear()
        self._breached, self.breaches, self.today = None, 0, 0

    def _turn(self, day: date) -> None:
        if day != self._day:
            self._day, self.breaches, self.today = day, 0, 0

    def _refuse_more_per_minute(self, now: datetime) -> None:
        if len(self._arrivals) < PER_MINUTE:
            return
        if self._breached is None or self._breached <= now - MINUTE:
            self._breached = now
            self.breaches += 1
        raise too_many((self._arrivals[0] + MINUTE - now).total_seconds())


def blocked(now: datetime) -> Refused:
    midnight = (now + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    return too_many((midnight - now).total_seconds())
