"""The files and days that a backtest is played from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.cli.backtest_bars import BarShelf
from app.cli.backtest_sources import BarSource, Downloads, Told, named_source
from app.domain.backtest.listed_trades import alerts_of
from app.domain.backtest.tape import Stretch, TapeAlert
from app.domain.bars import Series
from app.errors import InvalidRequest
from app.schemas.backtest.alert_files import of_ticket, read_alerts
from app.schemas.backtest.bars import is_bars, read_bars
from app.schemas.backtest.trade_lists import is_trade_list, read_trade_list
from app.services.backtest.run import Tape
from app.wiring.container import operations

NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class TapeFiles:
    """Reads files; `zone` is that of times that name none, `symbol` what a list of trades trades.

    `shelf` has the bars of brokers.
    """

    zone: tzinfo
    stretch: Stretch
    shelf: BarShelf
    symbol: str | None = None

    def read(self, alerts: str, bars: Sequence[str]) -> Tape:
        """Read alerts, from a file or of a day of our own, and bars; raise InvalidRequest."""
        sources = [named_source(text, self.shelf.keeps) for text in bars]
        series = self._of_files(source for source in sources if source.broker is None)
        told = self._told(alerts)
        downloads = Downloads(self.shelf, self.stretch)
        series |= downloads.read([source for source in sources if source.broker is not None], told, series)
        played = {name: self.stretch.of_bars(each) for name, each in series.items()}
        return Tape(
            alerts=self.stretch.of_alerts(alerts_of(told.trades, series)) if told.trades else told.alerts,
            bars={name: each for name, each in played.items() if each.bars},
            trades=told.trades,
            notes=downloads.notes,
        )

    def _told(self, alerts: str) -> Told:
        day = _read_day(alerts)
        if day is not None:
            return Told(self.stretch.of_alerts(_own_alerts(day)))
        path = Path(alerts)
        with _opened(path) as lines:
            first = next(lines, "")
            everything = chain([first], lines)
            if is_trade_list(first):
                listed = read_trade_list(everything, path.name, self.zone, self.symbol)
                return Told(trades=[trade for trade in listed if self.stretch.has(trade.entry_time)])
            return Told(self.stretch.of_alerts(read_alerts(everything, path.name, self.zone)))

    def _of_files(self, sources: Iterable[BarSource]) -> dict[str, Series]:
        found: dict[str, Series] = {}
        for source in sources:
            path = source.path
            with _opened(path) as lines:
                first = next(lines, "")
                if not is_bars(first):
                    raise InvalidRequest(f"{path} has no columns time, open, high, low and close.")
                read = read_bars(chain([first], lines), path.name, self.zone, source.symbol)
            for name in read.keys() & found.keys():
                raise InvalidRequest(f"{path} has bars of {name}, and so has another file.")
            found |= read
        return found


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
    day = _read_day(text)
    if day is None:
        raise InvalidRequest(f"{text} is not a day like 2026-06-02.")
    return day + later


def _read_day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _own_alerts(day: datetime) -> list[TapeAlert]:
    tickets = operations().ledger.filed_on(day.date(), after="")
    return [alert for alert in map(of_ticket, tickets) if alert is not None]


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
