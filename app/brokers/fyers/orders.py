"""Orders as Fyers holds them today; there is no other day in its book."""

import time
from collections.abc import Callable
from threading import Lock

from app.brokers.fyers.mapping import understood
from app.brokers.fyers.order_snapshot import OrderSnapshot
from app.brokers.fyers.receipts import Row
from app.brokers.fyers.symbols import Tickers
from app.brokers.fyers.tags import Names
from app.brokers.fyers.transport import Transport
from app.domain.orders import Receipt
from app.errors import BrokerUnavailable

# An entry's legs may appear later than its fill; what has not come by then is not waited for.
LEG_SECONDS = 10.0


class OrderLookup:
    """Read orders; every method raises BrokerUnavailable.

    The whole book is one request: what was read serves whoever asks within `age_seconds`, unless something
    was sent since. Requests are scarce here, and an order is looked at many times.
    """

    def __init__(
        self,
        transport: Transport,
        tickers: Tickers,
        names: Names,
        *,
        age_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.names = names
        self._transport, self._tickers = transport, tickers
        self._age_seconds, self._clock = age_seconds, clock
        self._read: tuple[float, list[Row]] | None = None
        self._without_legs: dict[str, float] = {}
        self._writes = 0
        self._lock = Lock()

    def find(self, name: str) -> Receipt | None:
        """Return the order or leg of this name; None: it is not in today's book."""
        with understood(BrokerUnavailable):
            return self._book().find(name)

    def rows(self, name: str) -> list[Row]:
        """Return every row of today's book under this name; none: it is not there."""
        with understood(BrokerUnavailable):
            return self._book().rows(name)

    def open(self) -> list[Receipt]:
        """Return every order that can still fill."""
        with understood(BrokerUnavailable):
            return self._book().open()

    def forget(self) -> None:
        """Read the book anew the next time: something was sent."""
        with self._lock:
            self._writes += 1
            self._read = None

    def _book(self) -> OrderSnapshot:
        return OrderSnapshot(self._rows(), self.names, self._tickers, self._is_coming)

    def _is_coming(self, number: str) -> bool:
        now = self._clock()
        with self._lock:
            # From the first look that missed them: the book does not say when an entry filled.
            return now - self._without_legs.setdefault(number, now) < LEG_SECONDS

    def _rows(self) -> list[Row]:
        with self._lock:
            # Both together: a write between the two would make an old book look new.
            writes, read = self._writes, self._read
        if read is not None and self._clock() - read[0] < self._age_seconds:
            return read[1]
        at = self._clock()
        rows: list[Row] = self._transport.read("/orders")["orderBook"]
        with self._lock:
            # What was read while something was being sent may not show it.
            self._read = (at, rows) if writes == self._writes else None
        return rows
