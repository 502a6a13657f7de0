"""What a price did over a stretch of time."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.dataclass import dataclass
from app.domain.money import ZERO

DAY_MINUTES = 1440
# Lengths of bars that every broker that keeps any has, in minutes.
TIMEFRAMES = {
    **{f"{minutes}m": minutes for minutes in (1, 2, 3, 5, 10, 15, 20, 30)},
    **{f"{hours}h": 60 * hours for hours in (1, 2, 4)},
    "1d": DAY_MINUTES,
}


def span_of(timeframe: str) -> timedelta:
    """Return how long a bar of a timeframe is."""
    return timedelta(minutes=TIMEFRAMES[timeframe])


class Adjustment(StrEnum):
    """What later events past prices are brought into line with: none, splits, or dividends and all others."""

    RAW = "raw"
    SPLIT = "split"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Bar:
    """The prices of one stretch of time that begins at `at`, per unit; `volume` is in units, None unknown."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal | None = None

    @property
    def is_sound(self) -> bool:
        """True when nothing lies outside of low and high, and all of it is above zero."""
        ends = (self.open, self.close)
        return ZERO < self.low <= min(ends) and max(ends) <= self.high


@dataclass(frozen=True, slots=True)
class Series:
    """Bars of one instrument in the order of time, each as long as `span`.

    From `since` to `until` nothing is left out: where there is no bar, nothing was traded.
    """

    bars: tuple[Bar, ...]
    span: timedelta
    since: datetime
    until: datetime

    def covers(self, start: datetime, end: datetime) -> bool:
        """True when all is known of the time from `start` to `end`."""
        return self.since <= start and end <= self.until

    def within(self, start: datetime, end: datetime) -> tuple[Bar, ...]:
        """Return the bars that begin and end in this time; one that lies across an edge tells too much."""
        first = bisect_left(self.bars, start, key=_beginning)
        return self.bars[first : bisect_right(self.bars, end - self.span, key=_beginning)]


@dataclass(frozen=True, slots=True)
class BarTable:
    """Bars of many instruments by canonical symbol, in the order of time, each as long as `span`.

    From `since` to `until` nothing is left out of any of them.
    """

    bars: Mapping[str, tuple[Bar, ...]]
    span: timedelta
    since: datetime
    until: datetime

    def series(self, symbol: str) -> Series | None:
        """Return the bars of one instrument; None where there are none at all."""
        bars = self.bars.get(symbol)
        return None if bars is None else Series(bars, self.span, self.since, self.until)


def _beginning(bar: Bar) -> datetime:
    return bar.at
