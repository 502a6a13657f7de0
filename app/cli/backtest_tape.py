"""The files and days that a backtest is played from."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from app.cli.backtest_sources import BarSource, Downloads, named_source
from app.dataclass import dataclass
from app.domain.backtest.whole_tape import Tape
from app.domain.bars import Series
from app.errors import InvalidRequest
from app.schemas.backtest.tape_reader import TapeReader, TapeText, read_day
from app.wiring.bar_shelf import BarShelf
from app.wiring.container import operations
from app.wiring.past_records import own_alerts
from app.wiring.traded import Told


@dataclass(frozen=True, slots=True)
class TapeFiles:
    """Opens files for a reader of tapes; `shelf` has the bars of brokers."""

    reader: TapeReader
    shelf: BarShelf

    def read(self, alerts: str, bars: Sequence[str]) -> Tape:
        """Read alerts, from a file or of a day of our own, and bars; raise InvalidRequest."""
        sources = [named_source(text, self.shelf.keeps) for text in bars]
        series = self._of_files(source for source in sources if source.broker is None)
        told = self._told(alerts)
        downloads = Downloads(self.shelf, self.reader.stretch)
        series |= downloads.read([source for source in sources if source.broker is not None], told, series)
        return self.reader.put_together(told.alerts, told.trades, series, downloads.notes)

    def _told(self, alerts: str) -> Told:
        day = read_day(alerts)
        if day is not None:
            own = own_alerts(operations().ledger, day.date(), day.date())
            return Told(self.reader.stretch.of_alerts(own))
        path = Path(alerts)
        with _opened(path) as lines:
            return Told(*self.reader.told(TapeText(path.name, lines)))

    def _of_files(self, sources: Iterable[BarSource]) -> dict[str, Series]:
        with ExitStack() as opened:
            return self.reader.bars(_texts(sources, opened))


def _texts(sources: Iterable[BarSource], opened: ExitStack) -> Iterator[TapeText]:
    for source in sources:
        lines = opened.enter_context(_opened(source.path))
        yield TapeText(source.path.name, lines, source.symbol)


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error
