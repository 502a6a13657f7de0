"""Prices and hours."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from app.brokers.fyers.mapping import hours_of, quotes_of, understood
from app.brokers.fyers.receipts import Row
from app.brokers.fyers.symbols import Tickers, spot_ticker
from app.brokers.fyers.transport import Transport
from app.domain.accounts import MarketHours, Quote
from app.domain.instruments import Instrument
from app.errors import BrokerUnavailable

# What Fyers takes in one request (API v3 reference).
MOST_SYMBOLS = 50
# The price that a decision has just read serves its order too: two hundred requests a minute are few.
_HOURS_AGE, _PRICE_AGE = timedelta(seconds=30), timedelta(seconds=5)


class MarketData:
    """Read the market; every method raises BrokerUnavailable."""

    def __init__(self, transport: Transport, tickers: Tickers, clock: Callable[[], datetime]) -> None:
        self._transport, self._tickers, self._clock = transport, tickers, clock
        self._hours: tuple[datetime, list[Row]] | None = None
        self._prices: dict[str, tuple[datetime, Decimal]] = {}

    def quotes(self, instruments: Iterable[Instrument]) -> dict[Instrument, Quote]:
        """Return the latest prices, fifty a request; what has none is left out."""
        named = {instrument: self._tickers.of(instrument) for instrument in instruments}
        found = self._read({ticker for ticker in named.values() if ticker is not None})
        return {
            instrument: found[ticker]
            for instrument, ticker in named.items()
            if ticker is not None and ticker in found
        }

    def spot(self, underlying: str) -> Decimal | None:
        """Return the level of an index or the price of a share that options are written on."""
        ticker = spot_ticker(underlying)
        quote = self._read({ticker}).get(ticker)
        return quote.price if quote is not None else None

    def recent_price(self, instrument: Instrument) -> Decimal | None:
        """Return a price that was read within five seconds, without asking."""
        at, price = self._prices.get(self._tickers.of(instrument) or "", (None, None))
        return price if at is not None and self._clock() - at < _PRICE_AGE else None

    def hours(self, instrument: Instrument) -> MarketHours:
        """Return whether the instrument's part of the exchange is open; asked every 30 s."""
        now = self._clock()
        if self._hours is None or now - self._hours[0] >= _HOURS_AGE:
            with understood(BrokerUnavailable):
                self._hours = (now, self._transport.read("/marketStatus", data=True)["marketStatus"])
        with understood(BrokerUnavailable):
            return hours_of(self._hours[1], instrument.asset_class, now)

    def _read(self, tickers: Iterable[str]) -> dict[str, Quote]:
        wanted, found = sorted(tickers), dict[str, Quote]()
        for start in range(0, len(wanted), MOST_SYMBOLS):
            query = {"symbols": ",".join(wanted[start : start + MOST_SYMBOLS])}
            now = self._clock()
            with understood(BrokerUnavailable):
                found |= quotes_of(self._transport.read("/quotes", query, data=True)["d"], now)
        at = self._clock()
        self._prices.update({ticker: (at, quote.price) for ticker, quote in found.items()})
        return found
