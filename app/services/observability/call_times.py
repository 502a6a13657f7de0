"""How long a broker's last calls took, in this process."""

from collections import deque
from datetime import datetime

from app.clock import Clock
from app.dataclass import dataclass

KEPT = 200
SLOWEST_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class CallSummary:
    """The last calls of one broker; `p95_milliseconds` is what 95 of 100 stayed below."""

    calls: int
    p95_milliseconds: float
    last_success_at: datetime | None


class CallTimes:
    """The last two hundred orders, cancels and changes of each broker."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seconds: dict[str, deque[float]] = {}
        self._succeeded: dict[str, datetime] = {}

    def note(self, broker: str, seconds: float, *, failed: bool) -> None:
        """Keep one call."""
        self._seconds.setdefault(broker, deque(maxlen=KEPT)).append(seconds)
        if not failed:
            self._succeeded[broker] = self._clock()

    def of(self, broker: str) -> CallSummary | None:
        """Sum up a broker's calls; None where there was none yet."""
        seconds = sorted(self._seconds.get(broker, ()))
        if not seconds:
            return None
        slow = seconds[min(int(len(seconds) * SLOWEST_SHARE), len(seconds) - 1)]
        return CallSummary(len(seconds), round(slow * 1000, 1), self._succeeded.get(broker))
