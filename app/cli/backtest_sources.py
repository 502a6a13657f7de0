"""Where the bars of a backtest come from: files, and brokers for what their alerts trade."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from app.cli.backtest_bars import BarShelf, NoBars
from app.domain.backtest.listed_trades import ListedTrade
from app.domain.backtest.tape import Stretch, TapeAlert
from app.domain.bars import Series
from app.domain.instruments import Instrument
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import AppError, InvalidRequest
from app.wiring.tape_alerts import read_tape_alert

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BarSource:
    """A file, or a broker; `symbol` is the one that was named with it."""

    path: Path
    broker: str | None = None
    symbol: str | None = None


def named_source(text: str, is_broker: Callable[[str], bool]) -> BarSource:
    """Take SYMBOL=FILE or SYMBOL=BROKER apart; a file's own name may have a sign of equality."""
    symbol, equals, name = text.partition("=")
    if not equals or Path(text).exists():
        symbol, name = "", text
    return BarSource(Path(name), name if is_broker(name) else None, symbol or None)


@dataclass(frozen=True, slots=True)
class Told:
    """What is played: alerts, or the trades of a list."""

    alerts: Sequence[TapeAlert] = ()
    trades: Sequence[ListedTrade] = ()

    @property
    def times(self) -> list[datetime]:
        """Return when something happens."""
        ends = [trade.exit_time for trade in self.trades if trade.exit_time is not None]
        return [*(alert.at for alert in self.alerts), *(trade.entry_time for trade in self.trades), *ends]

    def instruments(self) -> list[Instrument]:
        """Return what is traded, as far as symbols can be read."""
        names: dict[tuple[str, str | None], None] = {(trade.symbol, None): None for trade in self.trades}
        for alert in self.alerts:
            # What is refused at the door trades nothing; the report counts it.
            with suppress(AppError):
                signal = read_tape_alert(alert).signal
                names[signal.symbol, signal.exchange] = None
        found: dict[str, Instrument] = {}
        for symbol, exchange in names:
            with suppress(SymbolRefused):
                instrument = parse_symbol(symbol, exchange=exchange)
                found.setdefault(instrument.symbol, instrument)
        return list(found.values())


@dataclass(slots=True)
class Downloads:
    """Bars of brokers for what is told; `notes` say where each is from."""

    shelf: BarShelf
    stretch: Stretch
    notes: list[str] = field(default_factory=list)

    def read(
        self, sources: Iterable[BarSource], told: Told, known: Mapping[str, Series]
    ) -> dict[str, Series]:
        """Return bars by symbol, beside those that are known already; raise InvalidRequest."""
        found: dict[str, Series] = {}
        for source in sources:
            if source.symbol is not None:
                found |= self._of(source, [_instrument(source.symbol)], told)
            else:
                traded = [each for each in told.instruments() if each.symbol not in {*known, *found}]
                found |= self._of(source, traded, told)
        return found

    def _of(self, source: BarSource, traded: Sequence[Instrument], told: Told) -> dict[str, Series]:
        since, until = self._days(told)
        found: dict[str, Series] = {}
        missing: list[NoBars] = []
        for instrument in traded:
            try:
                series, note = self.shelf.read(str(source.broker), instrument, since, until)
            except NoBars as error:
                missing.append(error)
            else:
                found[instrument.symbol] = series
                self.notes.append(note)
        if missing and not found:
            raise InvalidRequest(str(missing[0]))
        self.notes += [f"{error} Its orders fill at the prices that the alerts name." for error in missing]
        return found

    def _days(self, told: Told) -> tuple[datetime, datetime]:
        """Return the time that is played, in whole days: where none is named, that of the alerts."""
        times = told.times
        since, until = self.stretch.since, self.stretch.until
        if not times and (since is None or until is None):
            raise InvalidRequest("There is nothing to play in this time.")
        return since or _midnight(min(times)), until or _midnight(max(times)) + DAY


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(), at.tzinfo)


def _instrument(text: str) -> Instrument:
    exchange, _, ticker = text.rpartition(":")
    try:
        return parse_symbol(ticker, exchange=exchange or None)
    except SymbolRefused as error:
        raise InvalidRequest(f"{text} is not a symbol that we know.") from error
