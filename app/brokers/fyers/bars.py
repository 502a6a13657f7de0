"""What prices did, as Fyers keeps it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.brokers.fyers.mapping import understood
from app.brokers.fyers.outcomes import has_nothing
from app.brokers.fyers.symbols import VENUE, Tickers
from app.brokers.fyers.transport import Transport
from app.domain.bars import Bar
from app.domain.instruments import Instrument
from app.errors import BrokerUnavailable

_DAY_MINUTES = 1440
# What one request may be about: a hundred days of minutes, a year of days (API v3 reference).
_MOST_DAYS, _MOST_DAYS_OF_DAYS = 100, 366
_ONE_SECOND = timedelta(seconds=1)


class BarReader:
    """Read bars, as many days at a time as Fyers tells; it has no say in how prices are adjusted."""

    def __init__(self, transport: Transport, tickers: Tickers) -> None:
        self._transport, self._tickers = transport, tickers

    def read(self, instrument: Instrument, start: datetime, end: datetime, minutes: int) -> list[Bar] | None:
        """Return the bars that lie between two times; raise BrokerUnavailable.

        None where the instrument is not said to be of the NSE: there may be another one of its name.
        """
        ticker = self._tickers.of(instrument) if instrument.venue == VENUE else None
        if ticker is None:
            return None
        last = end - timedelta(minutes=minutes)
        resolution = "1D" if minutes == _DAY_MINUTES else str(minutes)
        found: list[Bar] = []
        for first, until in _parts(start, last, _MOST_DAYS_OF_DAYS if resolution == "1D" else _MOST_DAYS):
            query = {
                "symbol": ticker,
                "resolution": resolution,
                "date_format": "0",
                "range_from": str(int(first.timestamp())),
                "range_to": str(int(until.timestamp())),
                "cont_flag": "0",
            }
            with understood(BrokerUnavailable):
                body = self._transport.read("/history", query, data=True, absent=has_nothing)
                found += [_bar(row) for row in body.get("candles") or ()]
        return [bar for bar in found if start <= bar.at <= last]


def _parts(start: datetime, last: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Cut a time, whose ends both count, into parts of at most so many days."""
    while start <= last:
        end = min(start + timedelta(days=days) - _ONE_SECOND, last)
        yield start, end
        start = end + _ONE_SECOND


def _bar(row: list[object]) -> Bar:
    """Read a candle: time, open, high, low, close, volume; one that contradicts itself is no answer."""
    seconds, first, high, low, last, volume = (Decimal(str(figure)) for figure in row)
    bar = Bar(datetime.fromtimestamp(int(seconds), UTC), first, high, low, last, volume)
    if not bar.is_sound:
        raise ValueError("A bar whose prices do not fit each other.")
    return bar
