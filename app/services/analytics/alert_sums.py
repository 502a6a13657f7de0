"""Alerts added up day by day, so that nobody has to read the ledger."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.analytics.alerts import SETTLED, AlertDay, AlertKind, AlertSums
from app.domain.tickets import ticket_day
from app.repositories.bots import BotDirectory
from app.repositories.statistics import DailySums, SumsProgress
from app.repositories.tickets import Ledger
from app.services.analytics.look_back import AddedUp
from app.services.analytics.period import Period
from app.services.analytics.trade_sums import MOST_READ, SECONDS

# Within it an alert is in the inbox, whose id was made before: a later one may be written first.
UNSETTLED = timedelta(minutes=2)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AlertsOfDays:
    """Days with what their alerts came to; `pending_days` are older ones that are not added up yet."""

    days: dict[date, dict[AlertKind, AlertSums]] = field(default_factory=dict)
    pending_days: int = 0


@dataclass(frozen=True, slots=True)
class AlertStatistics:
    """Adds up tickets that are settled, each once; of other `dialects` are those made by hand."""

    ledger: Ledger
    sums: DailySums[AlertDay]
    bots: BotDirectory
    clock: Clock
    default_broker: str
    dialects: frozenset[str]
    monotonic: Callable[[], float] = time.monotonic

    def run(self) -> int:
        """Add up what is new, and older days for half a second; return how many days that were."""
        horizon, progress = self.clock() - UNSETTLED, self.sums.progress()
        if progress is None:
            progress = SumsProgress(horizon, horizon.date())
        # Before the ledger is read: what is finished meanwhile is open for once, and found the next time.
        waiting = [str(ticket["id"]) for ticket in self.ledger.unfinished()]
        brokers, first = self._brokers(), progress.seen_until.date()
        new = {first + _DAY * ahead for ahead in range(max((horizon.date() - first).days, 0) + 1)}
        # What still waits is of a day that may be over, and of which nothing else is written.
        asked = {date.fromisoformat(ticket_day(UUID(name))) for name in waiting}
        days = {*new, *progress.open_days, *(day for day in asked if day <= horizon.date())}
        open_days = {day for day in days if self._add_up(day, horizon, waiting, brokers)}
        known = replace(progress, seen_until=horizon, open_days=tuple(sorted(open_days)))
        # Written once: a bucket lets nothing be written twice a second.
        return len(days) + self._add_older(known, horizon, waiting, brokers)

    def run_older(self) -> int:
        """Add up older days for half a second; return how many."""
        progress = self.sums.progress()
        if progress is None or progress.is_complete:
            return 0
        waiting = [str(ticket["id"]) for ticket in self.ledger.unfinished()]
        return self._add_older(progress, progress.seen_until, waiting, self._brokers())

    def added_up(self) -> AddedUp | None:
        """Return which days are added up."""
        progress = self.sums.progress()
        if progress is None:
            return None
        until, still_open = progress.seen_until.date(), frozenset(progress.open_days)
        return AddedUp(progress.oldest, until, progress.is_complete, still_open)

    def read(self, period: Period) -> AlertsOfDays:
        """Return the days of a period, what is not added up yet read from the tickets themselves."""
        progress, brokers = self.sums.progress(), self._brokers()
        found = AlertsOfDays()
        for day, known in self.sums.between(period.first, period.last) if progress is not None else ():
            for ticket in known.open:
                document = self.ledger.document(UUID(ticket))
                if document is not None:
                    self._add(known, document.value, brokers)
            found.days[day] = known.groups
            if progress is not None and day >= progress.seen_until.date():
                self._add_new(known, day, brokers)
        return self._with_older(period, progress, found, brokers)

    def _with_older(
        self, period: Period, progress: SumsProgress | None, found: AlertsOfDays, brokers: dict[str, str]
    ) -> AlertsOfDays:
        first, read, pending = self.ledger.first_day(), 0, 0
        for day in period.newest_first():
            if first is None or day < first:
                break
            if day in found.days or (progress is not None and self._is_added_up(day, progress)):
                continue
            if read >= MOST_READ:
                pending += 1
                continue
            new = AlertDay()
            read += self._add_new(new, day, brokers)
            found.days[day] = new.groups
        return AlertsOfDays(found.days, pending)

    def _is_added_up(self, day: date, progress: SumsProgress) -> bool:
        return progress.oldest <= day < progress.seen_until.date() or (
            progress.is_complete and day < progress.oldest
        )

    def _add_older(
        self, progress: SumsProgress, horizon: datetime, waiting: list[str], brokers: dict[str, str]
    ) -> int:
        if progress.is_complete:
            self.sums.note_progress(progress)
            return 0
        oldest, count, open_days = progress.oldest, 0, set(progress.open_days)
        first, deadline = self.ledger.first_day(), self.monotonic() + SECONDS
        while first is not None and oldest > first and self.monotonic() < deadline:
            oldest -= _DAY
            count += 1
            if self._add_up(oldest, horizon, waiting, brokers):
                open_days.add(oldest)
        complete = first is None or oldest <= first
        self.sums.note_progress(
            replace(progress, oldest=oldest, is_complete=complete, open_days=tuple(sorted(open_days)))
        )
        return count

    def _add_up(self, day: date, horizon: datetime, waiting: Iterable[str], brokers: dict[str, str]) -> bool:
        """Add up what is settled; tell whether something of the day may still change."""
        known = self.sums.of(day) or AlertDay()
        before, still_open = known.until, list[str]()
        for name in known.open:
            document = self.ledger.document(UUID(name))
            if document is None or not self._settle(known, document.value, brokers):
                still_open.append(name)
        written = set[str]()
        for ticket in self._until(day, before, horizon):
            known.until = ticket["id"]
            written.add(known.until)
            if not self._settle(known, ticket, brokers):
                still_open.append(known.until)
        end = _first_id(horizon)
        late = [
            name
            for name in waiting
            if before < name < end and name not in written and ticket_day(UUID(name)) == day.isoformat()
        ]
        known.open = [*still_open, *late]
        # What is not written yet comes before what will be: nobody looks for it behind the last one.
        known.until = max([known.until, *late])
        if known.until:
            self.sums.write(day, known)
        return bool(known.open)

    def _until(self, day: date, after: str, horizon: datetime) -> Iterator[dict[str, Any]]:
        """Yield the tickets of a day behind an id whose alerts arrived before a moment."""
        end = _first_id(horizon)
        for ticket in self.ledger.filed_on(day, after=after):
            if ticket["id"] >= end:
                return
            yield ticket

    def _settle(self, known: AlertDay, ticket: dict[str, Any], brokers: dict[str, str]) -> bool:
        if ticket["status"] not in SETTLED:
            return False
        self._add(known, ticket, brokers)
        return True

    def _add_new(self, known: AlertDay, day: date, brokers: dict[str, str]) -> int:
        count = 0
        for ticket in self.ledger.filed_on(day, after=known.until):
            self._add(known, ticket, brokers)
            count += 1
        return count

    def _add(self, known: AlertDay, ticket: dict[str, Any], brokers: dict[str, str]) -> None:
        if ticket.get("dialect") in self.dialects:
            known.add(ticket, brokers.get(str(ticket.get("bot")), self.default_broker))

    def _brokers(self) -> dict[str, str]:
        """Where bots trade now: a ticket without orders does not tell."""
        return {bot.id: bot.configuration.broker or self.default_broker for bot, _ in self.bots.all()}


def _first_id(moment: datetime) -> str:
    """Return an id before those of all alerts that arrive from a moment on."""
    return str(UUID(int=max(int(moment.astimezone(UTC).timestamp() * 1000), 0) << 80))
