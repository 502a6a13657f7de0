"""How far a job is: told to the store now and then, which tells in turn whether the job shall go on."""

import logging
import threading
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Protocol

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.jobs import Job, JobState
from app.errors import StoreError
from app.repositories.jobs import StoredJobs

# A bucket takes one write a second of an object.
TOLD_EVERY = timedelta(seconds=2)

_logger = logging.getLogger(__name__)


class JobStopped(Exception):  # no error: somebody wants the job to end
    """The job was canceled, or the process is to end."""


class Progress(Protocol):
    """Hears how far a job is; raise JobStopped where it shall go no further."""

    def __call__(self, done: int, total: int) -> None:
        """Take note of it."""


@dataclass(slots=True)
class ToldProgress:
    """The progress of a job that this process runs."""

    job: str
    stored: StoredJobs
    clock: Clock
    owner: str
    stopping: threading.Event
    _told_at: datetime | None = field(default=None, init=False)

    def __call__(self, done: int, total: int) -> None:
        """Take note of it; raise JobStopped where the job shall go no further."""
        if self.stopping.is_set():
            raise JobStopped
        now, is_last = self.clock(), total > 0 and done >= total
        # A clock that was set back must not keep it silent.
        is_early = self._told_at is not None and timedelta() <= now - self._told_at < TOLD_EVERY
        if is_early and not is_last:
            return
        self._told_at = now
        # Whoever canceled it has written that it is over.
        if not self._is_told(done, total):
            raise JobStopped

    def _is_told(self, done: int, total: int) -> bool:
        try:
            return self.stored.change(self.job, lambda found: self._further(found, done, total)) is not None
        except StoreError as error:
            # An hour's work does not end because nobody could hear how far it is; the next word tells.
            _logger.info("How far the job %s is will be told later: %s", self.job, error)
            return True

    def _further(self, job: Job, done: int, total: int) -> Job | None:
        if job.state is not JobState.RUNNING or job.owner != self.owner:
            return None
        return replace(job, done=done, total=total, seen_at=self.clock())
