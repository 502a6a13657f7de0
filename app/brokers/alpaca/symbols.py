"""Our names for instruments and Alpaca's: `BTC-USD` is `BTC/USD` in an order and `BTCUSD` as a position."""

from app.domain.instruments import AssetClass, Instrument
from app.domain.symbols import SymbolRefused, parse_symbol

_CLASSES = {
    "us_equity": AssetClass.EQUITY,
    "us_option": AssetClass.OPTION,
    "crypto": AssetClass.CRYPTO,
}
# The longer names first: BTCUSDT is no pair of BTCUS and DT.
_QUOTES = ("USDT", "USDC", "USD", "BTC")
OPTION_TERMS_LENGTH = len("250620C00100000")


def order_symbol(instrument: Instrument) -> str:
    """Return the name that orders and market data carry."""
    if instrument.asset_class is AssetClass.CRYPTO:
        return instrument.symbol.replace("-", "/")
    return instrument.symbol


def path_symbol(instrument: Instrument) -> str:
    """Return the name that stands in addresses of positions and assets."""
    if instrument.asset_class is AssetClass.CRYPTO:
        # The SDK does not encode paths: with its stroke the name would be another address.
        return instrument.symbol.replace("-", "")
    return instrument.symbol


def canonical_symbol(symbol: str, asset_class: str) -> str:
    """Return our name for what Alpaca calls `symbol`."""
    if _CLASSES.get(asset_class) is not AssetClass.CRYPTO:
        return symbol
    if "/" in symbol:
        return symbol.replace("/", "-")
    quote = next((quote for quote in _QUOTES if symbol[1:].endswith(quote)), None)
    return symbol if quote is None else f"{symbol.removesuffix(quote)}-{quote}"


def instrument_of(symbol: str, asset_class: str) -> Instrument:
    """Return the instrument behind Alpaca's name and class, with its terms where the name tells them."""
    name, kind = canonical_symbol(symbol, asset_class), _CLASSES.get(asset_class, AssetClass.UNKNOWN)
    try:
        read = parse_symbol(name)
    except SymbolRefused:
        return Instrument(name, kind)
    # Alpaca knows the class for certain; a name alone may be a coin and a fund.
    return read if (read.symbol, read.asset_class) == (name, kind) else Instrument(name, kind)


def class_of(symbol: str) -> AssetClass:
    """Return the class that one of our names of an Alpaca order belongs to."""
    if len(symbol) > OPTION_TERMS_LENGTH and symbol[-8:].isdigit():
        return AssetClass.OPTION
    return AssetClass.CRYPTO if "-" in symbol else AssetClass.EQUITY
