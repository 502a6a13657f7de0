"""Bars of a broker for a backtest: downloaded once, kept as files, and read from these ever after."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.cli.progress import progress_bar
from app.clock import Clock, Wait, system_wait
from app.domain.bars import Adjustment, Series
from app.domain.hours import exchange_closes
from app.domain.instruments import INDIAN_VENUES, Instrument
from app.errors import InvalidRequest
from app.schemas.backtest.bar_files import bars_as_csv
from app.schemas.backtest.bars import read_bars
from app.services.backtest.bar_download import DAY_MINUTES, BarDownload, WantedBars
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry
from app.wiring.container import services

# Lengths of bars that every broker that keeps any has, in minutes.
TIMEFRAMES = {
    **{f"{minutes}m": minutes for minutes in (1, 2, 3, 5, 10, 15, 20, 30)},
    **{f"{hours}h": 60 * hours for hours in (1, 2, 4)},
    "1d": DAY_MINUTES,
}
ADJUSTED = {
    Adjustment.RAW: "not adjusted",
    Adjustment.SPLIT: "adjusted for splits",
    Adjustment.ALL: "adjusted for splits and dividends",
}
# What a broker tells of without a subscription, and a minute in which the last bar is written.
UNSETTLED = timedelta(minutes=16)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarShelf:
    """Bars by broker and instrument; `folder` is where they are kept."""

    folder: Path
    registry: BrokerRegistry
    clock: Clock
    timeframe: str
    adjustment: Adjustment | None
    extended: bool = False
    wait: Wait = system_wait

    def keeps(self, name: str) -> bool:
        """Tell whether that is the name of a broker that keeps bars, set up here or not."""
        return name in self.registry.known and bool(self.registry.capabilities(name).bar_feeds)

    def read(self, name: str, instrument: Instrument, since: datetime, until: datetime) -> tuple[Series, str]:
        """Return bars and what is to be said of them; raise NoBars, InvalidRequest, or BrokerUnavailable."""
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
        file = self.folder / self._file_name(name, feed, wanted)
        text = _kept(file)
        if text is None:
            text = self._downloaded(name, wanted)
            # Of a day that is not over there will be more.
            if until + wanted.span <= ended:
                _keep(file, text)
        (read,) = read_bars(text.splitlines(), file.name, UTC, span=wanted.span).values()
        bars = read.bars
        return Series(bars, wanted.span, since, until), self._note(name, feed, wanted, len(bars))

    def _adjustment(self, name: str, instrument: Instrument) -> Adjustment:
        """Return what was asked for, else splits as charts have them; raw where one cannot choose."""
        if instrument.asset_class in self.registry.capabilities(name).adjusted_bars:
            return self.adjustment or Adjustment.SPLIT
        return Adjustment.RAW

    def _downloaded(self, name: str, wanted: WantedBars) -> str:
        symbol = wanted.instrument.symbol
        try:
            broker = self.registry.get(name)
        except BrokerNotConfigured as error:
            raise InvalidRequest(
                f"{name} is not set up here, so its bars cannot be downloaded: "
                f"it needs {self.registry.needs(name)}."
            ) from error
        with progress_bar(wanted.portions, f"Downloading {symbol}") as told:
            bars = BarDownload(broker, self.wait).read(wanted, told)
        if not bars:
            days = f"from {wanted.since:%Y-%m-%d} to {_last_day(wanted):%Y-%m-%d}"
            raise NoBars(f"{name} has no bars of {symbol} {days}; a file may: --bars {symbol}=FILE.")
        return bars_as_csv(_in_file(wanted.instrument), bars)

    def _file_name(self, name: str, feed: str, wanted: WantedBars) -> str:
        days = f"{wanted.since:%Y%m%d}-{_last_day(wanted):%Y%m%d}"
        hours = ("extended",) if wanted.extended else ()
        parts = (name, feed, wanted.instrument.symbol, self.timeframe, days, wanted.adjustment.value, *hours)
        return f"{'_'.join(parts)}.csv"

    def _note(self, name: str, feed: str, wanted: WantedBars, count: int) -> str:
        is_regular = exchange_closes(wanted.instrument) and not wanted.extended
        can_choose = wanted.instrument.asset_class in self.registry.capabilities(name).adjusted_bars
        adjusted = ADJUSTED[wanted.adjustment] if can_choose else f"as {name} has them"
        return (
            f"{wanted.instrument.symbol}: {count} bars of {self.timeframe} from {name} (feed {feed}), "
            f"{adjusted}, {'regular' if is_regular else 'all'} hours."
        )


class NoBars(Exception):
    """A broker has none of an instrument; the sentence says which and when."""


def bar_shelf(timeframe: str, adjust: str | None, *, extended: bool) -> BarShelf:
    """Return the shelf of this service: beside its database."""
    house = services()
    return BarShelf(
        folder=house.settings.database_path.parent / "bars",
        registry=house.brokers.registry,
        clock=house.clock,
        timeframe=timeframe,
        adjustment=None if adjust is None else Adjustment(adjust),
        extended=extended,
    )


def _in_file(instrument: Instrument) -> str:
    """Return the symbol as a file of bars has it: with its exchange, where it is not known without."""
    venue = instrument.venue
    return f"{venue.upper()}:{instrument.symbol}" if venue in INDIAN_VENUES else instrument.symbol


def _last_day(wanted: WantedBars) -> datetime:
    return wanted.until - timedelta(microseconds=1)


def _kept(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{file} cannot be read; where it is gone, it is downloaded again.") from error


def _keep(file: Path, text: str) -> None:
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
