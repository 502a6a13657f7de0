"""Where the bars of a backtest come from: files, and brokers for what their alerts trade."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from app.cli.progress import progress_bar
from app.dataclass import dataclass
from app.domain.backtest.tape import Stretch
from app.domain.bars import Adjustment, Series
from app.domain.instruments import Instrument
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import InvalidRequest
from app.wiring.bar_shelf import BarShelf, find_each, shelf_folder
from app.wiring.container import services
from app.wiring.traded import Told


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
        since, until = told.days(self.stretch)
        broker = str(source.broker)
        kept, missing = find_each(
            lambda instrument: self.shelf.find(broker, instrument, since, until), traded
        )
        found: dict[str, Series] = {}
        for each in kept:
            found[each.symbol], note = each.read()
            self.notes.append(note)
        self.notes += missing
        return found


def bar_shelf(timeframe: str, adjust: str | None, *, extended: bool) -> BarShelf:
    """Return the shelf of this service: beside its database."""
    house = services()
    return BarShelf(
        folder=shelf_folder(house.settings),
        registry=house.brokers.registry,
        clock=house.clock,
        timeframe=timeframe,
        adjustment=None if adjust is None else Adjustment(adjust),
        extended=extended,
        watched=lambda wanted: progress_bar(wanted.portions, f"Downloading {wanted.instrument.symbol}"),
    )


def _instrument(text: str) -> Instrument:
    exchange, _, ticker = text.rpartition(":")
    try:
        return parse_symbol(ticker, exchange=exchange or None)
    except SymbolRefused as error:
        raise InvalidRequest(f"{text} is not a symbol that we know.") from error
