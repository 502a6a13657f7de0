"""What prices did after many opinions, with one question for each symbol and stretch of time."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from app.dataclass import dataclass
from app.domain.bars import Series
from app.domain.instruments import Instrument
from app.domain.price_outcomes import Horizon, Missing, PriceOutcome, follow
from app.errors import BrokerUnavailable
from app.services.opinion_scores.past_opinions import Found
from app.services.opinion_scores.price_sources import Prices

# Prices of the last quarter of an hour are not for everybody; a minute more lets the last bar be written.
UNSETTLED = timedelta(minutes=16)
# What lies closer together is asked for at once: a broker counts questions, not bars.
CLOSE_TOGETHER = timedelta(days=2)
# By the longest horizon, so that no question has more than some ten thousand bars for an answer.
_MINUTES = ((timedelta(days=1), 1), (timedelta(days=10), 5))
_MOST_MINUTES = 30

Stretch = tuple[datetime, datetime]
Courses = dict[str, PriceOutcome]


@dataclass(slots=True)
class Follower:
    """Follow prices; `seconds` is for everything, and a source that fails once is not asked again."""

    prices: Prices
    now: datetime
    horizons: Sequence[Horizon]
    seconds: float

    def follow(self, found: Sequence[Found]) -> list[Courses]:
        """Return what each opinion's price did, by the horizon's name."""
        courses: list[Courses] = [{} for _ in found]
        by_instrument: dict[Instrument | None, list[int]] = defaultdict(list)
        for place, item in enumerate(found):
            by_instrument[item.instrument].append(place)
        source = _Source(self.prices, self._minutes(), time.monotonic() + self.seconds)
        for instrument, places in by_instrument.items():
            wanted = [self._stretch(found[place].opinion.at) for place in places]
            stretches = list(merged(stretch for stretch in wanted if stretch is not None))
            known = {stretch: source.ask(instrument, stretch) for stretch in stretches}
            for place in places:
                courses[place] = {
                    each.name: self._course(found[place], each, known) for each in self.horizons
                }
        return courses

    def _course(self, item: Found, horizon: Horizon, known: dict[Stretch, Series | Missing]) -> PriceOutcome:
        start = item.opinion.at
        if not self._is_over(start, horizon):
            return PriceOutcome(Missing.NOT_OVER)
        series = next(series for (begin, end), series in known.items() if begin <= start < end)
        if isinstance(series, Missing):
            return PriceOutcome(series)
        return follow(item.opinion.thesis, series, start, horizon)

    def _stretch(self, start: datetime) -> Stretch | None:
        """Return the time that has to be known; None while no horizon is over."""
        over = [horizon.length for horizon in self.horizons if self._is_over(start, horizon)]
        return (start, start + max(over)) if over else None

    def _is_over(self, start: datetime, horizon: Horizon) -> bool:
        return start + horizon.length + UNSETTLED <= self.now

    def _minutes(self) -> int:
        longest = max(horizon.length for horizon in self.horizons)
        return next((minutes for limit, minutes in _MINUTES if longest <= limit), _MOST_MINUTES)


@dataclass(slots=True)
class _Source:
    prices: Prices
    minutes: int
    deadline: float
    has_failed: bool = False

    def ask(self, instrument: Instrument | None, stretch: Stretch) -> Series | Missing:
        if instrument is None:
            return Missing.NO_SOURCE
        if self.has_failed:
            return Missing.UNREACHABLE
        if time.monotonic() > self.deadline:
            return Missing.NOT_ASKED
        try:
            return self.prices.series(instrument, *stretch, self.minutes) or Missing.NO_SOURCE
        except BrokerUnavailable:
            self.has_failed = True
            return Missing.UNREACHABLE


def merged(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield fewer stretches that hold all of these."""
    current: Stretch | None = None
    for start, end in sorted(stretches):
        if current is not None and start <= current[1] + CLOSE_TOGETHER:
            current = (current[0], max(current[1], end))
            continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current
