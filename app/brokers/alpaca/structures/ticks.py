"""The steps in which a single contract's price moves at American exchanges; net prices have any cent."""

from decimal import Decimal

from app.domain.structures.net_quotes import CENT, towards_us

_NICKEL, _DIME, _FROM = Decimal("0.05"), Decimal("0.10"), Decimal(3)
# https://alpaca.markets/support/options-pricing-increments
_ALWAYS_CENTS = frozenset({"SPY", "QQQ", "IWM"})


def contract_tick(price: Decimal, underlying: str, *, is_penny: bool) -> Decimal:
    """Return the smallest step of a contract's price as high as this one."""
    if underlying in _ALWAYS_CENTS:
        return CENT
    if abs(price) < _FROM:
        return CENT if is_penny else _NICKEL
    return _NICKEL if is_penny else _DIME


def on_tick(limit: Decimal, underlying: str, *, is_penny: bool | None) -> Decimal:
    """Move a signed limit to its step, towards us; unknown steps leave it as it is, for Alpaca to judge."""
    if is_penny is None:
        return limit
    return towards_us(limit, contract_tick(limit, underlying, is_penny=is_penny))
