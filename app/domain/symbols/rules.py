"""The order in which a name is read, and the rules for shares and indices."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from app.domain.instruments import AssetClass, Instrument
from app.domain.symbols.derivatives import read_future, read_option
from app.domain.symbols.names import Name, SymbolRefused, read_name
from app.domain.symbols.pairs import read_pair, read_perpetual
from app.domain.symbols.tables import AMBIGUOUS, AMPERSANDS, INDICES, Family

# `.P` marks a perpetual, so it is no share class.
_SHARE = re.compile(r"([A-Z]{1,5})(?:[./-]([A-OQ-Z]|WS))?")
_INDIAN_SHARE = re.compile(r"[A-Z0-9][A-Z0-9&-]{0,19}")
_INDIAN_DERIVATIVE = re.compile(r".*\d(CE|PE|FUT)")


def parse_symbol(text: str, *, exchange: str | None = None) -> Instrument:
    """Return the one instrument that a symbol names; raise SymbolRefused rather than guess.

    `parse_symbol(i.symbol, exchange=i.venue)` finds `i` again. Without the venue this fails for what only the
    venue made certain: Indian names, coins outside our table, and a fund that shares its name with a coin.
    """
    return _parse(text, exchange)


def get_asset_class(symbol: str) -> AssetClass:
    """Return what kind of instrument a symbol names, or unknown."""
    try:
        return parse_symbol(symbol).asset_class
    except SymbolRefused:
        return AssetClass.UNKNOWN


@lru_cache(maxsize=4096)
def _parse(text: str, exchange: str | None) -> Instrument:
    name = read_name(text, exchange)
    for read in _RULES:
        instrument = read(name)
        if instrument is not None:
            return instrument
    ways = "check how it is written, or name its exchange, as in NSE:RELIANCE"
    raise SymbolRefused("SYMBOL_UNKNOWN", f"{name.text} is none that is known here: {ways}.")


def _refuse_index(name: Name) -> None:
    indian = name.family is Family.INDIA and (name.text.endswith("-INDEX") or name.text.startswith("CNX"))
    dominance = name.family is Family.NONE and name.text.endswith(".D") and name.text[:-2] in AMBIGUOUS
    if name.family is Family.INDEX or name.text in INDICES or indian or dominance:
        raise SymbolRefused("SYMBOL_INDEX", f"{name.text} is an index: it can be watched, not traded.")


def _read_indian_share(name: Name) -> Instrument | None:
    if name.family is not Family.INDIA:
        return None
    text = AMPERSANDS.get(name.text, name.text.replace("_", "-")).removesuffix("-EQ")
    if not _INDIAN_SHARE.fullmatch(text) or _INDIAN_DERIVATIVE.fullmatch(text):
        return None
    return Instrument(text, AssetClass.EQUITY, name.venue, price_tick=Decimal("0.05"))


def _read_share(name: Name) -> Instrument | None:
    match = _SHARE.fullmatch(name.text)
    if match is None or name.family not in {Family.NONE, Family.US}:
        return None
    if name.family is Family.NONE and match[1] in AMBIGUOUS:
        raise SymbolRefused(
            "SYMBOL_AMBIGUOUS", f"{name.text} may be a coin or a share: name a quote or an exchange."
        )
    return Instrument(".".join(filter(None, match.groups())), AssetClass.EQUITY, name.venue)


_RULES: tuple[Callable[[Name], Instrument | None], ...] = (
    _refuse_index,
    read_option,
    read_future,
    read_perpetual,
    read_pair,
    _read_indian_share,
    _read_share,
)
