"""What a backtest plays: alerts at their times, and the bars between them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import IntEnum
from heapq import merge

from app.domain.bars import Bar, Series
from app.domain.hours import exchange_zone, sessions_between
from app.domain.instruments import AssetClass, Instrument
from app.domain.symbols import SymbolRefused, parse_symbol


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
DAY = timedelta(days=1)
INDIA = "NSE"
INDIAN_OPENING = time(9, 15)


class TapeTurn(IntEnum):
    """What comes first of what happens at one time: a bar ends before the next opens, then alerts come."""

    REST = 0
    OPEN = 1
    ALERT = 2


@dataclass(frozen=True, slots=True, order=True)
class TapeEvent:
    """Something on the tape: of a bar its symbol and its end, of an alert the alert."""

    at: datetime
    turn: TapeTurn
    name: str
    bar: Bar | None = field(default=None, compare=False)
    until: datetime | None = field(default=None, compare=False)
    alert: TapeAlert | None = field(default=None, compare=False)


def events(bars: Mapping[str, Series], alerts: Iterable[TapeAlert]) -> Iterator[TapeEvent]:
    """Yield all that happens in its order; the same bars and alerts always give the same one."""
    told = (
        TapeEvent(alert.at, TapeTurn.ALERT, f"{number:09d}", alert=alert)
        for number, alert in enumerate(sorted(alerts, key=lambda alert: alert.at))
    )
    return merge(told, *(_of_bars(symbol, series) for symbol, series in sorted(bars.items())))


def _of_bars(symbol: str, series: Series) -> Iterator[TapeEvent]:
    for bar, end in zip(series.bars, ends_of(symbol, series), strict=True):
        yield TapeEvent(bar.at, TapeTurn.OPEN, symbol, bar=bar, until=end)
        yield TapeEvent(end, TapeTurn.REST, symbol, bar=bar, until=end)


def ends_of(symbol: str, series: Series) -> Iterator[datetime]:
    """Yield the moment at which each bar is over.

    One that is shorter than the others (half a day, say) ends where the next begins, and the last of a
    session, like that of a whole day, with the session: what its close sets off is too late for it.
    """
    instrument = _instrument(symbol, series)
    for place, bar in enumerate(series.bars):
        end = bar.at + series.span
        following = series.bars[place + 1].at if place + 1 < len(series.bars) else None
        if following is not None and following < end:
            end = following
        # Looked up where it may matter alone: within a session one bar follows upon the other.
        if instrument is not None and (following != end or series.span >= DAY):
            end = _with_its_session(instrument, bar.at, end)
        yield end


def _with_its_session(instrument: Instrument, begin: datetime, end: datetime) -> datetime:
    sessions = sessions_between(instrument, begin, end) or ()
    closes = [closing for opening, closing in sessions if opening < end and begin < closing < end]
    return max(closes, default=end)


def _instrument(symbol: str, series: Series) -> Instrument | None:
    """Return what a series is of: no exchange stands in a symbol, but India's day begins at its own time."""
    found, indian = _parsed(symbol), _parsed(symbol, INDIA)
    if indian is None or (found is not None and found.asset_class is not AssetClass.EQUITY):
        return found
    begin = series.bars[0].at.astimezone(exchange_zone(indian)).time() if series.bars else None
    # Bars of days may begin at midnight.
    begins_there = begin == INDIAN_OPENING or (begin == time(0) and series.span >= DAY)
    return indian if found is None or begins_there else found


def _parsed(symbol: str, exchange: str | None = None) -> Instrument | None:
    try:
        return parse_symbol(symbol, exchange=exchange)
    except SymbolRefused:
        return None


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
