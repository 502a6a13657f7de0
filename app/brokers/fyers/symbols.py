"""Our names for instruments and Fyers' tickers: `SBIN` is `NSE:SBIN-EQ`; contracts come from their list."""

import re
from decimal import Decimal

from app.brokers.parts import ListedContracts
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ONE
from app.errors import BrokerUnavailable

VENUE = "nse"
EXCHANGE, SHARE, FUTURE = "NSE:", "-EQ", "FUT"
# Fyers' names of the indices follow no rule.
_INDICES = {
    "NIFTY": "NSE:NIFTY50-INDEX",
    "BANKNIFTY": "NSE:NIFTYBANK-INDEX",
    "FINNIFTY": "NSE:FINNIFTY-INDEX",
    "MIDCPNIFTY": "NSE:MIDCPNIFTY-INDEX",
    "NIFTYNXT50": "NSE:NIFTYNXT50-INDEX",
}
# What the NSE lets a share's price move by: up to a price, in steps of so much.
_TICKS = ((1000, "0.05"), (5000, "0.1"), (10_000, "0.5"), (20_000, "1"))
_LARGEST_TICK = Decimal(5)
_OPTION = re.compile(r"\d(CE|PE)$")


class Tickers:
    """Tell what Fyers calls an instrument, and which one it means.

    What was listed once is remembered: a position must be closed even while there is no list to rely on.
    """

    def __init__(self, contracts: ListedContracts) -> None:
        self._contracts = contracts
        self._instruments: dict[str, Instrument] = {}
        self._tickers: dict[str, str] = {}

    def of(self, instrument: Instrument) -> str | None:
        """Return Fyers' ticker; None when it trades no such thing."""
        listed = self._contracts.ticker_of(instrument) or self._tickers.get(instrument.symbol)
        if listed is not None:
            return listed
        if instrument.symbol in _INDICES:
            return _INDICES[instrument.symbol]
        # A contract that is not listed has no ticker: put together by a pattern it could name another one.
        is_share = instrument.asset_class is AssetClass.EQUITY and instrument.venue in {None, VENUE}
        return f"{EXCHANGE}{instrument.symbol}{SHARE}" if is_share else None

    def instrument(self, ticker: str) -> Instrument:
        """Return what a ticker names, with lot and tick where they are known.

        Raise BrokerUnavailable for an option that is not listed: under another name it would pass for flat.
        """
        listed = self._contracts.by_ticker(ticker) or self._instruments.get(ticker)
        if listed is not None:
            self._instruments[ticker] = listed
            self._tickers[listed.symbol] = ticker
            return listed
        if ticker.startswith(EXCHANGE) and _OPTION.search(ticker):
            raise BrokerUnavailable(f"{ticker} is not in the list of contracts; refresh the symbol master.")
        name = ticker.partition(":")[2] or ticker
        if ticker.startswith(EXCHANGE) and name.endswith(SHARE):
            return share(name.removesuffix(SHARE))
        kind = AssetClass.FUTURE if name.endswith(FUTURE) else AssetClass.UNKNOWN
        return Instrument(name, kind, ticker.partition(":")[0].lower() or None, quantity_increment=ONE)


def share(symbol: str) -> Instrument:
    """Return a share at the NSE."""
    tick = Decimal(_TICKS[0][1])
    return Instrument(symbol, AssetClass.EQUITY, VENUE, quantity_increment=ONE, price_tick=tick)


def spot_ticker(underlying: str) -> str:
    """Return the ticker of what options are written on: an index or a share."""
    return _INDICES.get(underlying, f"{EXCHANGE}{underlying}{SHARE}")


def tick_of(price: Decimal, instrument: Instrument) -> Decimal:
    """Return the step that a price as high as this one moves by; expensive shares move in wider steps."""
    if instrument.asset_class is not AssetClass.EQUITY:
        return instrument.price_tick
    wide = next((Decimal(tick) for limit, tick in _TICKS if price <= limit), _LARGEST_TICK)
    return max(wide, instrument.price_tick)
