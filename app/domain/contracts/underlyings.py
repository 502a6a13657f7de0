"""Underlyings as TradingView, Fyers and the exchange call them."""

import re
from difflib import get_close_matches

from app.domain.contracts.index import ContractIndex
from app.domain.contracts.listed import ContractRefused
from app.domain.reasons import Reason
from app.domain.symbols import SymbolRefused
from app.domain.symbols.names import read_name

# Indices whose charts have another name than their contracts.
_INDICES = {
    "CNXFINANCE": "FINNIFTY",
    "NIFTY50": "NIFTY",
    "NIFTYBANK": "BANKNIFTY",
    "NIFTY_MID_SELECT": "MIDCPNIFTY",
}
_CONTINUOUS = re.compile(r"(.+)[1-9]!")
_ENDINGS = ("-INDEX", "-EQ")
_LIKENESSES = 3


def find_underlying(index: ContractIndex, text: str) -> str:
    """Return the underlying that a chart's name stands for; raise ContractRefused where none is listed."""
    name = _plain(text)
    known = index.underlyings
    if name in known:
        return name
    # TradingView writes `_` for both `&` and `-`.
    alike = [each for each in known if _underscored(each) == name]
    if len(alike) == 1:
        return alike[0]
    near = alike or get_close_matches(name, known, _LIKENESSES)
    hint = f"; the nearest names are {', '.join(near)}" if near else ""
    raise ContractRefused(Reason.CONTRACT_UNKNOWN, f"The NSE lists no options on {name}{hint}.")


def _plain(text: str) -> str:
    try:
        name = read_name(text, None)
    except SymbolRefused as error:
        raise ContractRefused(Reason[error.code], error.message) from error
    if name.exchange not in {None, "NSE"}:
        raise ContractRefused(
            Reason.CONTRACT_UNKNOWN, f"Only contracts of the NSE are known, none of {name.exchange}."
        )
    continuous = _CONTINUOUS.fullmatch(name.text)
    plain = name.text if continuous is None else continuous[1]
    for ending in _ENDINGS:
        plain = plain.removesuffix(ending)
    return _INDICES.get(plain, plain)


def _underscored(name: str) -> str:
    return name.replace("&", "_").replace("-", "_")
