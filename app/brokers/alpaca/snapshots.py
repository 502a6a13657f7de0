"""What a decision needs to know at Alpaca, in one round trip or, where its streams have told it, in none."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from urllib.parse import quote as quoted

from app.brokers.alpaca.buying_power import Funds
from app.brokers.alpaca.capabilities import NAME
from app.brokers.alpaca.mapping import signed_quantity, understood
from app.brokers.alpaca.market_data import MarketData
from app.brokers.alpaca.receipts import Row
from app.brokers.alpaca.streams import Streams
from app.brokers.alpaca.symbols import path_symbol
from app.brokers.alpaca.transport import Transport
from app.domain.accounts import Account, MarketSnapshot, Quote
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ZERO
from app.errors import BrokerUnavailable

_READERS = 16
_PRICE_AGE = timedelta(seconds=5)


class SnapshotReader:
    """Looks at account, position and quote at once, and remembers the price for the order that follows."""

    def __init__(
        self,
        transport: Transport,
        market: MarketData,
        funds: Funds,
        streams: Streams,
        clock: Callable[[], datetime],
    ) -> None:
        self._transport = transport
        self._market = market
        self._funds = funds
        self._streams = streams
        self._clock = clock
        self._prices: dict[str, tuple[datetime, Decimal]] = {}

    def read(self, instrument: Instrument, *, for_entry: bool) -> MarketSnapshot:
        """Return the account, with the buying power for this instrument, its position and its quote.

        Only an entry may trust a stream with the position: who sells what is held must have asked.
        """
        # Three reads at once: the slowest of them is the distance between alert and order.
        told = self._streams.position(instrument) if for_entry else None
        position = self._readers.submit(self._position, instrument) if told is None else None
        account = self._account_soon(instrument.asset_class)
        if self._market.known_asset(instrument) is None:
            asset = self._readers.submit(self.remember_asset, instrument)
            quote = self._quote_now(instrument)
            asset.result()
        else:
            quote = self._quote_now(instrument)
        held = position.result() if position is not None else told or ZERO
        terms = self._market.terms(instrument)
        return MarketSnapshot(account(), held, quote, is_told=position is None, asset=terms)

    def position(self, instrument: Instrument) -> Decimal:
        """Read what is held, and nothing else: an exit must not wait for what may be out of order."""
        if self._market.known_asset(instrument) is None:
            # How the quantity may be written, if Alpaca says it in time.
            asset = self._readers.submit(self.remember_asset, instrument)
            held = self._position(instrument)
            asset.result()
            return held
        return self._position(instrument)

    def quote(self, instrument: Instrument) -> Quote | None:
        """Read the quote."""
        quote = self._market.quote(instrument)
        if quote is not None:
            self._prices[instrument.symbol] = (self._clock(), quote.price)
        return quote

    def last_price(self, instrument: Instrument) -> Decimal | None:
        """Return the price that was seen a moment ago; None: there is none."""
        at, price = self._prices.get(instrument.symbol, (None, None))
        return price if at is not None and abs(self._clock() - at) < _PRICE_AGE else None

    def remember_asset(self, instrument: Instrument) -> None:
        """Ask what Alpaca says about the instrument: it saves a refusal, which else says the same."""
        with suppress(BrokerUnavailable):
            self._market.asset(instrument)

    @cached_property
    def _readers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_READERS, thread_name_prefix=NAME)

    def _quote_now(self, instrument: Instrument) -> Quote | None:
        quote = self._streams.quote(instrument)
        if quote is None:
            return self.quote(instrument)
        self._prices[instrument.symbol] = (self._clock(), quote.price)
        return quote

    def _account_soon(self, asset_class: AssetClass) -> Callable[[], Account]:
        self._streams.keep_account()
        known = self._funds.remembered(asset_class)
        if known is not None:
            return lambda: known
        return self._readers.submit(self._funds.account, asset_class).result

    def _position(self, instrument: Instrument) -> Decimal:
        path = f"/positions/{quoted(path_symbol(instrument), safe='')}"
        with understood(BrokerUnavailable):
            row: Row | None = self._transport.read(path, absent=frozenset({404}))
            return ZERO if row is None else signed_quantity(row)
