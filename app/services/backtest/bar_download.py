"""Bars of the past, asked of a broker in portions, with patience where it asks for some."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from app.brokers.base import Broker
from app.clock import Wait, system_wait
from app.dataclass import dataclass
from app.domain.bars import DAY_MINUTES, Adjustment, Bar
from app.domain.hours import sessions_between
from app.domain.instruments import Instrument
from app.errors import BrokerUnavailable, InvalidRequest

# What one question is about: with the bar at its end, as many as a broker tells in one answer.
PORTION = 9_999
# Two years of the minutes of a market that never closes; more would be half an hour of questions.
MOST_BARS = 1_100_000
# A limit on requests is one a minute, and refused ones may count too.
PAUSES_SECONDS = (1.0, 5.0, 15.0, 61.0)

Told = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class QuestionPace:
    """How fast a broker is asked: `between` seconds before each question, `busy` where it has too many.

    `wait` lets time pass.
    """

    wait: Wait = system_wait
    between: float = 0.0
    busy: tuple[float, ...] = PAUSES_SECONDS


# Of a process that does nothing else.
PATIENT = QuestionPace()


def questions(length: timedelta, span: timedelta) -> int:
    """Return how many questions the bars of so long a time take."""
    return -(-length // (span * PORTION))


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedBars:
    """Bars of one instrument that begin from `since` on and before `until`; `extended`: at all hours."""

    instrument: Instrument
    since: datetime
    until: datetime
    minutes: int
    adjustment: Adjustment
    extended: bool = False

    @property
    def span(self) -> timedelta:
        """Return how long a bar is."""
        return timedelta(minutes=self.minutes)

    @property
    def portions(self) -> int:
        """Return how many questions they take; raise InvalidRequest where they are too many."""
        most = -(-(self.until - self.since) // self.span)
        if most > MOST_BARS:
            enough = next(
                length for length in (5, 15, 60, DAY_MINUTES) if most * self.minutes <= MOST_BARS * length
            )
            raise InvalidRequest(
                f"{(self.until - self.since).days} days of bars of {self.minutes} minutes are too many to "
                f"download; take bars of {enough} minutes, or fewer days."
            )
        return questions(self.until - self.since, self.span)


@dataclass(frozen=True, slots=True)
class BarDownload:
    """Reads bars of one broker, at a pace."""

    broker: Broker
    pace: QuestionPace

    def portions(self, wanted: WantedBars, told: Told = lambda _: None) -> Iterator[list[Bar]]:
        """Yield the bars, telling of each portion; raise InvalidRequest, or BrokerUnavailable."""
        is_inside = _hours(wanted)
        for start, end in _portions(wanted):
            if self.pace.between:
                self.pace.wait(self.pace.between)
            bars = self._portion(wanted, start, end)
            told(1)
            yield [bar for bar in bars if is_inside(bar)]

    def _portion(self, wanted: WantedBars, start: datetime, end: datetime) -> Sequence[Bar]:
        for pause in (*self.pace.busy, None):
            try:
                # One that begins before the end may go on after it, as the day of New York does in UTC.
                bars = self.broker.bars(
                    wanted.instrument, start, end + wanted.span, wanted.minutes, wanted.adjustment
                )
                return [bar for bar in bars or () if start <= bar.at < end]
            except BrokerUnavailable as error:
                if pause is None or not error.is_passing:
                    raise
                self.pace.wait(pause)
        raise AssertionError  # the last pause is None, which ends the loop


def _portions(wanted: WantedBars) -> Iterator[tuple[datetime, datetime]]:
    length = wanted.span * PORTION
    for number in range(wanted.portions):
        start = wanted.since + number * length
        yield start, min(start + length, wanted.until)


def _hours(wanted: WantedBars) -> Callable[[Bar], bool]:
    """Return what tells bars of the regular session: outside, stops do not work and prices are thin."""
    hours = sessions_between(wanted.instrument, wanted.since, wanted.until)
    if wanted.extended or wanted.minutes >= DAY_MINUTES or hours is None:
        return lambda _bar: True
    opens = [opening for opening, _ in hours]

    def is_inside(bar: Bar) -> bool:
        # The session that opens last before the bar ends.
        place = bisect_right(opens, bar.at + wanted.span - timedelta(microseconds=1)) - 1
        return place >= 0 and bar.at < hours[place][1]

    return is_inside
