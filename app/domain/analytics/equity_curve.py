"""How an account's worth went, and how far below its peak it stood."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from app.dataclass import dataclass
from app.domain.analytics.ratios import rounded
from app.domain.money import ZERO

# More than a screen shows side by side.
MOST_POINTS = 500

# A moment as RFC 3339 writes it, and what the account was worth then.
Point = tuple[str, Decimal]


@dataclass(frozen=True, slots=True)
class EquityCurve:
    """An account's worth over a time; drawdowns are fractions of the highest worth before.

    `points` are as many as are shown, the highest and lowest of every stretch among them; `drawdown` is how
    far each of them lies below the peak. `count` points were taken in all.
    """

    points: tuple[Point, ...]
    drawdown: tuple[tuple[str, Decimal], ...]
    max_drawdown: Decimal | None
    count: int

    @classmethod
    def of(cls, points: Iterable[Point], most: int = MOST_POINTS) -> "EquityCurve":
        """Follow an account through its points, which come in the order of their times."""
        found = list(points)
        below = _below_peak(found)
        shown = thinned([equity for _, equity in found], most)
        return cls(
            points=tuple(found[place] for place in shown),
            drawdown=tuple((found[place][0], rounded(below[place])) for place in shown),
            max_drawdown=rounded(max(below)) if below else None,
            count=len(found),
        )


def thinned(values: Sequence[Decimal], most: int) -> list[int]:
    """Return the places of the first, the last, and between them the highest and lowest of each stretch."""
    if len(values) <= most:
        return list(range(len(values)))
    inner, stretches = len(values) - 2, (most - 2) // 2
    edges = [1 + inner * number // stretches for number in range(stretches + 1)]
    places = {0, len(values) - 1}
    for begin, end in pairwise(edges):
        places |= {pick(range(begin, end), key=values.__getitem__) for pick in (min, max)}
    return sorted(places)


def _below_peak(points: Iterable[Point]) -> list[Decimal]:
    below: list[Decimal] = []
    peak = ZERO
    for _, equity in points:
        peak = max(peak, equity)
        below.append(fallen(peak, equity))
    return below


def fallen(peak: Decimal, worth: Decimal) -> Decimal:
    """Return how far an account fell, as a fraction: no more than all of it.

    One that never was worth anything has nothing to fall from.
    """
    if peak <= ZERO or worth >= peak:
        return ZERO
    return (peak - max(worth, ZERO)) / peak
