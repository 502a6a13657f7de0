"""From what single days came to, to what a period came to: summaries that the clock makes ahead."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import date, timedelta
from typing import Any, Generic, Protocol, TypeVar

from app.dataclass import dataclass
from app.repositories.summaries import SIZES, Summaries, Summarised, stretch_of
from app.services.analytics.period import Period

_DAY = timedelta(days=1)
_LARGEST = SIZES[0]

Day_co = TypeVar("Day_co", covariant=True)


class DaysFound(Protocol[Day_co]):
    """What days came to; `pending_days` are older ones that are not added up yet."""

    @property
    def days(self) -> Mapping[date, Day_co]:
        """What each came to."""

    @property
    def pending_days(self) -> int:
        """How many are left out."""


@dataclass(frozen=True, slots=True)
class AddedUp:
    """The days from `oldest` on and before `until` are added up, though not for good where they are `open`.

    `is_complete`: there is nothing older.
    """

    oldest: date
    until: date
    is_complete: bool
    open: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class LookBack(Generic[Day_co]):
    """The summaries of one kind: read for any period, made by the clock.

    `days` tells what single days came to, `added_up` which of them will stay as they are (None: none yet).
    """

    stored: Summaries
    days: Callable[[Period], DaysFound[Day_co]]
    added_up: Callable[[], AddedUp | None]
    summary: Callable[[date, Day_co], dict[str, Any]]
    joined: Callable[[Iterable[dict[str, Any]]], dict[str, Any]]
    monotonic: Callable[[], float] = field(default=time.monotonic)

    def read(self, period: Period) -> tuple[list[dict[str, Any]], int]:
        """Return summaries that make up a period, and how many days are not added up yet."""
        state = self.added_up()
        found, gaps = self._covered(period, state)
        pending = 0
        for first, last in gaps:
            rest = self.days(Period(first=first, last=last))
            pending += rest.pending_days
            found += [self.summary(day, each) for day, each in sorted(rest.days.items())]
        return found, pending

    def run(self, seconds: float) -> int:
        """Sum up what days have been added up since, the newest first, for so long; return how many days."""
        state, deadline = self.added_up(), self.monotonic() + seconds
        if state is None:
            return 0
        known = self.stored.progress()
        done = 0 if known is None else self._renew(known, deadline)
        since, until = (state.until, state.until) if known is None else (known.since, known.until)
        for day in self._missing(state, since, until):
            if self.monotonic() >= deadline:
                break
            since, until = min(since, day), max(until, day + _DAY)
            self._sum_up(day, Summarised(since, until))
            done += 1
        if known is None or (since, until) != (known.since, known.until):
            self.stored.note_progress(since, until)
        return done

    def _covered(
        self, period: Period, state: AddedUp | None
    ) -> tuple[list[dict[str, Any]], list[tuple[date, date]]]:
        known = None if state is None else self.stored.progress()
        if state is None or known is None:
            return [], [(period.first, period.last)]
        # Before the oldest day there is nothing to be looked for.
        begin = max(period.first, state.oldest) if state.is_complete else period.first
        first, last = max(begin, known.since), min(period.last, known.until - _DAY)
        if first > last:
            return [], [(begin, period.last)] if begin <= period.last else []
        found, gaps = self.stored.cover(first, last, known.stale_days | state.open)
        outside = [(begin, first - _DAY), (last + _DAY, period.last)]
        return found, [*gaps, *((start, end) for start, end in outside if start <= end)]

    def _missing(self, state: AddedUp, since: date, until: date) -> Iterator[date]:
        for ahead in range((state.until - until).days):
            yield until + _DAY * ahead
        for back in range((since - state.oldest).days):
            yield since - _DAY * (back + 1)

    def _renew(self, known: Summarised, deadline: float) -> int:
        done: dict[str, int] = {}
        for name, mark in known.stale.items():
            if self.monotonic() >= deadline:
                break
            self._sum_up(date.fromisoformat(name), known)
            done[name] = mark
        if done:
            self.stored.note_renewed(done)
        return len(done)

    def _sum_up(self, day: date, known: Summarised) -> None:
        found = self.days(Period(first=day, last=day)).days.get(day)
        self.stored.write(1, day, self.joined([]) if found is None else self.summary(day, found))
        for size, part in ((8, 1), (_LARGEST, 8)):
            first = stretch_of(day, size)
            if not known.has(first, size):
                return
            parts = [value for _, value in self.stored.within(part, first, first + _DAY * (size - 1))]
            if len(parts) < size // part:
                return
            self.stored.write(size, first, self.joined(parts))
