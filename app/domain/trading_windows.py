"""When a bot may enter: windows of the week, in the time of the instrument's exchange."""

import re
from datetime import datetime
from functools import lru_cache
from typing import NewType
from zoneinfo import ZoneInfo

from app.dataclass import dataclass

# A window as its owner writes it: `mon-fri 09:45-15:30`; it is stored and shown like that.
WindowText = NewType("WindowText", str)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = len(DAYS)
DAY_MINUTES = 24 * 60
EXAMPLE = "mon-fri 09:45-15:30"

_WINDOW = re.compile(r"(?:(?P<days>[a-z,\- ]+?) +)?(?P<opens>\d\d:\d\d) ?- ?(?P<closes>\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class TradingWindow:
    """Days of the week (Monday is 0) on which it opens, and minutes of the day; the last one is outside.

    One that closes at or before the minute at which it opens closes on the day after.
    """

    days: frozenset[int]
    opens: int
    closes: int

    def holds(self, local: datetime) -> bool:
        """Tell whether a moment, as the clock on the exchange's wall shows it, is inside."""
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.opens < self.closes:
            return day in self.days and self.opens <= minute < self.closes
        # Over midnight: the morning belongs to the window that was opened the day before.
        return (day in self.days and minute >= self.opens) or (
            (day - 1) % WEEK in self.days and minute < self.closes
        )

    def __str__(self) -> str:
        hours = f"{_time(self.opens)}-{_time(self.closes)}"
        return hours if len(self.days) == WEEK else f"{_day_names(self.days)} {hours}"


@lru_cache(maxsize=512)
def window_of(text: str) -> TradingWindow:
    """Read a window such as `mon-fri 09:45-15:30` or, of every day, `22:00-02:00`; raise ValueError."""
    found = _WINDOW.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"must be written like {EXAMPLE}, not {text[:60]!r}")
    opens, closes = _minute(found["opens"]), _minute(found["closes"])
    if opens in {closes, DAY_MINUTES}:
        raise ValueError(f"must open before it closes, unlike {text[:60]!r}; a whole day is 00:00-24:00")
    return TradingWindow(_days(found["days"]), opens, closes)


def is_within(windows: tuple[WindowText, ...], now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a moment (aware) is in one of the windows; raise ValueError for an unreadable one."""
    local = now.astimezone(zone)
    return any(window_of(text).holds(local) for text in windows)


def _days(names: str | None) -> frozenset[int]:
    if names is None:
        return frozenset(range(WEEK))
    days: set[int] = set()
    for part in names.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        ends = [_day(first), _day(last if dash else first)]
        days.update((ends[0] + step) % WEEK for step in range((ends[1] - ends[0]) % WEEK + 1))
    return frozenset(days)


def _day(name: str) -> int:
    if name not in DAYS:
        raise ValueError(f"must name days as {', '.join(DAYS)}, not {name[:20]!r}")
    return DAYS.index(name)


def _minute(text: str) -> int:
    hours, minutes = map(int, text.split(":"))
    total = hours * 60 + minutes
    if minutes >= 60 or total > DAY_MINUTES:  # noqa: PLR2004  # minutes of an hour
        raise ValueError(f"must have times from 00:00 to 24:00, not {text}")
    return total


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _day_names(days: frozenset[int]) -> str:
    """Write days as runs: `mon-wed,fri`."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs)
