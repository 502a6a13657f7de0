"""The time and the waiting, as things that can be handed in."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

from app.dataclass import dataclass

Clock: TypeAlias = Callable[[], datetime]
Wait: TypeAlias = Callable[[float], None]
# Seconds that nobody sets, from some moment on: what is done at a pace is due by them.
Monotonic: TypeAlias = Callable[[], float]

system_wait: Wait = time.sleep
# The aware time in UTC; an alert asks a dozen times.
system_clock: Clock = partial(datetime.now, UTC)


@dataclass(frozen=True, slots=True)
class Budget:
    """How long may be waited for something, and how often it is looked at meanwhile."""

    seconds: float
    poll_seconds: float


class Patience:
    """Lets its owner look again and again until a budget is used up.

    What was waited counts beside what has really passed: the time ends with a wait that only seems to, and
    no clock that is set anew makes it longer. `begun` is since when it counts, by `time.monotonic`.
    """

    def __init__(self, budget: Budget, wait: Wait, begun: float | None = None) -> None:
        self._budget = budget
        self._wait = wait
        self._begun = time.monotonic() if begun is None else begun
        self._waited = 0.0

    def lasts(self) -> bool:
        """Wait until the next look; False, at once, when there is none any more."""
        if max(self._waited, time.monotonic() - self._begun) >= self._budget.seconds:
            return False
        self._wait(self._budget.poll_seconds)
        self._waited += self._budget.poll_seconds
        return True
