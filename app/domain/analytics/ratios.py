"""How the figures of a look back are rounded, and which value stands for many."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from math import ceil
from typing import TypeVar

from app.domain.money import plain

# A fraction to a millionth, an average amount to a hundredth of a cent.
FRACTION, AMOUNT = Decimal("0.000001"), Decimal("0.0001")


Value = TypeVar("Value", float, Decimal)


def ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Return a fraction; None of nothing."""
    return None if not whole else rounded(Decimal(part) / Decimal(whole))


def average(total: Decimal, count: int) -> Decimal | None:
    """Return an average amount; None of nothing."""
    return None if not count else rounded(total / count, AMOUNT)


def percentile(ordered: Sequence[Value], percent: int) -> Value | None:
    """Return the smallest value that so many per cent do not exceed (nearest rank); None of nothing."""
    return None if not ordered else ordered[max(ceil(len(ordered) * percent / 100), 1) - 1]


def rounded(value: Decimal, step: Decimal = FRACTION) -> Decimal:
    """Round a figure that people compare, half to even."""
    return plain(value.quantize(step, ROUND_HALF_EVEN))
