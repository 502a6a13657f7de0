"""Stretches of an account's worth: put together, they tell its curve and its deepest fall to the last digit.

A stretch keeps the highest and lowest point of each of its pieces, and of each the peak before it; so that
the fall of what is kept, and the deepest of all, are known whatever comes before.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.dataclass import dataclass
from app.domain.analytics.equity_curve import MOST_POINTS, EquityCurve, Point, fallen
from app.domain.analytics.ratios import rounded
from app.domain.money import ZERO

# Of a day every half hour has its highest and its lowest point.
PIECES = 48
_SHOWN = (MOST_POINTS - 2) // 2


class Kept(NamedTuple):
    """A point, and the highest worth of its stretch until then."""

    at: str
    worth: Decimal
    peak: Decimal


class Fall(NamedTuple):
    """From the highest worth to one behind it."""

    peak: Decimal
    low: Decimal

    @property
    def depth(self) -> Decimal:
        """How far that is, as a fraction."""
        return fallen(self.peak, self.low)


_NONE = Fall(ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class EquityStretch:
    """Points of an account, thinned; `count` were taken in all."""

    points: tuple[Kept, ...] = ()
    count: int = 0
    low: Decimal = ZERO
    deepest: Fall = _NONE

    @classmethod
    def of(cls, points: Iterable[Point]) -> "EquityStretch":
        """Follow an account through its points, which come in the order of their times."""
        kept, deepest, peak = list[Kept](), _NONE, ZERO
        for at, worth in points:
            peak = worth if not kept else max(peak, worth)
            deepest = max(deepest, Fall(peak, worth), key=_depth)
            kept.append(Kept(at, worth, peak))
        if not kept:
            return cls()
        low = min(point.worth for point in kept)
        return cls(tuple(thinned(kept, PIECES)), len(kept), low, deepest)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        points = [[point.at, format(point.worth, "f"), format(point.peak, "f")] for point in self.points]
        numbers = (self.low, *self.deepest)
        return {"points": points, "count": self.count, "numbers": [format(each, "f") for each in numbers]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "EquityStretch":
        """Take up what was stored."""
        points = tuple(Kept(at, Decimal(worth), Decimal(peak)) for at, worth, peak in data["points"])
        low, *deepest = map(Decimal, data["numbers"])
        return cls(points, data["count"], low, Fall(*deepest))


def put_together(stretches: Iterable[EquityStretch], pieces: int = PIECES) -> EquityStretch:
    """Return one stretch of several that follow on each other."""
    kept, count, deepest = list[Kept](), 0, _NONE
    peak: Decimal | None = None
    low: Decimal | None = None
    for each in stretches:
        if not each.points:
            continue
        deepest = max(deepest, each.deepest, *([] if peak is None else [Fall(peak, each.low)]), key=_depth)
        before = peak
        for point in each.points:
            kept.append(point if before is None or before <= point.peak else point._replace(peak=before))
        peak = kept[-1].peak
        low = each.low if low is None else min(low, each.low)
        count += each.count
    return EquityStretch(tuple(thinned(kept, pieces)), count, ZERO if low is None else low, deepest)


def curve_of(stretches: Iterable[EquityStretch]) -> EquityCurve:
    """Return the curve that stretches make up."""
    found = put_together(stretches, _SHOWN)
    return EquityCurve(
        points=tuple((point.at, point.worth) for point in found.points),
        drawdown=tuple((at, rounded(Fall(peak, worth).depth)) for at, worth, peak in found.points),
        max_drawdown=rounded(found.deepest.depth) if found.count else None,
        count=found.count,
    )


def joined(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the summary of all that others are of, which come in the order of their days."""
    return put_together(map(EquityStretch.from_json, summaries)).to_json()


def thinned(points: Sequence[Kept], pieces: int) -> Iterator[Kept]:
    """Yield the first and the last point, and the highest and lowest of each of as many equal times."""
    if len(points) <= 2 * pieces + 2:
        yield from points
        return
    moments = [datetime.fromisoformat(point.at).timestamp() for point in points]
    start, length = moments[0], (moments[-1] - moments[0]) or 1.0
    pieces_of: dict[int, list[int]] = {}
    for place, moment in enumerate(moments):
        pieces_of.setdefault(min(int((moment - start) * pieces / length), pieces - 1), []).append(place)
    chosen = {0, len(points) - 1}
    for places in pieces_of.values():
        chosen |= {pick(places, key=lambda place: points[place].worth) for pick in (min, max)}
    yield from (points[place] for place in sorted(chosen))


def _depth(fall: Fall) -> Decimal:
    return fall.depth
