"""Decimal arithmetic that never rounds the wrong way in silence."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Context, Decimal

ZERO, ONE = Decimal(0), Decimal(1)
# Wide enough for a fortune in the cheapest coin's smallest step; what does not fit rounds the asked way too.
DIGITS = 96
DOWN, CEILING, FLOOR = (Context(DIGITS, rounding) for rounding in (ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR))


def round_down(value: Decimal, increment: Decimal) -> Decimal:
    """Round towards zero to a multiple of `increment`."""
    return _round(value, increment, DOWN)


def round_price(value: Decimal, tick: Decimal, *, up: bool) -> Decimal:
    """Round a price to a tick, in the direction that the caller finds safe."""
    return _round(value, tick, CEILING if up else FLOOR)


def _round(value: Decimal, step: Decimal, context: Context) -> Decimal:
    steps = context.divide(value, step).quantize(ONE, context=context)
    return plain(context.multiply(steps, step))


def plain(value: Decimal) -> Decimal:
    """Drop trailing zeros without falling into exponent notation."""
    if value == ZERO:
        return ZERO
    normal = value.normalize(DOWN)
    # A sum has the finer of two exponents, so that of zero fills up what stands in thousands; what has more
    # digits than there is room for is refused.
    fits = normal.adjusted() < DIGITS
    return DOWN.add(normal, ZERO) if fits else normal.quantize(ONE, context=DOWN)


def text(value: Decimal | None) -> str | None:
    """Write a decimal the way it travels in JSON: plain digits, or None."""
    return None if value is None else format(value, "f")
