"""Alpaca's two streams at work: `trade_updates` of the account, quotes of what is traded."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from app.brokers.alpaca.mapping import understood
from app.brokers.alpaca.receipts import Row
from app.brokers.alpaca.streams import Streams
from app.brokers.alpaca.streams_account import KeptAccount
from app.brokers.alpaca.streams_connection import KeptStream, Line, StreamEnded
from app.brokers.alpaca.streams_positions import KnownPositions
from app.brokers.alpaca.streams_quotes import KnownQuotes
from app.brokers.alpaca.streams_reading import ReadApart
from app.dataclass import dataclass
from app.domain.accounts import Position, Quote
from app.domain.instruments import AssetClass, Instrument
from app.errors import BrokerUnavailable, OutcomeUnknown

UPDATES = "trade_updates"
# The best feed first, as the latest quotes are read; how many symbols a plan lets one have of it.
FEEDS = (("sip", 200), ("iex", 30))
NOT_IN_PLAN, TOO_MANY_SYMBOLS = 409, 405

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAccess:
    """Who listens, and the addresses that its requests go to."""

    key: str
    secret: str
    trading_url: str
    data_url: str


class TradeUpdates:
    """The account's stream: what happens to any of its orders, whoever sent them."""

    name = "trade updates"

    def __init__(self, access: StreamAccess, positions: KnownPositions, read: Callable[[], None]) -> None:
        self._access = access
        self._positions = positions
        self._read = read

    @property
    def url(self) -> str:
        """Where it is spoken."""
        return f"{_socket(self._access.trading_url)}/stream"

    def begin(self, line: Line) -> None:
        """Log in and listen; what is known is read after that, so that nothing falls between."""
        keys = {"key_id": self._access.key, "secret_key": self._access.secret}
        line.send({"action": "authenticate", "data": keys})
        if line.receive()["data"].get("status") != "authorized":
            raise StreamEnded("the keys are not taken")
        line.send({"action": "listen", "data": {"streams": [UPDATES]}})
        if UPDATES not in (line.receive()["data"].get("streams") or ()):
            raise StreamEnded("the account has none")

    def take(self, message: Any) -> None:
        """Take an event in."""
        if message["stream"] == UPDATES:
            self._positions.take(message["data"])

    def beat(self, line: Line) -> None:  # noqa: ARG002
        """Have all positions read when it is time."""
        if self._positions.is_due():
            self._read()

    def end(self) -> None:
        """Know nothing."""
        self._positions.forget()


class QuoteUpdates:
    """The market's stream, for the symbols that were asked for lately."""

    name = "quotes"

    def __init__(self, access: StreamAccess, quotes: KnownQuotes) -> None:
        self._access = access
        self._quotes = quotes
        self._feeds = list(FEEDS)

    @property
    def url(self) -> str:
        """Where it is spoken; market data has its streams on a host of their own."""
        address = _socket(self._access.data_url).replace("://data.", "://stream.data.", 1)
        return f"{address}/v2/{self._feeds[0][0]}"

    def begin(self, line: Line) -> None:
        """Log in; what the plan has not is asked for no more."""
        _succeeded(line.receive())
        line.send({"action": "auth", "key": self._access.key, "secret": self._access.secret})
        answer = line.receive()
        if answer[0].get("code") == NOT_IN_PLAN and len(self._feeds) > 1:
            self._feeds.pop(0)
        _succeeded(answer)
        self._quotes.forget(self._feeds[0][1])

    def take(self, message: Any) -> None:
        """Take quotes in, and what Alpaca says of the subscription."""
        for each in message:
            match each["T"]:
                case "q":
                    self._quotes.take(each)
                case "subscription":
                    self._quotes.confirm(each.get("quotes") or [])
                case "error" if each["code"] == TOO_MANY_SYMBOLS:
                    self._quotes.shrink()
                case "error":
                    raise StreamEnded(str(each.get("msg")))

    def beat(self, line: Line) -> None:
        """Follow what is asked for."""
        more, less = self._quotes.changes()
        if less:
            line.send({"action": "unsubscribe", "quotes": less})
        if more:
            line.send({"action": "subscribe", "quotes": more})

    def end(self) -> None:
        """Know nothing."""
        self._quotes.forget()


class LiveStreams(Streams):
    """Both streams, begun with the first order; `orders` and `positions` read what they begin from.

    What another process has just sent is not known here, so where there is one no position is proven.
    """

    def __init__(
        self,
        access: StreamAccess,
        clock: Callable[[], datetime],
        *,
        orders: Callable[[], list[Row]],
        positions: Callable[[], list[Position]],
        account: Callable[[], object],
        processes: Callable[[], int],
    ) -> None:
        self._processes = processes
        self._account = KeptAccount(account)
        self._is_begun = False
        self._orders, self._positions_now = orders, positions
        self._reading = ReadApart(self._read)
        self._positions, self._quotes = KnownPositions(), KnownQuotes(clock)
        self._updates = KeptStream(TradeUpdates(access, self._positions, self._reading.begin))
        self._market = KeptStream(QuoteUpdates(access, self._quotes))

    def position(self, instrument: Instrument) -> Decimal | None:
        """Return the signed position where the stream proves it."""
        if instrument.asset_class is not AssetClass.EQUITY or not self._updates.is_fresh:
            return None
        if self._processes() > 1:
            return None
        return self._positions.of(instrument.symbol)

    def quote(self, instrument: Instrument) -> Quote | None:
        """Return the quote where the stream has a fresh one; what is asked for is subscribed to."""
        if instrument.asset_class is not AssetClass.EQUITY:
            return None
        quote = self._quotes.of(instrument.symbol)
        return quote if self._market.is_fresh else None

    @contextmanager
    def sending(self, symbol: str, client_order_id: str = "") -> Iterator[None]:
        """Believe nothing about a symbol until the end of what is sent in it was told."""
        self._updates.start()
        self._market.start()
        self._is_begun = True
        with self._positions.sending(symbol):
            try:
                yield
            except OutcomeUnknown:
                if client_order_id:
                    self._positions.expect(symbol, client_order_id)
                self._positions.doubt(symbol)
                raise

    def placed(self, symbol: str, row: Row) -> None:
        """Wait for the end of an order and of each leg, even where the answer says that it has filled."""
        with understood(OutcomeUnknown):
            self._positions.expect(symbol, *(each["id"] for each in (row, *(row.get("legs") or ()))))

    def check(self, positions: Iterable[Position]) -> None:
        """Doubt what a read contradicts."""
        self._positions.check(positions)

    def keep_account(self) -> None:
        """Read it ahead while alerts come, once orders do."""
        if self._is_begun:
            self._account.keep()

    def close(self) -> None:
        """End both."""
        self._account.close()
        self._updates.close()
        self._market.close()

    def _read(self) -> None:
        try:
            self._positions.read(self._orders, self._positions_now)
        except BrokerUnavailable as error:
            log.info("Alpaca's positions could not be read for its stream: %s", error)


def _socket(url: str) -> str:
    parts = urlsplit(url)
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}{parts.path.rstrip('/')}"


def _succeeded(answer: Any) -> None:
    if answer[0]["T"] != "success":
        raise StreamEnded(str(answer[0].get("msg")))
