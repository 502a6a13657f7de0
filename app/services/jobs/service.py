"""Jobs: put in a row, run one at a time, told about, given up."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.jobs import Job, JobKind, JobState
from app.errors import AppError, JobOver, NotFound, StoreError
from app.repositories.jobs import StoredJobs
from app.services.jobs.progress import JobStopped, Progress, ToldProgress
from app.services.runtime.locks import Locks

PERIOD_SECONDS = 15.0
# An owner on another machine that has said nothing for so long is taken for dead.
SILENT = timedelta(minutes=5)
# What came with a job is written just before it, and stays alone where the process dies between the two.
ALONE = timedelta(hours=1)
# As far as a thread can give way.
WEIGHT = 19
STOPPED = "The process that ran it was stopped. Start it again."
UNTOLD = "What came of it could not be written down: the store was away. Start it again."

_logger = logging.getLogger(__name__)


# Does the work, and tells how far it is.
RunJob = Callable[[Job, Progress], dict[str, Any]]
# Looks at what is wanted and at what came with it; raises AppError for what cannot come to anything.
LookAtJob = Callable[[dict[str, Any], Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class KindOfJob:
    """How jobs of a kind are run, and looked at before they wait in the row."""

    run: RunJob
    look: LookAtJob = lambda _wanted, _upload: None


class Jobs:
    """The jobs of all processes: one of them runs one job at a time, in a thread."""

    def __init__(
        self,
        stored: StoredJobs,
        kinds: Mapping[JobKind, KindOfJob],
        *,
        clock: Clock,
        locks: Locks,
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._stored = stored
        self._kinds = kinds
        self._clock = clock
        self._locks = locks
        self._new_id = new_id
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._has_threads = self._begins_at_once = False
        self._stopping = threading.Event()
        self._swept_at: datetime | None = None
        # The job that this process is at. Another of its own that runs by its record is left over: its end
        # could not be written.
        self._at: str | None = None

    def put(self, kind: JobKind, wanted: dict[str, Any], upload: Mapping[str, Any] | None = None) -> Job:
        """Put a job into the row, with what came with it; raise AppError where it cannot come to anything."""
        self._kinds[kind].look(wanted, upload or {})
        now = self._clock()
        job = Job(
            id=str(self._new_id(now)),
            kind=kind,
            created_at=now,
            wanted=wanted,
            owner=self._locks.owner,
            has_upload=bool(upload),
        )
        if upload:
            self._stored.files.keep_upload(job.id, upload)
        self._stored.add(job)
        if self._begins_at_once:
            self.wake()
        return job

    def every(self) -> list[Job]:
        """Return all jobs, the newest first."""
        return self._stored.every()

    def find(self, job: UUID) -> Job:
        """Return a job; raise NotFound."""
        found = self._stored.find(str(job))
        if found is None:
            raise NotFound(f"There is no job {job}.")
        return found

    def result(self, job: Job) -> dict[str, Any] | None:
        """Return what came of a job; None where nothing did, or not yet."""
        return self._stored.result(job.id) if job.state is JobState.DONE else None

    def cancel(self, job: UUID) -> Job:
        """End a job; one that runs stops after the step that it is in. Raise NotFound or JobOver."""
        known = self.find(job)
        ended = self._stored.change(
            known.id, lambda found: None if found.state.is_over else self._ended(found, JobState.CANCELED)
        )
        if ended is None:
            raise JobOver(f"The job is over: it is {self.find(job).state.value}.")
        self._forget_upload(ended)
        return ended

    def file(self, job: Job, name: str) -> str:
        """Return a file that a job wrote; raise NotFound."""
        found = self._stored.files.find(job.id, name) if job.state is JobState.DONE else None
        if found is None:
            raise NotFound(f"The job {job.id} has no file {name}.")
        return found

    def start(self, *, at_once: bool = True) -> None:
        """Run jobs in a thread from now on; without `at_once` each is begun by the clock alone.

        Where a scheduler is the clock the processor may rest between two of its calls.
        """
        self._has_threads, self._begins_at_once = True, at_once
        if at_once:
            self.wake()

    def go_on(self, seconds: float) -> None:
        """Let a job that began with a call of a scheduler's have the time that is left of the call."""
        thread = self._thread
        if thread is not None and not self._begins_at_once:
            thread.join(max(0.0, seconds))

    def stop(self, seconds: float) -> None:
        """Let a job that runs end after its step, within so long, and begin no other."""
        self._stopping.set()
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def wake(self) -> None:
        """See to it that jobs in the row are run, where this process has threads."""
        if not self._has_threads or self._stopping.is_set():
            return
        with self._turn:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
                self._thread.start()

    def run(self) -> int:
        """By the clock: tell which jobs were interrupted, their process having died, and run the next one.

        Return how many were found dead. Without threads one job is run here.
        """
        died = [job for job in self._stored.every() if self._is_dead(job)]
        for job in died:
            self._stored.change(job.id, self._interrupted)
            self._forget_upload(job)
        self._stored.purge()
        self._sweep()
        if self._has_threads:
            self.wake()
        else:
            self._run_next()
        return len(died)

    def _sweep(self) -> None:
        """Remove uploads that no job waits for; they are large, so they are not looked at every time."""
        now = self._clock()
        if self._swept_at is None or now - self._swept_at >= ALONE:
            self._stored.drop_unawaited_uploads(now - ALONE)
            self._swept_at = now

    def _work(self) -> None:
        # Threads have a priority of their own; where the system has none, jobs run like anything else.
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), WEIGHT)
        try:
            while not self._stopping.is_set() and self._run_next():
                pass
        except StoreError as error:
            _logger.warning("Jobs go on later: %s", error.message)

    def _run_next(self) -> bool:
        """Run the oldest job in the row; False where there is none, or another process runs one."""
        jobs = self._stored.every()
        if any(job.state is JobState.RUNNING and not self._is_dead(job) for job in jobs):
            return False
        waiting = next((job for job in reversed(jobs) if job.state is JobState.QUEUED), None)
        if waiting is None:
            return False
        # Before the record says that it runs, and until it says that it is over.
        self._at = waiting.id
        try:
            job = self._stored.change(waiting.id, self._begun)
            if job is not None:
                self._carry_out(job)
        finally:
            self._at = None
        return job is not None

    def _carry_out(self, job: Job) -> None:
        told = ToldProgress(job.id, self._stored, self._clock, self._locks.owner, self._stopping)
        try:
            result = self._kinds[job.kind].run(job, told)
            self._stored.keep_result(job.id, result)
            self._end(job, JobState.DONE)
        except JobStopped:
            self._end(job, JobState.INTERRUPTED, STOPPED)
        except AppError as error:
            self._end(job, JobState.FAILED, error.message)
        except Exception:  # a job's trouble must not cost the others their thread
            _logger.exception("The job %s failed in an unforeseen way", job.id)
            self._end(job, JobState.FAILED, "It failed; the log has the details.")

    def _begun(self, job: Job) -> Job | None:
        if job.state is not JobState.QUEUED:
            return None
        now, owner = self._clock(), self._locks.owner
        return replace(job, state=JobState.RUNNING, started_at=now, seen_at=now, owner=owner)

    def _end(self, job: Job, state: JobState, message: str | None = None) -> None:
        def ended(found: Job) -> Job | None:
            return None if found.state.is_over else self._ended(found, state, message)

        with suppress(StoreError):
            self._stored.change(job.id, ended)
            self._forget_upload(job)

    def _forget_upload(self, job: Job) -> None:
        """Remove what came with a job that is over; what is left once goes with the job itself."""
        if job.has_upload:
            with suppress(StoreError):
                self._stored.files.drop_upload(job.id)

    def _ended(self, job: Job, state: JobState, message: str | None = None) -> Job:
        done = job.total if state is JobState.DONE else job.done
        return replace(job, state=state, message=message, done=done, ended_at=self._clock())

    def _interrupted(self, job: Job) -> Job | None:
        message = UNTOLD if job.owner == self._locks.owner else STOPPED
        return self._ended(job, JobState.INTERRUPTED, message) if self._is_dead(job) else None

    def _is_dead(self, job: Job) -> bool:
        """Tell whether a job is running by its record, and by nobody any more."""
        if job.state is not JobState.RUNNING or job.owner is None:
            return False
        if job.owner == self._locks.owner:
            return job.id != self._at
        is_alive = self._locks.is_alive(job.owner)
        if is_alive is not None:
            return not is_alive
        return job.seen_at is None or self._clock() - job.seen_at > SILENT
