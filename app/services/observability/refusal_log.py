"""Where refusals at the door go: a short list that is kept, few lines in the logs, a message now and then."""

import threading
from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.door_refusals import (
    KINDS_A_MINUTE,
    OTHERS,
    Refusal,
    RefusalRow,
    Refusals,
    UntoldGroup,
    group_of,
    joined_groups,
    joined_rows,
    row_of,
    sentence,
)
from app.errors import Conflict, StoreUnavailable
from app.repositories.door_refusals import StoredRefusals
from app.services.observability.events import EventKind
from app.services.observability.journal import Journal
from app.services.observability.metrics import Metrics
from app.services.observability.notifier import Notifier

PERIOD_SECONDS = 5.0
MINUTE = timedelta(minutes=1)

# Address, route, status, code and bot.
_Kind: TypeAlias = tuple[str, str | None, int | None, str | None, str | None]
# Writes the first line of a fold: with what only the request knew.
WriteFirst: TypeAlias = Callable[[], None]
_BEYOND: _Kind = (OTHERS, None, None, None, None)


@dataclass(slots=True)
class _Waiting:
    """What is not written yet: at most so many rows, however many requests came."""

    rows: dict[object, RefusalRow] = field(default_factory=dict)
    groups: tuple[UntoldGroup, ...] = ()
    since: datetime | None = None

    def add(self, refusal: Refusal) -> None:
        row = row_of(refusal)
        if row.kind not in self.rows and len(self.rows) >= KINDS_A_MINUTE:
            row = row.nameless()
        known = self.rows.get(row.kind)
        self.rows[row.kind] = row if known is None else known.with_more(row)
        if refusal.is_told:
            self.groups = joined_groups(self.groups, (group_of(refusal),))
            self.since = self.since or refusal.at

    def all(self) -> Refusals:
        return Refusals(tuple(self.rows.values()), self.groups, self.since)


class RefusalLog:
    """Takes refusals in without a write of its own for each; safe to use by many threads.

    They wait in memory and are written by the clock, so a process that is killed loses those of the last
    seconds, never an alert: nothing of a refused one was taken. `noted` hears of each at once.
    """

    def __init__(
        self,
        stored: StoredRefusals,
        *,
        journal: Journal,
        metrics: Metrics,
        notifier: Notifier,
        clock: Clock,
        noted: Callable[[], None] = lambda: None,
    ) -> None:
        self._stored = stored
        self._journal = journal
        self._metrics = metrics
        self._notifier = notifier
        self._clock = clock
        self._noted = noted
        self._waiting = _Waiting()
        self._lines = _FoldedLines(journal)
        # At the first look the store may hold what a killed process has not told.
        self._next_look: datetime | None = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def note(self, refusal: Refusal, write_first: WriteFirst) -> None:
        """Count a refusal; `write_first` writes it into the logs where it is the first of its kind now."""
        self._metrics.refused(refusal.code)
        with self._lock:
            self._waiting.add(refusal)
        self._noted()
        if self._lines.is_first(refusal):
            write_first()

    def last(self, limit: int, *, bot: str | None = None) -> list[RefusalRow]:
        """Return the last rows, the newest first, those of this process's last seconds among them."""
        with self._turn:
            known = self._stored.read()
            with self._lock:
                waiting = tuple(self._waiting.rows.values())
        rows = joined_rows(known.rows, waiting)
        return [row for row in reversed(rows) if bot is None or row.bot == bot][:limit]

    def flush(self) -> int:
        """Write down what waits and tell the owner if that is due; return how many rows were written."""
        now = self._clock()
        self._lines.end_minute(now)
        with self._turn:
            with self._lock:
                waiting, self._waiting = self._waiting, _Waiting()
            try:
                if waiting.rows or self._is_message_due(now):
                    self._write(waiting.all(), now)
            except (StoreUnavailable, Conflict):
                self._put_back(waiting)
                return 0
        return len(waiting.rows)

    def close(self) -> None:
        """Write down what is left, at a stop."""
        self.flush()
        self._lines.end_minute(None)

    def _is_message_due(self, now: datetime) -> bool:
        # Where nothing was refused, nothing is read either.
        if self._next_look is None or now < self._next_look:
            return False
        known = self._stored.read()
        self._next_look = known.due_at()
        return known.is_due(now)

    def _write(self, waiting: Refusals, now: datetime) -> None:
        told: list[Refusals] = []

        def step(known: Refusals) -> Refusals:
            whole = known.with_more(waiting)
            told[:] = [whole] if whole.is_due(now) else []
            return whole.told(now) if told else whole

        # Whose write it is sends the message: of several processes one does, once.
        written = self._stored.change(step)
        self._next_look = written.due_at()
        for whole in told:
            self._tell(whole.untold, whole.untold_since, key=now.isoformat())

    def _put_back(self, waiting: _Waiting) -> None:
        """Keep the rows for the next turn; the owner hears now, since nothing may be stored for long."""
        self._tell(waiting.groups, waiting.since, key="store")
        with self._lock:
            later = self._waiting
            rows = joined_rows(waiting.rows.values(), later.rows.values())
            later.rows = {row.kind: row for row in rows}

    def _tell(self, groups: tuple[UntoldGroup, ...], since: datetime | None, *, key: str) -> None:
        if groups:
            self._notifier.notify(EventKind.REFUSED_AT_DOOR, sentence(groups, since), key=key)


class _FoldedLines:
    """Lets the first of a kind into the logs, and at the end of the minute one line that counts the rest."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._minute: datetime | None = None
        self._more: dict[_Kind, int] = {}
        self._lock = threading.Lock()

    def is_first(self, refusal: Refusal) -> bool:
        minute = refusal.at.replace(second=0, microsecond=0)
        kind: _Kind = (refusal.address, refusal.path, refusal.status, refusal.code, refusal.bot)
        if minute != self._minute:
            self.end_minute(refusal.at)
        with self._lock:
            self._minute = minute
            if kind not in self._more and len(self._more) < KINDS_A_MINUTE:
                self._more[kind] = 0
                return True
            kind = kind if kind in self._more else _BEYOND
            self._more[kind] = self._more.get(kind, 0) + 1
        return False

    def end_minute(self, now: datetime | None) -> None:
        """Write the counts of a minute that is over; without `now`, of the present one too."""
        with self._lock:
            if self._minute is None or (now is not None and now < self._minute + MINUTE):
                return
            ended, self._more, self._minute = self._more, {}, None
        for (address, path, status, code, bot), count in ended.items():
            if count:
                where = {"address": address, "path": path, "status": status, "code": code, "bot": bot}
                self._journal.refusal(again=count, **where)
