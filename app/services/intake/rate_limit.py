"""Token buckets: how many alerts a second a bot may send."""

import math
import threading
import time
from collections.abc import Callable
from decimal import Decimal

from app.errors import TooManyRequests


class RateLimiter:
    """One bucket of `per_second` tokens a name, filled at that rate; a rate of 0 limits nothing."""

    def __init__(self, per_second: Decimal, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate = float(per_second)
        # A bucket smaller than one token would never let anything through.
        self._size = max(self._rate, 1.0)
        self._monotonic = monotonic
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, name: str) -> None:
        """Take a token; raise TooManyRequests with the seconds until there is one."""
        if not self._rate:
            return
        now = self._monotonic()
        with self._lock:
            tokens, at = self._buckets.get(name, (self._size, now))
            tokens = min(self._size, tokens + (now - at) * self._rate)
            has_one = tokens >= 1
            self._buckets[name] = (tokens - 1 if has_one else tokens, now)
        if not has_one:
            wait = max(math.ceil((1 - tokens) / self._rate), 1)
            raise TooManyRequests(
                f"{name} sends more than {self._rate:g} alerts a second (RATE_LIMIT_PER_SECOND). "
                f"This alert is not stored: send it again in {wait} s.",
                retry_after=wait,
            )
