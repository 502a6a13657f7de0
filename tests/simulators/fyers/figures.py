"""Money and steps of prices."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal(0)


def amount(value: Decimal) -> float:
    """Return money as Fyers shows it."""
    return float(value.quantize(CENT, ROUND_HALF_UP)) + 0.0  # no -0.0


def on_tick(price: Decimal, tick: Decimal) -> Decimal:
    return (price / tick).quantize(Decimal(1), ROUND_HALF_UP) * tick


def up(price: Decimal, tick: Decimal) -> Decimal:
    return (price / tick).quantize(Decimal(1), ROUND_CEILING) * tick


def down(price: Decimal, tick: Decimal) -> Decimal:
    return (price / tick).quantize(Decimal(1), ROUND_FLOOR) * tick


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def exact(value: Any) -> Decimal:
    return Decimal(str(value))
