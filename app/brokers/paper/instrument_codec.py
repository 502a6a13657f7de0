"""Instruments as short JSON lists and back: they stand in every order and holding."""

from datetime import date
from decimal import Decimal
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
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass(asset_class),
        option=_decode_option(*option[0]) if option else None,
        quantity_increment=Decimal(increment),
    )


def _decode_option(underlying: str, expiry: str, strike: str, kind: Any, multiplier: str) -> OptionContract:
    return OptionContract(underlying, date.fromisoformat(expiry), Decimal(strike), kind, Decimal(multiplier))
