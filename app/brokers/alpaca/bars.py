"""What prices did, as Alpaca's market data keeps it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.brokers.alpaca.capabilities import CAPABILITIES
from app.brokers.alpaca.mapping import bar_of, understood
from app.brokers.alpaca.symbols import order_symbol
from app.brokers.alpaca.transport import Transport
from app.domain.bars import Adjustment, Bar
from app.domain.instruments import INDIAN_VENUES, AssetClass, Instrument
from app.domain.json_codec import timestamp
from app.errors import BrokerUnavailable

# Version and path of the bars of a class.
_PATHS = {
    AssetClass.EQUITY: ("v2", "/stocks/bars"),
    AssetClass.CRYPTO: ("v1beta3", "/crypto/us/bars"),
    AssetClass.OPTION: ("v1beta1", "/options/bars"),
}
_UNITS = ((1440, "Day"), (60, "Hour"), (1, "Min"))
_PAGE = 10_000
# More than a year of minutes: whoever answers with yet another page is not believed.
_MOST_PAGES = 60
# Without a subscription Alpaca refuses to tell of anything later.
_DELAY = timedelta(minutes=15)
_NO_SUCH_SYMBOL = frozenset({400, 404, 422})


class BarReader:
    """Read bars page by page; prices are as they were unless an adjustment is wanted."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._clock = clock

    def read(
        self,
        instrument: Instrument,
        start: datetime,
        end: datetime,
        minutes: int,
        adjustment: Adjustment = Adjustment.RAW,
    ) -> list[Bar]:
        """Return the bars that lie between two times; raise BrokerUnavailable."""
        if instrument.asset_class not in _PATHS or instrument.venue in INDIAN_VENUES:
            return []
        # Alpaca's own end is the last beginning that counts.
        last = min(end, self._clock() - _DELAY) - timedelta(minutes=minutes)
        if last < start:
            return []
        query = {
            "symbols": order_symbol(instrument),
            "timeframe": _timeframe(minutes),
            "start": timestamp(start),
            "end": timestamp(last),
            "limit": str(_PAGE),
            "sort": "asc",
        }
        if instrument.asset_class is AssetClass.EQUITY:
            # Coins and contracts have neither.
            feed = CAPABILITIES.bar_feeds[instrument.asset_class]
            query |= {"adjustment": adjustment.value, "feed": feed}
        with understood(BrokerUnavailable):
            return self._pages(*_PATHS[instrument.asset_class], query)

    def _pages(self, version: str, path: str, query: dict[str, str]) -> list[Bar]:
        bars: list[Bar] = []
        for _ in range(_MOST_PAGES):
            page: Any = self._transport.read(path, query, data_version=version, absent=_NO_SUCH_SYMBOL)
            if page is None:
                return bars
            bars += [bar_of(row) for row in (page["bars"] or {}).get(query["symbols"]) or ()]
            following = page.get("next_page_token")
            if not following:
                return bars
            query = query | {"page_token": following}
        raise BrokerUnavailable("Alpaca's bars have no end.")


def _timeframe(minutes: int) -> str:
    length, unit = next((length, unit) for length, unit in _UNITS if minutes % length == 0)
    return f"{minutes // length}{unit}"
