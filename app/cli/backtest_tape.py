"""The files and days that a backtest is played from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.backtest.listed_trades import ListedTrade, alerts_of
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
    """Reads files; `zone` is that of times that name none, `symbol` what a list of trades trades."""

    zone: tzinfo
    stretch: Stretch
    symbol: str | None = None

    def read(self, alerts: str, bars: Sequence[str]) -> Tape:
        """Read alerts, from a file or of a day of our own, and bars; raise InvalidRequest."""
        series = self._bars(bars)
        day = _read_day(alerts)
        if day is not None:
            return self._tape(_own_alerts(day), series)
        path = Path(alerts)
        with _opened(path) as lines:
            first = next(lines, "")
            everything = chain([first], lines)
            if is_trade_list(first):
                return self._of_list(everything, path.name, series)
            return self._tape(read_alerts(everything, path.name, self.zone), series)

    def _of_list(self, lines: Iterable[str], name: str, series: dict[str, Series]) -> Tape:
        listed = read_trade_list(lines, name, self.zone, self.symbol)
        trades = [trade for trade in listed if self.stretch.has(trade.entry_time)]
        return self._tape(alerts_of(trades, series), series, trades)

    def _tape(
        self, alerts: Sequence[TapeAlert], series: dict[str, Series], trades: Sequence[ListedTrade] = ()
    ) -> Tape:
        played = {name: self.stretch.of_bars(each) for name, each in series.items()}
        bars = {name: each for name, each in played.items() if each.bars}
        return Tape(alerts=self.stretch.of_alerts(alerts), bars=bars, trades=trades)

    def _bars(self, files: Sequence[str]) -> dict[str, Series]:
        found: dict[str, Series] = {}
        for text in files:
            symbol, path = _named_file(text)
            with _opened(path) as lines:
                first = next(lines, "")
                if not is_bars(first):
                    raise InvalidRequest(f"{path} has no columns time, open, high, low and close.")
                read = read_bars(chain([first], lines), path.name, self.zone, symbol)
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


def _named_file(text: str) -> tuple[str | None, Path]:
    """Take SYMBOL=FILE apart; a file whose name has a sign of equality is one all the same."""
    named, equals, path = text.partition("=")
    return (named, Path(path)) if equals and not Path(text).exists() else (None, Path(text))


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
