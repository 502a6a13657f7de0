"""What a backtest plays: alerts at their times, and the bars between them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from heapq import merge

from app.domain.bars import Bar, Series


@dataclass(frozen=True, slots=True)
class TapeAlert:
    """An alert as it would be posted at its time; `place` says where it was read.

    `bot` and `dialect` are those of a ticket, where one was kept of it.
    """

    at: datetime
    place: str
    text: str
    bot: str | None = None
    dialect: str | None = None


# A bar's last price is that of the moment before the next begins.
MOMENT = timedelta(milliseconds=1)


class TapeTurn(IntEnum):
    """What comes first of what happens at one time: a bar ends before the next opens, then alerts come."""

    REST = 0
    OPEN = 1
    ALERT = 2


@dataclass(frozen=True, slots=True, order=True)
class TapeEvent:
    """Something on the tape: of a bar its symbol, of an alert the alert."""

    at: datetime
    turn: TapeTurn
    name: str
    bar: Bar | None = field(default=None, compare=False)
    alert: TapeAlert | None = field(default=None, compare=False)


def events(bars: Mapping[str, Series], alerts: Iterable[TapeAlert]) -> Iterator[TapeEvent]:
    """Yield all that happens in its order; the same bars and alerts always give the same one."""
    told = (
        TapeEvent(alert.at, TapeTurn.ALERT, f"{number:09d}", alert=alert)
        for number, alert in enumerate(sorted(alerts, key=lambda alert: alert.at))
    )
    return merge(told, *(_of_bars(symbol, series) for symbol, series in sorted(bars.items())))


def _of_bars(symbol: str, series: Series) -> Iterator[TapeEvent]:
    for place, bar in enumerate(series.bars):
        yield TapeEvent(bar.at, TapeTurn.OPEN, symbol, bar=bar)
        end = bar.at + series.span
        # A bar that is shorter than the others (half a day, say) ends where the next begins.
        if place + 1 < len(series.bars):
            end = min(end, series.bars[place + 1].at)
        yield TapeEvent(end, TapeTurn.REST, symbol, bar=bar)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time that is played: from `since` on, and before `until`; None is as far as the tape goes."""

    since: datetime | None = None
    until: datetime | None = None

    def has(self, at: datetime) -> bool:
        """Tell whether a moment lies in it."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def of_alerts(self, alerts: Iterable[TapeAlert]) -> list[TapeAlert]:
        """Return the alerts that came in it."""
        return [alert for alert in alerts if self.has(alert.at)]

    def of_bars(self, series: Series) -> Series:
        """Return the bars that begin in it."""
        kept = tuple(bar for bar in series.bars if self.has(bar.at))
        return Series(kept, series.span, self.since or series.since, self.until or series.until)
