"""Which way a price went after somebody had said where it would go."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.dataclass import dataclass
from app.domain.bars import Bar, Series
from app.domain.money import ZERO
from app.domain.opinions import Direction

LONGEST = timedelta(days=60)
STEP = Decimal("0.000001")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_HORIZON = re.compile(r"([1-9]\d{0,3})([mhd])")


class Missing(StrEnum):
    """Why it is not known what a price did."""

    NOT_OVER = "not_over"
    NO_SOURCE = "no_source"
    NO_BARS = "no_bars"
    UNREACHABLE = "unreachable"
    NOT_ASKED = "not_asked"


class First(StrEnum):
    """Which of the levels a price reached first."""

    TARGET = "target"
    STOP = "stop"
    NEITHER = "neither"


class Basis(StrEnum):
    """What a move is measured from: the price that was named, or the first one after it was said."""

    NAMED = "named"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class Horizon:
    """How long a price is followed, by the clock on the wall."""

    name: str
    length: timedelta

    @classmethod
    def read(cls, text: str) -> "Horizon":
        """Read 30m, 1h or 5d; raise ValueError."""
        match = _HORIZON.fullmatch(text.strip())
        length = int(match[1]) * _UNITS[match[2]] if match is not None else timedelta()
        if not timedelta() < length <= LONGEST:
            raise ValueError(f"must be like 30m, 1h or 5d, and at most {LONGEST.days}d")
        return cls(text.strip(), length)


HORIZONS = tuple(map(Horizon.read, ("1h", "1d", "5d")))


@dataclass(frozen=True, slots=True)
class Thesis:
    """Where a price is said to go, from where, and until where; prices are per unit, None is not named."""

    direction: Direction
    entry: Decimal | None = None
    target: Decimal | None = None
    stop: Decimal | None = None

    @property
    def sign(self) -> int:
        """+1 where the price shall rise, -1 where it shall fall."""
        return -1 if self.direction is Direction.BEARISH else 1


@dataclass(frozen=True, slots=True)
class PriceOutcome:
    """What the price did until a horizon, or why that is not known.

    `gain` is the fraction that was won in the thesis's direction, negative where it was lost. `first` is None
    without target and stop. `ambiguous`: one bar reached both, and is counted as the stop.
    """

    missing: Missing | None = None
    basis: Basis | None = None
    entry: Decimal | None = None
    close: Decimal | None = None
    closed_at: datetime | None = None
    gain: Decimal | None = None
    first: First | None = None
    ambiguous: bool = False


def follow(thesis: Thesis, series: Series, start: datetime, horizon: Horizon) -> PriceOutcome:
    """Tell what became of a thesis from its arrival to its horizon, by the whole bars between them."""
    end = start + horizon.length
    bars = series.within(start, end)
    if not bars or not series.covers(start, end):
        return PriceOutcome(Missing.NO_BARS)
    entry = thesis.entry or bars[0].open
    first, ambiguous = _first(thesis, bars)
    return PriceOutcome(
        basis=Basis.NAMED if thesis.entry else Basis.ARRIVAL,
        entry=entry,
        close=bars[-1].close,
        closed_at=bars[-1].at + series.span,
        gain=(thesis.sign * (bars[-1].close - entry) / entry).quantize(STEP),
        first=first,
        ambiguous=ambiguous,
    )


def _first(thesis: Thesis, bars: tuple[Bar, ...]) -> tuple[First | None, bool]:
    if thesis.target is None and thesis.stop is None:
        return None, False
    for bar in bars:
        best, worst = (bar.high, bar.low) if thesis.sign > 0 else (bar.low, bar.high)
        stopped = _reaches(worst, thesis.stop, -thesis.sign)
        reached = _reaches(best, thesis.target, thesis.sign)
        if stopped:
            return First.STOP, reached
        if reached:
            return First.TARGET, False
    return First.NEITHER, False


def _reaches(price: Decimal, level: Decimal | None, sign: int) -> bool:
    return level is not None and (price - level) * sign >= ZERO
