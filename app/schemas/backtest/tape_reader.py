"""A tape out of texts: alerts of whatever kind, the bars between them, and the days that are played."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.dataclass import dataclass
from app.domain.backtest.listed_trades import ListedTrade, alerts_of
from app.domain.backtest.tape import Stretch, TapeAlert
from app.domain.backtest.whole_tape import Tape
from app.domain.bars import Series
from app.errors import InvalidRequest
from app.schemas.backtest.alert_files import is_alerts, no_alerts, read_alerts
from app.schemas.backtest.bars import (
    canonical_symbol,
    is_bars,
    names_its_symbol,
    read_bars,
    symbol_of_file,
)
from app.schemas.backtest.trade_lists import is_trade_list, read_trade_list, symbol_traded

NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class TapeText:
    """Lines and the name of what they stand in; `symbol` is what its bars are of, where it was told."""

    name: str
    lines: Iterable[str]
    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class TapeReader:
    """Reads texts; `zone` is that of times that name none, `symbol` what a list of trades trades."""

    zone: tzinfo
    stretch: Stretch
    symbol: str | None = None

    def read(self, alerts: TapeText, bars: dict[str, Series]) -> Tape:
        """Put alerts, or a list of trades, between bars; raise InvalidRequest."""
        return self.put_together(*self.told(alerts), bars)

    def told(self, text: TapeText) -> tuple[list[TapeAlert], list[ListedTrade]]:
        """Return the alerts that are played, or the trades of a list; raise InvalidRequest."""
        lines = iter(text.lines)
        first = next(lines, "")
        everything = chain([first], lines)
        if is_trade_list(first):
            listed = read_trade_list(everything, text.name, self.zone, self.symbol)
            return [], [trade for trade in listed if self.stretch.has(trade.entry_time)]
        return self.stretch.of_alerts(read_alerts(everything, text.name, self.zone)), []

    def bars(self, texts: Iterable[TapeText]) -> dict[str, Series]:
        """Read bars by their symbols; raise InvalidRequest, also where two texts have the same one's."""
        found: dict[str, Series] = {}
        for text in texts:
            lines = iter(text.lines)
            heading = _heading_of_bars(text.name, lines)
            read = read_bars(chain([heading], lines), text.name, self.zone, text.symbol)
            for name in sorted(read.keys() & found.keys()):
                raise InvalidRequest(f"{text.name} has bars of {name}, and so has another file.")
            found |= read
        return found

    def look(self, alerts: TapeText | None, bars: Iterable[TapeText]) -> None:
        """Look at the first lines alone; raise InvalidRequest where a text is not what it is given for."""
        if alerts is not None:
            first = next((line for line in alerts.lines if line.strip()), "")
            if is_trade_list(first):
                symbol_traded(alerts.name, self.symbol)
            elif not is_alerts(first):
                raise no_alerts(alerts.name)
        for text in bars:
            first = _heading_of_bars(text.name, iter(text.lines))
            if text.symbol is not None:
                canonical_symbol(text.symbol)
            elif not names_its_symbol(first):
                symbol_of_file(text.name)

    def put_together(
        self,
        alerts: Sequence[TapeAlert],
        trades: Sequence[ListedTrade],
        bars: dict[str, Series],
        notes: Sequence[str] = (),
    ) -> Tape:
        """Return the part of it that is played; the alerts of trades go by what bars say of their prices."""
        played = {name: self.stretch.of_bars(each) for name, each in bars.items()}
        return Tape(
            alerts=self.stretch.of_alerts(alerts_of(trades, bars) if trades else alerts),
            bars={name: each for name, each in played.items() if each.bars},
            trades=trades,
            notes=notes,
        )


def _heading_of_bars(name: str, lines: Iterator[str]) -> str:
    first = next(lines, "")
    if not is_bars(first):
        raise InvalidRequest(f"{name} has no columns time, open, high, low and close.")
    return first


def zone_named(name: str) -> tzinfo:
    """Return a time zone; raise InvalidRequest."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidRequest(f"{name} is no time zone; write it like America/New_York.") from error


def day_named(text: str | None, later: timedelta = NO_TIME) -> datetime | None:
    """Return the beginning of a UTC day, or so much later; None of None; raise InvalidRequest."""
    if text is None:
        return None
    day = read_day(text)
    if day is None:
        raise InvalidRequest(f"{text} is not a day like 2026-06-02.")
    return day + later


def read_day(text: str) -> datetime | None:
    """Return the beginning of a UTC day; None of anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
