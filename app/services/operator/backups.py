"""Backups: made once a day by the clock, or whenever somebody asks, and kept for some days."""

import logging
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from app.clock import Clock
from app.dataclass import dataclass
from app.errors import AppError, StoreUnavailable
from app.repositories.everything import Everything
from app.services.observability.events import EventKind
from app.services.observability.journal import Journal
from app.services.observability.notifier import Notifier

PERIOD_SECONDS = 60.0
# What failed is tried again after so long.
AGAIN_AFTER = timedelta(minutes=15)
MADE_AT = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"gatehouse-(\d{8}T\d{6}Z)\.(?:sqlite3|jsonl\.gz)")

_logger = logging.getLogger(__name__)


class BackupPlace(Protocol):
    """Where backups are kept."""

    @property
    def shown(self) -> str:
        """How people call it."""

    def write(self, name: str, everything: Everything) -> tuple[str, int]:
        """Write a backup under a name that lacks its ending; return the whole name, and its documents."""

    def names(self) -> list[str]:
        """Return what lies there."""

    def delete(self, name: str) -> None:
        """Remove a backup."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One that was made: where, of how many documents, whether of one moment, and which old ones went."""

    name: str
    documents: int
    unsettled: int
    removed: list[str]


class Backups:
    """Makes backups; `place` opens where they go, None being their usual place.

    `at` is when the clock makes one, by UTC, and None where it does not.
    """

    def __init__(
        self,
        place: Callable[[str | None], BackupPlace],
        everything: Callable[[], Everything],
        *,
        keep_days: int,
        at: time | None,
        clock: Clock,
        journal: Journal,
        notifier: Notifier,
    ) -> None:
        self._opened_place = place
        self._everything = everything
        self._keep = timedelta(days=keep_days)
        self._at = at
        self._clock = clock
        self._journal = journal
        self._notifier = notifier
        self._tried_at: datetime | None = None
        self._newest: datetime | None = None
        self._turn = threading.Lock()
        self._beginning = threading.Lock()
        self._made: Future[Backup] | None = None

    def take(self) -> Backup:
        """Make one now in the usual place, and remove what is older than is kept; raise an AppError."""
        with self._turn:
            backup = self.take_to(None, keep=self._keep)
            self._newest = self._clock()
        return backup

    def take_to(self, place_name: str | None, *, keep: timedelta | None) -> Backup:
        """Make one in a place, and remove there what is older, unless all is kept; raise an AppError."""
        place, now, everything = self._opened_place(place_name), self._clock(), self._everything()
        name, documents = place.write(name_at(now), everything)
        removed = [] if keep is None else _purge(place, (now - keep).replace(microsecond=0))
        backup = Backup(f"{place.shown}/{name}", documents, everything.unsettled, removed)
        self._journal.activity(f"backup: {backup.name} is written, {documents} documents")
        return backup

    def take_within(self, seconds: float) -> Backup | None:
        """Make one, or wait for that which is being made; return None where it goes on behind.

        Nobody keeps a call open for as long as a large store takes, and who calls twice wants one. Raise what
        it fails with.
        """
        made = self._begin()
        done, _ = wait_for((made,), seconds)
        return made.result() if done else None

    def run(self) -> int:
        """By the clock: begin one in a thread when its time has come; return how many were begun."""
        if self._at is None or self._is_running() or not self._is_due(self._clock()):
            return 0
        self._tried_at = self._clock()
        self._begin()
        return 1

    def wait(self, seconds: float) -> None:
        """Wait for one that is being made, within so long."""
        if self._made is not None:
            wait_for((self._made,), seconds)

    def _begin(self) -> "Future[Backup]":
        """Begin one in a thread of its own, or return that which is being made."""
        with self._beginning:
            if self._made is None or self._made.done():
                self._made = Future()
                self._begin_thread(self._made)
            return self._made

    def _begin_thread(self, made: "Future[Backup]") -> None:
        try:
            threading.Thread(target=self._attempt, args=(made,), name="backup", daemon=True).start()
        except RuntimeError as error:
            # Nobody would end it, and no other is begun before its end.
            self._fail("There was no thread for it.")
            made.set_exception(StoreUnavailable("There is no thread for a backup just now; try it again."))
            _logger.warning("The backup could not be begun: %s", error)

    def _attempt(self, made: "Future[Backup]") -> None:
        try:
            made.set_result(self.take())
        except AppError as error:
            self._fail(error.message)
            made.set_exception(error)
        except Exception as error:  # whatever it is, the owner must hear that there is no backup
            _logger.exception("The backup failed in an unforeseen way")
            self._fail("The log has the details.")
            made.set_exception(error)

    def _fail(self, reason: str) -> None:
        self._journal.activity(f"backup: failed: {reason}")
        self._notifier.notify(EventKind.BACKUP_FAILED, f"No backup was made. {reason}")

    def _is_running(self) -> bool:
        return self._made is not None and not self._made.done()

    def _is_due(self, now: datetime) -> bool:
        """Tell whether the last one that lies there is from before the last time for one."""
        due = datetime.combine(now.astimezone(UTC).date(), self._at or time(), UTC)
        due -= timedelta(days=due > now)
        if self._tried_at is not None and (self._tried_at >= due and now - self._tried_at < AGAIN_AFTER):
            return False
        if self._newest is None or self._newest < due:
            # Another process may have made it, or this one before its last start.
            made = [at for name in self._opened_place(None).names() if (at := made_at(name)) is not None]
            self._newest = max(made, default=None)
        return self._newest is None or self._newest < due


def _purge(place: BackupPlace, before: datetime) -> list[str]:
    old = [name for name in place.names() if (at := made_at(name)) is not None and at < before]
    for name in old:
        place.delete(name)
    return old


def name_at(now: datetime) -> str:
    """Return how a backup of this moment is called, without its ending."""
    return f"gatehouse-{now.astimezone(UTC).strftime(MADE_AT)}"


def made_at(name: str) -> datetime | None:
    """Return when a backup was made, by its name; None for what is none of ours."""
    found = NAME.fullmatch(name)
    return None if found is None else datetime.strptime(found[1], MADE_AT).replace(tzinfo=UTC)
