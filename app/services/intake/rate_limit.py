"""Token buckets: how many alerts a second a bot may send."""

import math
import threading
import time
from collections.abc import Callable
from decimal import Decimal

from app.errors import TooManyRequests

# So many times as many alerts that only exit may come.
EXITS = 10


class RateLimiter:
    """One bucket of `per_second` tokens a name, filled at that rate; a rate of 0 limits nothing.

    A second bucket, ten times as large, is for everything: what only exits takes from that one alone, so that
    a burst of entries, or of alerts that are wrong, keeps nobody from leaving.
    """

    def __init__(self, per_second: Decimal, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate = float(per_second)
        # A bucket smaller than one token would never let anything through.
        self._size = max(self._rate, 1.0)
        self._monotonic = monotonic
        self._buckets: dict[tuple[str, int], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take_any(self, name: str) -> None:
        """Take a token for an alert of any kind, exits included; raise TooManyRequests."""
        self._take(name, EXITS)

    def take(self, name: str) -> None:
        """Take a token for what may enter, or is wrong; raise TooManyRequests."""
        self._take(name, 1)

    def _take(self, name: str, times: int) -> None:
        """Take a token; the refusal tells the seconds until there is one."""
        if not self._rate:
            return
        now, rate, size = self._monotonic(), self._rate * times, self._size * times
        with self._lock:
            tokens, at = self._buckets.get((name, times), (size, now))
            tokens = min(size, tokens + (now - at) * rate)
            has_one = tokens >= 1
            self._buckets[name, times] = (tokens - 1 if has_one else tokens, now)
        if not has_one:
            wait = max(math.ceil((1 - tokens) / rate), 1)
            raise TooManyRequests(
                f"{name} sends more than {rate:g} alerts a second (RATE_LIMIT_PER_SECOND). "
                f"This alert is not stored: send it again in {wait} s.",
                retry_after=wait,
            )
