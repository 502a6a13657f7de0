"""Currencies and coins: spot pairs and perpetuals."""

import re
from decimal import Decimal

from app.domain.instruments import AssetClass, Instrument
from app.domain.symbols.names import Name, SymbolRefused
from app.domain.symbols.tables import (
    COINS,
    CURRENCIES,
    DOLLAR_COINS,
    METALS,
    QUOTES,
    RARE_QUOTES,
    TAILED_COINS,
    Family,
)

_COIN = re.compile(r"(?=\d*[A-Z])[A-Z0-9]{1,15}")
_PAIR = re.compile(r"([A-Z0-9]+)[-/_.]([A-Z]{3,5})")
_PERPETUAL = re.compile(r"(.+?)(?:\.P|[-_.]?PERP)")
_PAIR_FAMILIES = frozenset({Family.NONE, Family.CRYPTO, Family.FOREX})
_CENT = Decimal("0.01")
_COIN_INCREMENT = Decimal("0.000000001")

_Pair = tuple[str, str]


def read_pair(name: Name) -> Instrument | None:
    """Read a spot pair: two currencies, or a known coin (on a crypto exchange any coin) and its quote."""
    pair = _find_pair(name)
    if pair is None:
        return None
    symbol = "-".join(pair)
    if CURRENCIES.issuperset(pair):
        return Instrument(symbol, AssetClass.FOREX, name.venue, None, Decimal(1), _currency_tick(pair))
    return Instrument(symbol, AssetClass.CRYPTO, name.venue, None, _COIN_INCREMENT, _coin_tick(pair))


def read_perpetual(name: Name) -> Instrument | None:
    """Read a perpetual (`BTCUSD.P`, `BTC-PERP`); without a quote it is against the dollar."""
    match = _PERPETUAL.fullmatch(name.text)
    if match is None or name.family not in _PAIR_FAMILIES:
        return None
    stem = match[1]
    pair = (stem, "USD") if stem in COINS else _find_pair(Name(stem, name.exchange, name.family))
    if pair is None or CURRENCIES.issuperset(pair):
        return None
    symbol = "-".join(pair) + ".P"
    return Instrument(symbol, AssetClass.FUTURE, name.venue, None, _COIN_INCREMENT, _coin_tick(pair))


def _find_pair(name: Name) -> _Pair | None:
    if name.family not in _PAIR_FAMILIES or name.text in COINS:
        return None
    splits = [pair for pair in _splits(name.text) if pair[0] != _dollar(pair[1]) and _COIN.fullmatch(pair[0])]
    certain = [pair for pair in splits if pair[0] in COINS or CURRENCIES.issuperset(pair)]
    likely = _likely(certain or (splits if name.family is Family.CRYPTO else []))
    return _only(name, {(base, _dollar(quote)) for base, quote in likely})


def _splits(text: str) -> list[_Pair]:
    match = _PAIR.fullmatch(text)
    if match is not None:
        return [(match[1], match[2])] if match[2] in QUOTES or match[2] in CURRENCIES else []
    if not text.isalnum():
        return []
    currencies = [(text[:3], text[3:])] if {text[:3], text[3:]} <= CURRENCIES else []
    return currencies or [(text[: -len(quote)], quote) for quote in QUOTES if text[1:].endswith(quote)]


def _likely(splits: list[_Pair]) -> list[_Pair]:
    """Leave out quotes that are rare where plain dollars make a known coin of the name.

    ARBUSD is ARB in dollars: only somebody who writes a dash can mean AR in BUSD. A known coin in such a
    quote (BTCBUSD) stays one, since no coin is known as BTCB.
    """
    if any(quote == "USD" and base in COINS | TAILED_COINS for base, quote in splits):
        return [pair for pair in splits if pair[1] not in RARE_QUOTES]
    return splits


def _only(name: Name, pairs: set[_Pair]) -> _Pair | None:
    if len(pairs) > 1:
        readings = " or ".join(sorted("-".join(pair) for pair in pairs))
        # {{ticker}} pastes the name as the chart has it: nobody can write a dash there.
        ways = "choose a chart against another quote, or write the symbol itself, with a dash, for {{ticker}}"
        raise SymbolRefused("SYMBOL_AMBIGUOUS", f"{name.text} may be {readings}; {ways}.")
    return next(iter(pairs), None)


def _dollar(quote: str) -> str:
    return "USD" if quote in DOLLAR_COINS else quote


def _currency_tick(pair: _Pair) -> Decimal:
    if pair[0] in METALS:
        return _CENT
    return Decimal("0.001") if pair[1] == "JPY" else Decimal("0.00001")


def _coin_tick(pair: _Pair) -> Decimal:
    base, quote = pair
    if quote not in CURRENCIES:
        return Decimal("0.00000001")
    return _CENT if base in {"BTC", "ETH"} else Decimal("0.0001")
