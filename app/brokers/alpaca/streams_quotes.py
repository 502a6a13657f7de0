"""Quotes of the shares that were asked for lately, as Alpaca's market data stream sends them."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from app.brokers.alpaca.mapping import is_tight, two_sided
from app.brokers.alpaca.receipts import Row
from app.domain.accounts import Quote

# By its own time: a stream that lags behind shows in it, and so does one that is open and mute.
OLDEST = timedelta(seconds=5)


class KnownQuotes:
    """The last quote of each symbol that is subscribed; every method may be called by any thread."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._wanted: OrderedDict[str, None] = OrderedDict()
        self._subscribed: set[str] = set()
        self._rows: dict[str, Row] = {}
        self._room = 0

    def forget(self, room: int = 0) -> None:
        """Know nothing, and subscribe to at most so many symbols from now on."""
        with self._lock:
            self._subscribed, self._rows, self._room = set(), {}, room

    def of(self, symbol: str) -> Quote | None:
        """Return the middle of a tight and fresh market; None: it must be read. Either way it is wanted."""
        with self._lock:
            self._wanted[symbol] = None
            self._wanted.move_to_end(symbol)
            row = self._rows.get(symbol)
        quote = two_sided(row)
        if quote is None or not is_tight(quote) or abs(self._clock() - quote.at) > OLDEST:
            return None
        return quote

    def take(self, row: Row) -> None:
        """Keep a quote; one of a symbol that was given up may still come."""
        symbol: str = row["S"]
        with self._lock:
            if symbol in self._subscribed:
                self._rows[symbol] = row

    def changes(self) -> tuple[list[str], list[str]]:
        """Return what to subscribe to and what to give up: the least lately asked for goes."""
        with self._lock:
            while len(self._wanted) > max(self._room, 1):
                self._wanted.popitem(last=False)
            wanted = set(self._wanted) if self._room else set()
            return sorted(wanted - self._subscribed), sorted(self._subscribed - wanted)

    def confirm(self, symbols: list[str]) -> None:
        """Hear from Alpaca what is subscribed now."""
        with self._lock:
            self._subscribed = set(symbols)
            self._rows = {symbol: row for symbol, row in self._rows.items() if symbol in self._subscribed}

    def shrink(self) -> None:
        """Want no more than what is subscribed: Alpaca allows no more."""
        with self._lock:
            self._room = min(self._room, max(len(self._subscribed), 1))
