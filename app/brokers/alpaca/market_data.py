"""Prices, hours and what Alpaca says about instruments."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote as quoted

from app.brokers.alpaca.mapping import (
    asset_of,
    hours_of,
    is_tight,
    terms_of,
    two_sided,
    understood,
    with_trade,
)
from app.brokers.alpaca.normalisation import Asset
from app.brokers.alpaca.receipts import Row
from app.brokers.alpaca.symbols import order_symbol, path_symbol
from app.brokers.alpaca.transport import Transport
from app.domain.accounts import AssetTerms, MarketHours, Quote
from app.domain.instruments import AssetClass, Instrument
from app.errors import BrokerUnavailable

# Version and path of the latest quotes or trades of a class.
_PATHS = {
    AssetClass.EQUITY: ("v2", "/stocks/{what}/latest"),
    AssetClass.CRYPTO: ("v1beta3", "/crypto/us/latest/{what}"),
    AssetClass.OPTION: ("v1beta1", "/options/{what}/latest"),
}
_NO_SUCH_SYMBOL = frozenset({400, 404, 422})
_CLOCK_AGE = timedelta(seconds=30)
_ASSET_AGE = timedelta(hours=12)


class MarketData:
    """Read the market; every method raises BrokerUnavailable."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime]) -> None:
        self._transport = transport
        self._clock = clock
        self._hours: tuple[datetime, MarketHours] | None = None
        self._assets: dict[str, tuple[datetime, Asset]] = {}
        # What Alpaca itself had no asset of when it was asked last.
        self._missing: set[str] = set()

    def quote(self, instrument: Instrument) -> Quote | None:
        """Return the middle of a tight market, else the last trade; one call in the first case."""
        if instrument.asset_class not in _PATHS:
            return None
        with understood(BrokerUnavailable):
            sides = two_sided(self._latest("quotes", instrument))
            is_option = instrument.asset_class is AssetClass.OPTION
            # A wide quote is nobody's price; but an option's last trade may be days old, so there it counts.
            if sides is not None and (is_option or is_tight(sides)):
                return sides
            return with_trade(sides, self._latest("trades", instrument))

    def hours(self, instrument: Instrument) -> MarketHours:
        """Return whether the instrument trades; Alpaca's clock is asked every 30 s and at every change."""
        if instrument.asset_class is AssetClass.CRYPTO:
            # Alpaca's clock is that of the stock exchange; coins trade at any hour.
            return MarketHours(is_open=True)
        now = self._clock()
        # A clock that was set back must not make the answer last.
        if self._hours is None or not now < self._hours[0] <= now + _CLOCK_AGE:
            with understood(BrokerUnavailable):
                hours = hours_of(self._transport.read("/clock"))
            changes = [at for at in (hours.next_open, hours.next_close) if at is not None and at > now]
            self._hours = (min([now + _CLOCK_AGE, *changes]), hours)
        return self._hours[1]

    def asset(self, instrument: Instrument) -> Asset | None:
        """Return what Alpaca says about the instrument, at most twelve hours old; None: it has none."""
        known = self.known_asset(instrument)
        if known is not None:
            return known
        path = f"/assets/{quoted(path_symbol(instrument), safe='')}"
        with understood(BrokerUnavailable):
            row: Row | None = self._transport.read(path, absent=frozenset({404}))
            if row is None:
                self._note_missing(instrument)
                return None
            asset = asset_of(row, instrument.symbol)
        self._missing.discard(instrument.symbol)
        self._assets[instrument.symbol] = (self._clock(), asset)
        return asset

    def terms(self, instrument: Instrument) -> AssetTerms | None:
        """Return what an entry must keep to, as it was answered last; None: Alpaca has not said anything."""
        asset = self.known_asset(instrument)
        if asset is not None:
            return terms_of(asset, instrument.asset_class)
        return AssetTerms(is_listed=False) if instrument.symbol in self._missing else None

    def known_asset(self, instrument: Instrument) -> Asset | None:
        """Return what is remembered of the instrument, without asking."""
        at, asset = self._assets.get(instrument.symbol, (None, None))
        return asset if at is not None and self._clock() - at < _ASSET_AGE else None

    def _note_missing(self, instrument: Instrument) -> None:
        if instrument.asset_class is AssetClass.OPTION:
            # The list of assets need not have contracts; they have one of their own.
            path = f"/options/contracts/{quoted(path_symbol(instrument), safe='')}"
            if self._transport.read(path, absent=frozenset({404})) is not None:
                return
        self._missing.add(instrument.symbol)

    def _latest(self, what: str, instrument: Instrument) -> Row | None:
        version, path = _PATHS[instrument.asset_class]
        symbol = order_symbol(instrument)
        answer: Any = self._transport.read(
            path.format(what=what), {"symbols": symbol}, data_version=version, absent=_NO_SUCH_SYMBOL
        )
        row: Row | None = None if answer is None else answer[what].get(symbol)
        return row
