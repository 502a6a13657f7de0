"""Trades that went flat, added up day by day, so that nobody has to read all of them."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.analytics.courses import CourseDay
from app.domain.analytics.performance import TradeDay
from app.domain.closed_trades import ClosedTrade
from app.domain.tickets import ticket_day
from app.repositories.closed_trades import DAY, ClosedTrades
from app.repositories.statistics import DailySums, SumsProgress
from app.services.analytics.look_back import AddedUp
from app.services.analytics.period import Period

# The clocks of two machines differ, and a write may take a while to arrive.
OVERLAP = timedelta(minutes=2)
# The clock's other tasks wait meanwhile: a stop wants a look every few seconds.
SECONDS = 0.5
# How many trades a look back reads one by one where days are not added up yet.
MOST_READ = 1000
# Sums of an earlier one do not say which trades are among them, nor by ticket what those brought.
EDITION = 1


@dataclass(frozen=True, slots=True)
class TradesOfDays:
    """Days with what was traded on them; `pending_days` are older ones that are not added up yet."""

    days: dict[date, TradeDay]
    pending_days: int = 0


@dataclass(frozen=True, slots=True)
class TradeStatistics:
    """Adds days up by the clock, what is new among them, and older ones back to the first.

    `returns` keeps what trades brought by the day of the ticket that began them.
    """

    closed: ClosedTrades
    sums: DailySums[TradeDay]
    returns: DailySums[CourseDay]
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic

    def run(self) -> int:
        """Add up what is new, and older days for half a second; return how many days that were."""
        # Before anything is read: what is written down meanwhile is new the next time.
        now, progress = self.clock(), self._progress()
        if progress is None:
            # A simulated clock may have closed trades on days to come.
            ahead = now.date() + DAY
            days = {now.date(), ahead, *self.closed.days_after(ahead)}
            progress = SumsProgress(now, now.date(), edition=EDITION)
            for day in days:
                self._write(day, self._of(day))
        else:
            days = set(new := self._new(progress))
            for day, keys in new.items():
                self._write(day, self._with(day, keys))
        # Written once: a bucket lets nothing be written twice a second.
        return len(days) + self._add_older(replace(progress, seen_until=now))

    def run_older(self) -> int:
        """Add up older days for half a second; return how many."""
        progress = self._progress()
        return 0 if progress is None or progress.is_complete else self._add_older(progress)

    def _add_older(self, progress: SumsProgress) -> int:
        if progress.is_complete:
            self.sums.note_progress(progress)
            return 0
        oldest, count = progress.oldest, 0
        first, deadline = self.closed.first_day(), self.monotonic() + SECONDS
        while first is not None and oldest > first and self.monotonic() < deadline:
            oldest -= DAY
            self._write(oldest, self._of(oldest))
            count += 1
        complete = first is None or oldest <= first
        self.sums.note_progress(replace(progress, oldest=oldest, is_complete=complete))
        return count

    def seen_until(self) -> datetime | None:
        """Return up to which moment closings have been added up; None: none have."""
        progress = self._progress()
        return None if progress is None else progress.seen_until

    def added_up(self) -> AddedUp | None:
        """Return which days are added up."""
        progress = self._progress()
        if progress is None:
            return None
        new = frozenset(self._new(progress))
        return AddedUp(progress.oldest, progress.seen_until.date(), progress.is_complete, new)

    def read(self, period: Period) -> TradesOfDays:
        """Return the days of a period, what is new among them read from the trades themselves."""
        progress = self._progress()
        days = {} if progress is None else dict(self.sums.between(period.first, period.last))
        new = {} if progress is None else self._new(progress)
        for day, keys in new.items():
            if period.first <= day <= period.last:
                days[day] = self._with(day, keys)
        return self._with_older(period, progress, days)

    def returns_between(self, period: Period) -> dict[str, Decimal]:
        """Return what trades brought that tickets of a period began, by ticket."""
        progress = self._progress()
        known = {
            name: gain
            for _, day in self.returns.between(period.first, period.last)
            for name, gain in day.gains.items()
            if gain is not None
        }
        if progress is None or not progress.is_complete:
            # A trade may have ended after the last day of the period.
            later = Period(first=period.first, last=max(period.last, self.clock().date()))
            for older in self._with_older(later, progress, {}).days.values():
                known |= older.returns
        return known | self.new_returns()

    def new_returns(self) -> dict[str, Decimal]:
        """Return what trades have brought that are not added up yet, by their first ticket."""
        progress = self._progress()
        new = {} if progress is None else self._new(progress)
        trades = [trade for keys in new.values() for trade in self._at(keys)]
        return dict(TradeDay.of(trades).returns)

    def days_of_new_returns(self) -> frozenset[date]:
        """Return on which days the tickets came whose trades have just brought something."""
        return frozenset(_by_day(self.new_returns()))

    def _with_older(
        self, period: Period, progress: SumsProgress | None, days: dict[date, TradeDay]
    ) -> TradesOfDays:
        if progress is not None and progress.is_complete:
            return TradesOfDays(days)
        first, read, pending = self.closed.first_day(), 0, 0
        for day in period.newest_first():
            if first is None or day < first:
                break
            if progress is not None and day >= progress.oldest:
                continue
            if read >= MOST_READ:
                pending += 1
                continue
            days[day] = self._of(day)
            read += len(days[day].ids)
        return TradesOfDays(days, pending)

    def _progress(self) -> SumsProgress | None:
        progress = self.sums.progress()
        return progress if progress is not None and progress.edition == EDITION else None

    def _new(self, progress: SumsProgress) -> dict[date, list[str]]:
        # A clock that was set back gives what is new an earlier moment.
        return self.closed.keys_since(min(progress.seen_until, self.clock()) - OVERLAP)

    def _of(self, day: date) -> TradeDay:
        return TradeDay.of(self.closed.of_day(day))

    def _with(self, day: date, keys: list[str]) -> TradeDay:
        """Return a day with the trades under some keys, of which some are among its sums already."""
        known = self.sums.of(day)
        if known is None:
            return self._of(day)
        return known.adding(self._at(key for key in keys if key.rpartition("/")[2] not in known.ids))

    def _at(self, keys: Iterator[str] | list[str]) -> list[ClosedTrade]:
        found = (trade for key in keys for trade in self.closed.at(key).values())
        return [trade for trade in found if trade is not None]

    def _write(self, day: date, added: TradeDay) -> None:
        known = self.sums.of(day)
        if added.ids or known is not None:
            before = {} if known is None else known.returns
            self._tell({name: gain for name, gain in added.returns.items() if before.get(name) != gain})
            self.sums.write(day, added)

    def _tell(self, returns: dict[str, Decimal]) -> None:
        """Write down what trades brought where their first tickets are looked for."""
        found = dict[date, CourseDay]()
        for day, gains in _by_day(returns).items():
            known = self.returns.of(day)
            found[day] = CourseDay({**({} if known is None else known.gains), **gains})
        self.returns.write_all(found)


def _by_day(returns: dict[str, Decimal]) -> dict[date, dict[str, Decimal]]:
    days: dict[date, dict[str, Decimal]] = {}
    for ticket, gain in returns.items():
        # What is no ticket's id has no opinion either.
        with suppress(ValueError):
            days.setdefault(date.fromisoformat(ticket_day(UUID(ticket))), {})[ticket] = gain
    return days
