"""Decimal arithmetic that never rounds the wrong way in silence."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

ZERO = Decimal(0)


def round_down(value: Decimal, increment: Decimal) -> Decimal:
    """Round towards zero to a multiple of `increment`."""
    return plain((value / increment).quantize(Decimal(1), rounding=ROUND_DOWN) * increment)


def round_price(value: Decimal, tick: Decimal, *, up: bool) -> Decimal:
    """Round a price to a tick, in the direction that the caller finds safe."""
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    return plain((value / tick).quantize(Decimal(1), rounding=rounding) * tick)


def plain(value: Decimal) -> Decimal:
    """Drop trailing zeros without falling into exponent notation."""
    if value == ZERO:
        return ZERO
    normal = value.normalize()
    exponent = normal.as_tuple().exponent
    return normal.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else normal


def text(value: Decimal | None) -> str | None:
    """Write a decimal the way it travels in JSON: plain digits, or None."""
    return None if value is None else format(value, "f")
