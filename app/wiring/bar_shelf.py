"""Bars of a broker for a backtest: downloaded once, kept as files, and read from these ever after."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from app.brokers.base import Broker
from app.clock import Clock
from app.config import Settings
from app.dataclass import dataclass
from app.domain.bars import TIMEFRAMES, Adjustment, Series
from app.domain.hours import exchange_closes
from app.domain.instruments import INDIAN_VENUES, Instrument
from app.errors import InvalidRequest
from app.schemas.backtest.bar_files import bars_as_csv
from app.schemas.backtest.bars import read_bars
from app.services.backtest.bar_download import PATIENT, BarDownload, QuestionPace, Told, WantedBars
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry

ADJUSTED = {
    Adjustment.RAW: "not adjusted",
    Adjustment.SPLIT: "adjusted for splits",
    Adjustment.ALL: "adjusted for splits and dividends",
}
# What a broker tells of without a subscription, and a minute in which the last bar is written.
UNSETTLED = timedelta(minutes=16)


def nobody_is_told(_wanted: WantedBars) -> AbstractContextManager[Told]:
    """Download in silence."""
    return nullcontext(lambda _portions: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBars:
    """Bars of an instrument as they lie on the shelf: a file's name and text, and what is said of them."""

    symbol: str
    name: str
    text: str
    span: timedelta
    since: datetime
    until: datetime
    about: str

    @property
    def count(self) -> int:
        """Return how many there are, without reading them."""
        return self.text.count("\n") - 1

    def read(self) -> tuple[Series, str]:
        """Return the bars, and a sentence about them; raise InvalidRequest."""
        (read,) = read_bars(self.text.splitlines(), self.name, UTC, span=self.span).values()
        series = Series(read.bars, self.span, self.since, self.until)
        return series, f"{self.symbol}: {len(read.bars)} {self.about}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BarShelf:
    """Bars by broker and instrument.

    `folder` is where they are kept; without one they are downloaded each time. `watched` tells somebody how
    far a download is.
    """

    folder: Path | None
    registry: BrokerRegistry
    clock: Clock
    timeframe: str
    adjustment: Adjustment | None
    extended: bool = False
    pace: QuestionPace = PATIENT
    watched: Callable[[WantedBars], AbstractContextManager[Told]] = nobody_is_told

    def keeps(self, name: str) -> bool:
        """Tell whether that is the name of a broker that keeps bars, set up here or not."""
        return name in self.registry.known and bool(self.registry.capabilities(name).bar_feeds)

    def find(self, name: str, instrument: Instrument, since: datetime, until: datetime) -> KeptBars:
        """Return bars; raise NoBars, InvalidRequest, or BrokerUnavailable."""
        ended = self.clock() - UNSETTLED
        wanted = WantedBars(
            instrument=instrument,
            since=since,
            until=min(until, ended),
            minutes=TIMEFRAMES[self.timeframe],
            adjustment=self._adjustment(name, instrument),
            extended=self.extended,
        )
        if wanted.until <= since:
            raise InvalidRequest(f"There are no bars yet from {since:%Y-%m-%d} on.")
        feed = self.registry.capabilities(name).bar_feeds.get(instrument.asset_class)
        if feed is None:
            raise NoBars(f"{name} keeps no bars of {instrument.asset_class.value}, like {instrument.symbol}.")
        file = self._file_name(name, feed, wanted)
        text = self._kept(file)
        if text is None:
            text = self._downloaded(name, wanted)
            # Of a day that is not over there will be more.
            if until + wanted.span <= ended:
                self._keep(file, text)
        return KeptBars(
            symbol=instrument.symbol,
            name=file,
            text=text,
            span=wanted.span,
            since=since,
            until=until,
            about=self._about(name, feed, wanted),
        )

    def _adjustment(self, name: str, instrument: Instrument) -> Adjustment:
        """Return what was asked for, else splits as charts have them; raw where one cannot choose."""
        if instrument.asset_class in self.registry.capabilities(name).adjusted_bars:
            return self.adjustment or Adjustment.SPLIT
        return Adjustment.RAW

    def _downloaded(self, name: str, wanted: WantedBars) -> str:
        symbol = wanted.instrument.symbol
        broker = self._broker(name)
        with self.watched(wanted) as told:
            portions = BarDownload(broker, self.pace).portions(wanted, told)
            text = bars_as_csv(_in_file(wanted.instrument), chain.from_iterable(portions))
        if text.count("\n") == 1:
            days = f"from {wanted.since:%Y-%m-%d} to {_last_day(wanted):%Y-%m-%d}"
            raise NoBars(f"{name} has no bars of {symbol} {days}; a file of your own may.")
        return text

    def _broker(self, name: str) -> Broker:
        try:
            return self.registry.get(name)
        except BrokerNotConfigured as error:
            raise InvalidRequest(
                f"{name} is not set up here, so its bars cannot be downloaded: "
                f"it needs {self.registry.needs(name)}."
            ) from error

    def _kept(self, name: str) -> str | None:
        if self.folder is None:
            return None
        file = self.folder / name
        try:
            return file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidRequest(
                f"{file} cannot be read; where it is gone, it is downloaded again."
            ) from error

    def _keep(self, name: str, text: str) -> None:
        if self.folder is not None:
            _write(self.folder / name, text)

    def _file_name(self, name: str, feed: str, wanted: WantedBars) -> str:
        days = f"{wanted.since:%Y%m%d}-{_last_day(wanted):%Y%m%d}"
        hours = ("extended",) if wanted.extended else ()
        parts = (name, feed, wanted.instrument.symbol, self.timeframe, days, wanted.adjustment.value, *hours)
        return f"{'_'.join(parts)}.csv"

    def _about(self, name: str, feed: str, wanted: WantedBars) -> str:
        is_regular = exchange_closes(wanted.instrument) and not wanted.extended
        can_choose = wanted.instrument.asset_class in self.registry.capabilities(name).adjusted_bars
        adjusted = ADJUSTED[wanted.adjustment] if can_choose else f"as {name} has them"
        return (
            f"bars of {self.timeframe} from {name} (feed {feed}), "
            f"{adjusted}, {'regular' if is_regular else 'all'} hours."
        )


class NoBars(Exception):
    """A broker has none of an instrument; the sentence says which and when."""


def shelf_folder(settings: Settings) -> Path:
    """Return where bars are kept: beside the database."""
    return settings.database_path.parent / "bars"


def find_each(
    find: Callable[[Instrument], KeptBars], traded: Iterable[Instrument]
) -> tuple[list[KeptBars], list[str]]:
    """Return the bars of instruments, and what is said of those without; raise InvalidRequest if none has."""
    found: list[KeptBars] = []
    missing: list[NoBars] = []
    for instrument in traded:
        try:
            found.append(find(instrument))
        except NoBars as error:
            missing.append(error)
    if missing and not found:
        raise InvalidRequest(str(missing[0]))
    return found, [f"{error} Its orders fill at the prices that the alerts name." for error in missing]


def _in_file(instrument: Instrument) -> str:
    """Return the symbol as a file of bars has it: with its exchange, where it is not known without."""
    venue = instrument.venue
    return f"{venue.upper()}:{instrument.symbol}" if venue in INDIAN_VENUES else instrument.symbol


def _last_day(wanted: WantedBars) -> datetime:
    return wanted.until - timedelta(microseconds=1)


def _write(file: Path, text: str) -> None:
    """Write a whole file or none: half of one would be believed."""
    half = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(text, encoding="utf-8")
        half.replace(file)
    except OSError as error:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise InvalidRequest(f"{file} cannot be written: {error.strerror}.") from error
