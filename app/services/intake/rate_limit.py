"""Token buckets: how many alerts a second a bot may send."""

import math
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

from app.dataclass import dataclass
from app.errors import TooManyRequests

# So many times as many alerts that only exit may come.
EXITS = 10


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many tokens at most, filled at `rate` tokens a second."""

    name: str
    rate: float
    size: float


class Buckets(Protocol):
    """Where buckets are kept; a new one is full."""

    def take(self, buckets: tuple[Bucket, ...]) -> list[float]:
        """Take a token from each that has one; return how much each is short of one, 0 where it was taken.

        Raise StoreUnavailable.
        """


class RateLimiter:
    """Two buckets a bot: one of `per_second` tokens, filled at that rate, and one of ten times as many.

    The large one is for everything, and what only exits takes from that one alone, so that a burst of
    entries, or of alerts that are wrong, keeps nobody from leaving. A rate of 0 limits nothing.
    """

    def __init__(self, per_second: Decimal, buckets: Buckets) -> None:
        self._rate = float(per_second)
        # A bucket smaller than one token would never let anything through.
        self._size = max(self._rate, 1.0)
        self._buckets = buckets

    def take(self, bot: str, *, only_exits: bool) -> None:
        """Count an alert; raise TooManyRequests, which tells the seconds until there is room for one."""
        if not self._rate:
            return
        wanted = tuple(self._bucket(bot, times) for times in ((EXITS,) if only_exits else (EXITS, 1)))
        for bucket, lacking in zip(wanted, self._buckets.take(wanted), strict=True):
            if lacking:
                wait = max(math.ceil(lacking / bucket.rate), 1)
                raise TooManyRequests(
                    f"{bot} sends more than {bucket.rate:g} alerts a second (RATE_LIMIT_PER_SECOND). "
                    f"This alert is not stored: send it again in {wait} s.",
                    retry_after=wait,
                )

    def _bucket(self, bot: str, times: int) -> Bucket:
        return Bucket(bot if times == 1 else f"{bot}/exits", self._rate * times, self._size * times)


class MemoryBuckets:
    """Buckets of this process alone."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._held: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, buckets: tuple[Bucket, ...]) -> list[float]:
        """Take a token from each that has one; return how many tokens each is short of one."""
        now = self._monotonic()
        with self._lock:
            return [self._take(bucket, now) for bucket in buckets]

    def _take(self, bucket: Bucket, now: float) -> float:
        tokens, at = self._held.get(bucket.name, (bucket.size, now))
        tokens = min(bucket.size, tokens + (now - at) * bucket.rate)
        lacking = max(1 - tokens, 0.0)
        self._held[bucket.name] = (tokens if lacking else tokens - 1, now)
        return lacking
