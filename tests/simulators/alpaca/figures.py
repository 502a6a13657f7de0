"""Numbers and times as Alpaca writes them: decimal strings, nanoseconds."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 10**9
NEW_YORK = ZoneInfo("America/New_York")
FINEST = Decimal("1e-9")
FINEST_DECIMALS = 9


class Timer:
    """A clock of strictly increasing nanoseconds, so that no two orders share a moment."""

    def __init__(self, source: Callable[[], int] = time.time_ns) -> None:
        self._source = source
        self._ahead = 0
        self._last = 0

    def now(self) -> int:
        self._last = max(self._last + 1, self._source() + self._ahead)
        return self._last

    def advance(self, seconds: float) -> None:
        """Make it later by so much."""
        self._ahead += int(seconds * SECOND)

    def set(self, at: datetime) -> None:
        """Let it be a moment now, an earlier one too; it goes on from there."""
        self._ahead = int(at.timestamp() * 1_000_000) * 1000 - self._source()
        self._last = 0


def plain(value: Decimal | None) -> str | None:
    """Write a number without exponent or trailing zeros."""
    return None if value is None else f"{value.normalize():f}"


# The moments of an order are told with every list that it is in.
@lru_cache(maxsize=8192)
def moment(nanoseconds: int | None) -> str | None:
    """Write a time in UTC with nine decimals."""
    if nanoseconds is None:
        return None
    seconds, rest = divmod(nanoseconds, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}.{rest:09d}Z"


def local_time(at: int) -> datetime:
    """Return a moment as New York's clocks show it."""
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(NEW_YORK)


def nanoseconds(text: str) -> int:
    """Read an RFC 3339 time or a date; raise ValueError."""
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return int(at.timestamp() * 1_000_000) * 1000


def floored(value: Decimal, *, whole: bool) -> Decimal:
    """Cut a quantity to units, or to nine decimals."""
    return value.quantize(Decimal(1) if whole else FINEST, ROUND_DOWN)


def is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def decimals(value: Decimal) -> int:
    """Count the decimals that carry something."""
    return max(0, -int(value.normalize().as_tuple().exponent))
