"""Options and futures, in the forms of the OCC and of TradingView."""

import re
from datetime import date
from decimal import Decimal
from typing import Literal

from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.symbols.names import Name, SymbolRefused
from app.domain.symbols.tables import EXCHANGES, FUTURES_ROOTS, INDIAN_INDICES, Family

_TERMS = r" *(\d\d)(\d\d)(\d\d)([CP])(\d{8}|\d{1,6}(?:\.\d{1,3})?)"
_US_OPTION = re.compile(r"([A-Z]{1,6}|[A-Z]{1,5}\d)" + _TERMS)
_INDIAN_OPTION = re.compile(r"([A-Z0-9&-]{1,15}?)" + _TERMS)
_CONTINUOUS = re.compile(r"[A-Z0-9&_-]{1,15}[1-9]!")
_DATED = re.compile(r"([A-Z0-9]{1,12}?)([FGHJKMNQUVXZ])(20\d\d|[2-3]\d|\d)")
_INDIAN_FUTURE = re.compile(r"[A-Z0-9&-]{1,15}?\d\d(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)FUT")
_OCC_SCALE = 1000
_OCC_DIGITS = 8


def option_instrument(contract: OptionContract, venue: str | None = None) -> Instrument:
    """Name a contract the way the OCC does; raise SymbolRefused for a strike that this cannot express."""
    scaled = contract.strike * _OCC_SCALE
    if scaled != scaled.to_integral_value() or not 0 < scaled < 10**_OCC_DIGITS:
        raise SymbolRefused("SYMBOL_MALFORMED", f"{contract.strike} is not a strike.")
    terms = f"{contract.expiry:%y%m%d}{contract.kind[0].upper()}{int(scaled):08d}"
    return Instrument(contract.underlying + terms, AssetClass.OPTION, venue, contract, Decimal(1))


def read_option(name: Name) -> Instrument | None:
    """Read `AAPL250620C00100000` (also padded) or `AAPL250620C100.0`."""
    indian = name.family is Family.INDIA
    if not indian and name.family not in {Family.NONE, Family.US, Family.OPTIONS}:
        return None
    match = (_INDIAN_OPTION if indian else _US_OPTION).fullmatch(name.text)
    if match is None:
        return None
    home = name.exchange or INDIAN_INDICES.get(match[1])
    # Indian brokers count the units of a lot, American ones count contracts of a hundred.
    multiplier = Decimal(1 if home is not None and EXCHANGES[home] is Family.INDIA else 100)
    kind: Literal["call", "put"] = "call" if match[5] == "C" else "put"
    contract = OptionContract(match[1], _expiry(match), _strike(match[6]), kind, multiplier)
    return option_instrument(contract, home.lower() if home is not None else None)


def read_future(name: Name) -> Instrument | None:
    """Read a continuous (`ES1!`) or dated (`ESZ2025`, `NQH26`) future."""
    symbol = name.text if _is_standing(name) else _dated(name)
    return Instrument(symbol, AssetClass.FUTURE, name.venue, None, Decimal(1)) if symbol is not None else None


def _is_standing(name: Name) -> bool:
    if _CONTINUOUS.fullmatch(name.text):
        return True
    return name.family in {Family.INDIA, Family.FUTURES} and _INDIAN_FUTURE.fullmatch(name.text) is not None


def _dated(name: Name) -> str | None:
    match = _DATED.fullmatch(name.text)
    if match is None:
        return None
    root, month, year = match.groups()
    certain = {
        Family.NONE: root in FUTURES_ROOTS,
        Family.FUTURES: True,
        Family.CRYPTO: True,
        Family.INDIA: len(year) == len("2025"),  # shorter endings are shares there: LICNETFN50
    }
    if not certain.get(name.family, False):
        return None
    return f"{root}{month}20{year}" if len(year) == len("25") else name.text


def _expiry(match: re.Match[str]) -> date:
    try:
        return date(2000 + int(match[2]), int(match[3]), int(match[4]))
    except ValueError as error:
        raise SymbolRefused(
            "SYMBOL_MALFORMED", f"{match[0]} expires on a day that does not exist."
        ) from error


def _strike(digits: str) -> Decimal:
    return (
        Decimal(digits) / _OCC_SCALE if len(digits) == _OCC_DIGITS and "." not in digits else Decimal(digits)
    )
