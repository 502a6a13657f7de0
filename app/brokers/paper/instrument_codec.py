"""Instruments as short JSON lists and back: they stand in every order and holding."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.domain.instruments import AssetClass, Instrument, OptionContract


def encode_instrument(instrument: Instrument) -> list[Any]:
    """Write an instrument as a short list."""
    value = [instrument.symbol, instrument.asset_class.value, str(instrument.quantity_increment)]
    terms = instrument.option
    if terms is None:
        return value
    expiry = terms.expiry.isoformat()
    return [*value, [terms.underlying, expiry, str(terms.strike), terms.kind, str(terms.multiplier)]]


def decode_instrument(value: list[Any]) -> Instrument:
    """Read what `encode_instrument` wrote."""
    symbol, asset_class, increment, *option = value
    return _instrument(symbol, asset_class, increment, *map(tuple, option))


# The same few stand in order after order, and nobody can change one.
@lru_cache(maxsize=1024)
def _instrument(
    symbol: str, asset_class: str, increment: str, option: tuple[Any, ...] | None = None
) -> Instrument:
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass(asset_class),
        option=None if option is None else _decode_option(*option),
        quantity_increment=Decimal(increment),
    )


def _decode_option(underlying: str, expiry: str, strike: str, kind: Any, multiplier: str) -> OptionContract:
    return OptionContract(underlying, date.fromisoformat(expiry), Decimal(strike), kind, Decimal(multiplier))
