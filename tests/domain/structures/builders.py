"""Structures in the words of a trader: `legs("+P95", "-P100", "-C110", "+C115")`."""

from datetime import date
from decimal import Decimal

from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.structures.legs import Leg, Structure, compose
from app.domain.symbols.derivatives import option_instrument

NEAR, FAR = date(2026, 12, 18), date(2027, 1, 15)
KINDS = {"C": "call", "P": "put"}


def option(kind: str, strike: str | Decimal, expiry: date = NEAR, underlying: str = "SPY") -> Instrument:
    contract = OptionContract(underlying, expiry, Decimal(strike), KINDS[kind])
    return option_instrument(contract)


def shares(underlying: str = "SPY") -> Instrument:
    return Instrument(underlying, AssetClass.EQUITY)


def leg(text: str) -> Leg:
    """Read `+2C105`, `-P95`, `+P95/far` or `+100S`."""
    text, _, when = text.partition("/")
    at = next(place for place, letter in enumerate(text) if letter in "CPS")
    count = text[:at] + ("1" if text[:at] in {"+", "-"} else "")
    if text[at] == "S":
        return Leg(shares(), int(count))
    return Leg(option(text[at], text[at + 1 :], FAR if when else NEAR), int(count))


def legs(*texts: str) -> Structure:
    return compose([leg(text) for text in texts])[0]
