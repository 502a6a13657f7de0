"""Room for requests: Fyers counts every one of them, and blocks an account that exceeds too often."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

from app.dataclass import dataclass

# Longer than the shorter window, so that a burst waits instead of failing.
PATIENCE_SECONDS = 1.1
_SHORTEST_WAIT_SECONDS = 0.001
_is_urgent: ContextVar[bool] = ContextVar("is_urgent", default=False)


@contextmanager
def urgently(*, is_urgent: bool = True) -> Iterator[None]:
    """Make every request inside an urgent one; what is inside an urgent one already stays so."""
    before = _is_urgent.set(is_urgent or _is_urgent.get())
    try:
        yield
    finally:
        _is_urgent.reset(before)


class NoRoom(Exception):
    """The limit leaves no room for a request soon; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Window:
    """So many requests in any span of so many seconds; the reserved ones are for what is urgent."""

    seconds: float
    most: int
    reserved: int


# Fyers takes 10 in a second and 200 in a minute, and a third minute too many costs the day. Both spans are
# a little longer here, since requests do not arrive at the distance at which they were sent.
WINDOWS = (Window(1.05, 10, 2), Window(61.0, 200, 30))


def shared(windows: Sequence[Window], processes: int) -> tuple[Window, ...]:
    """Share limits among processes that use one account; each can place at least one request."""
    return tuple(
        # The reserve is rounded up, since exits come first; one request at least is left to everything else.
        Window(window.seconds, most, min(-(-window.reserved // processes), most - 1))
        for window in windows
        for most in [max(window.most // processes, 1)]
    )


class Limiter:
    """Let requests through as the windows have room; `clock` is monotonic, in seconds.

    `processes` tells how many share them; those that come and go have each its part within seconds.

    A `wait` that only seems to take its time, as a test's does, counts as if it had: else whoever waits would
    look again and again until the time has really passed.
    """

    def __init__(
        self,
        windows: Sequence[Window] = WINDOWS,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
        processes: Callable[[], int] = lambda: 1,
    ) -> None:
        self._whole = windows
        self._processes = processes
        self._clock, self._wait = clock, wait
        self._seeming_seconds = 0.0
        self._sent: deque[float] = deque(maxlen=max(window.most for window in windows))
        self._closed_until = 0.0
        self._lock = Lock()

    def enter(self, *, urgent: bool) -> None:
        """Take room for one request, waiting about a second for it; raise NoRoom."""
        windows = shared(self._whole, max(self._processes(), 1))
        deadline = self._now() + PATIENCE_SECONDS
        urgent = urgent or _is_urgent.get()
        while (wait := self._take(windows, urgent=urgent)) > 0:
            if self._now() + wait > deadline:
                raise NoRoom
            self._pause(max(wait, _SHORTEST_WAIT_SECONDS))

    def close(self, seconds: float) -> None:
        """Let nothing through for so long: Fyers said that it was too much."""
        with self._lock:
            # Never shortened: a later 429 with a shorter pause must not open the line again.
            self._closed_until = max(self._closed_until, self._now() + seconds)

    def _now(self) -> float:
        return self._clock() + self._seeming_seconds

    def _pause(self, seconds: float) -> None:
        begun = self._clock()
        self._wait(seconds)
        missing = seconds - (self._clock() - begun)
        if missing > 0:
            with self._lock:
                self._seeming_seconds += missing

    def _take(self, windows: Sequence[Window], *, urgent: bool) -> float:
        """Return the seconds until there may be room; 0 when it was taken."""
        with self._lock:
            now = self._now()
            waits = [self._room_in(window, now, urgent=urgent) for window in windows]
            wait = max([self._closed_until - now, *waits])
            if wait > 0:
                return wait
            self._sent.append(now)
            return 0.0

    def _room_in(self, window: Window, now: float, *, urgent: bool) -> float:
        """Return the seconds until a window has room."""
        allowed = window.most - (0 if urgent else window.reserved)
        if len(self._sent) < allowed:
            return 0.0
        # The request that must have left the window before there is room for one more.
        return max(self._sent[-allowed] + window.seconds - now, 0.0)
