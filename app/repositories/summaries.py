"""What stretches of days came to, made by the clock from what single days did: 1, 8 or 64 of them.

Under `summaries/{kind}/{size}/{first day}`. A stretch begins on a day whose number is a multiple
of its size, so that any period is put together from few of them: a year from some thirty.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from datetime import date, timedelta
from typing import Any

from app.dataclass import dataclass
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

PREFIX = "summaries/"
SIZES = (64, 8, 1)
_DAY = timedelta(days=1)

Stretch = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Summarised:
    """Which days are summed up: those from `since` on and before `until`, except what is `stale`.

    A stale day's sums have changed since; its number tells one change from the next.
    """

    since: date
    until: date
    stale: dict[str, int] = field(default_factory=dict)

    def has(self, first: date, days: int = 1) -> bool:
        """Tell whether a stretch of days lies within."""
        return first >= self.since and first + _DAY * days <= self.until

    @property
    def stale_days(self) -> set[date]:
        """The days whose sums have changed since."""
        return {date.fromisoformat(day) for day in self.stale}


class Summaries:
    """The summaries of one kind."""

    def __init__(self, store: Store, kind: str) -> None:
        self._store = store
        self._prefix = f"{PREFIX}{kind}/"
        self._progress = StoredRecord(store, f"{self._prefix}progress", Summarised)

    def progress(self) -> Summarised | None:
        """Return which days are summed up; None: none are."""
        return self._progress.read()

    def note_progress(self, since: date, until: date) -> None:
        """Write down that more days are summed up; raise Conflict or StoreUnavailable."""
        self._progress.change(
            lambda now: Summarised(since, until) if now is None else replace(now, since=since, until=until)
        )

    def note_change(self, *days: date) -> None:
        """Write down, before sums of days change, that what they are summed up in is no longer true."""
        mark = time.time_ns()

        def noted(now: Summarised | None) -> Summarised | None:
            told = {} if now is None else {day.isoformat(): mark for day in days if now.has(day)}
            return replace(now, stale=now.stale | told) if now is not None and told else None

        self._progress.change(noted)

    def note_renewed(self, marks: Mapping[str, int]) -> None:
        """Write down that days are summed up again, except what has changed once more since its mark."""

        def noted(now: Summarised | None) -> Summarised | None:
            if now is None:
                return None
            left = {day: mark for day, mark in now.stale.items() if marks.get(day) != mark}
            return replace(now, stale=left) if left != now.stale else None

        self._progress.change(noted)

    def cover(
        self, first: date, last: date, without: Collection[date]
    ) -> tuple[list[dict[str, Any]], list[Stretch]]:
        """Return the summaries that make up a period, and what they leave open; none has a day `without`."""
        found: list[dict[str, Any]] = []
        gaps = [(first, last)] if first <= last else []
        for size in SIZES:
            gaps = [rest for gap in gaps for rest in self._fill(size, gap, without, found)]
        return found, gaps

    def within(self, size: int, first: date, last: date) -> Iterator[tuple[date, dict[str, Any]]]:
        """Yield the summaries of a size that begin in a stretch of days, in their order."""
        begin, end = _aligned(first, size), _aligned(last + _DAY, size)
        count = (end - begin).days // size
        if count <= 0:
            return
        prefix = f"{self._prefix}{size}/"
        found = self._store.list(prefix, after=f"{prefix}{begin - _DAY}", limit=count)
        for document in found:
            day = date.fromisoformat(document.key.removeprefix(prefix))
            if day >= end:
                return
            yield day, document.value

    def write(self, size: int, first: date, value: dict[str, Any]) -> None:
        """Write a summary over what stands there; raise Conflict or AlreadyExists."""
        key = f"{self._prefix}{size}/{first.isoformat()}"
        document = self._store.get(key)
        if document is None:
            self._store.create(key, value, durable=False)
        elif document.value != value:
            self._store.replace(document, value)

    def _fill(
        self, size: int, gap: Stretch, without: Collection[date], found: list[dict[str, Any]]
    ) -> Iterator[Stretch]:
        first, last = gap
        for begin, value in self.within(size, first, last - _DAY * (size - 1)):
            behind = begin + _DAY * size
            if any(begin <= day < behind for day in without):
                continue
            found.append(value)
            if first < begin:
                yield first, begin - _DAY
            first = behind
        if first <= last:
            yield first, last


def stretch_of(day: date, size: int) -> date:
    """Return the first day of the stretch of a size that a day is in."""
    return day - _DAY * (day.toordinal() % size)


def _aligned(day: date, size: int) -> date:
    """Return the first day from one on with which a stretch of a size begins."""
    return day + _DAY * (-day.toordinal() % size)
