"""Trades that went flat, added up day by day, so that nobody has to read all of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.clock import Clock
from app.domain.analytics.performance import TradeDay
from app.repositories.closed_trades import DAY, ClosedTrades
from app.repositories.statistics import DailySums, SumsProgress
from app.services.analytics.period import Period

# The clocks of two machines differ, and a write may take a while to arrive.
OVERLAP = timedelta(minutes=2)
# The clock's other tasks wait meanwhile: a stop wants a look every few seconds.
SECONDS = 0.5
# How many trades a look back reads one by one where days are not added up yet.
MOST_READ = 5000


@dataclass(frozen=True, slots=True)
class TradesOfDays:
    """Days with what was traded on them; `pending_days` are older ones that are not added up yet."""

    days: dict[date, TradeDay]
    pending_days: int = 0


@dataclass(frozen=True, slots=True)
class TradeStatistics:
    """Adds days up by the clock, those that have changed again, and older ones back to the first."""

    closed: ClosedTrades
    sums: DailySums[TradeDay]
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic

    def run(self) -> int:
        """Add up what is new, and older days for half a second; return how many days that were."""
        # Before anything is read: what is written down meanwhile is new the next time.
        now, progress = self.clock(), self.sums.progress()
        if progress is None:
            # A simulated clock may have closed trades on days to come.
            ahead = now.date() + DAY
            days = {now.date(), ahead, *self.closed.days_after(ahead)}
            progress = SumsProgress(now, now.date())
        else:
            days = self._changed(progress)
        for day in days:
            self._add_up(day)
        oldest, complete, older = self._older(progress)
        self.sums.note_progress(SumsProgress(now, oldest, complete))
        return len(days) + older

    def seen_until(self) -> datetime | None:
        """Return up to which moment closings have been added up; None: none have."""
        progress = self.sums.progress()
        return None if progress is None else progress.seen_until

    def read(self, period: Period) -> TradesOfDays:
        """Return the days of a period, what is new among them read from the trades themselves."""
        progress = self.sums.progress()
        days = {} if progress is None else dict(self.sums.between(period.first, period.last))
        changed = set() if progress is None else self._changed(progress)
        for day in changed:
            if period.first <= day <= period.last:
                days[day] = TradeDay.of(self.closed.of_day(day))
        return self._with_older(period, progress, days)

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
            trades = self.closed.of_day(day)
            read += len(trades)
            days[day] = TradeDay.of(trades)
        return TradesOfDays(days, pending)

    def _changed(self, progress: SumsProgress) -> set[date]:
        # A clock that was set back gives what is new an earlier moment.
        return self.closed.days_since(min(progress.seen_until, self.clock()) - OVERLAP)

    def _older(self, progress: SumsProgress) -> tuple[date, bool, int]:
        """Add up older days until the time is over; return how far that came."""
        oldest, count = progress.oldest, 0
        if progress.is_complete:
            return oldest, True, 0
        first, deadline = self.closed.first_day(), self.monotonic() + SECONDS
        while first is not None and oldest > first and self.monotonic() < deadline:
            oldest -= DAY
            self._add_up(oldest)
            count += 1
        return oldest, first is None or oldest <= first, count

    def _add_up(self, day: date) -> None:
        added = TradeDay.of(self.closed.of_day(day))
        if added.sums or self.sums.of(day) is not None:
            self.sums.write(day, added)
