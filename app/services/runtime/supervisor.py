"""The clock: what must happen by itself, each task on its own period, each safe to run twice."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext

from app.dataclass import dataclass
from app.errors.away import unless_away
from app.services.runtime.leases import Leases
from app.services.runtime.turns import as_leader

LEASE = "supervisor"
LATER = "The task %s failed; it will be tried again: %s"
SHORTEST_PAUSE_SECONDS = 0.05
PAUSE_AFTER_FAILURE_SECONDS = 1.0

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do every `period_seconds`; it returns how much it did.

    One that runs `everywhere` does so in every process, any other only in the one that leads.
    """

    name: str
    period_seconds: float
    run: Callable[[], int]
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one call has done: how much by task, what it left to the next, and whether another was at work."""

    done: dict[str, int]
    left: tuple[str, ...] = ()
    busy: bool = False


class Supervisor:
    """Run the tasks that are due, from a thread here or from a scheduler elsewhere.

    Of all processes on one store the one that holds the lease leads; without `leases` there is but this one.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        *,
        leases: Leases | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        stop_seconds: float = 5,
    ) -> None:
        self._stop_seconds = stop_seconds
        # What a dead process left is looked for first: to ask for its lease clears away that it has died.
        self._tasks = tuple(sorted(tasks, key=lambda task: not task.everywhere))
        self._leases = leases
        self._monotonic = monotonic
        self._last_run: dict[str, float] = {}
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._first_tick = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing: dict[str, str] = {}

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What is done, in the order in which it is done."""
        return self._tasks

    @property
    def failing(self) -> list[str]:
        """The tasks whose last run failed."""
        return sorted(self._failing)

    @property
    def leads(self) -> bool:
        """Whether this process runs the tasks that only one may run."""
        return self._leases is None or self._leases.is_leader(LEASE)

    def tick(self, *, everything: bool = False) -> dict[str, int]:
        """Run what is due (or everything) and return how much each task did; -1 is a failure.

        Without the lease nothing is run but what every process runs.
        """
        done: dict[str, int] = {}
        with self._turn:
            for task in self._tasks:
                # Asked before each task: those before it may have taken longer than the lease lasts.
                if not task.everywhere and not self._hold_lease():
                    break
                if everything or self._is_due(task):
                    done[task.name] = self._run(task)
        return done

    def _run(self, task: Task) -> int:
        self._last_run[task.name] = self._monotonic()
        with nullcontext() if task.everywhere else as_leader(self._goes_on):
            return self._attempt(task.name, task.run)

    def _goes_on(self) -> bool:
        """Tell, from memory, whether a task of the leader's may take another step."""
        return self.leads and not self._stop.is_set()

    def turn(self, *, within_seconds: float) -> Turn:
        """Run everything for a caller who waits, beginning with what has waited longest.

        Of callers at one time one is at work; the others wait for it, and after `within_seconds` go without.
        """
        ends = self._monotonic() + within_seconds
        if not self._turn.acquire(timeout=within_seconds):
            return Turn({}, busy=True)
        try:
            return self._run_until(ends)
        finally:
            self._turn.release()

    def _run_until(self, ends: float) -> Turn:
        done: dict[str, int] = {}
        never = float("-inf")
        waiting = sorted(
            self._tasks, key=lambda task: (not task.everywhere, self._last_run.get(task.name, never))
        )
        for number, task in enumerate(waiting):
            if not task.everywhere and not self._hold_lease():
                break
            if self._monotonic() >= ends:
                return Turn(done, tuple(each.name for each in waiting[number:]))
            done[task.name] = self._run(task)
        return Turn(done)

    def pause_seconds(self) -> float:
        """Return how long nothing is due, at most the shortest period: each turn asks for the lease too."""
        now, leads = self._monotonic(), self.leads
        mine = (task for task in self._tasks if task.everywhere or leads)
        waits = (self._last_run.get(task.name, now) + task.period_seconds - now for task in mine)
        shortest = min(task.period_seconds for task in self._tasks)
        return max(SHORTEST_PAUSE_SECONDS, min(shortest, *waits))

    def start(self, *, wait_seconds: float = 0) -> None:
        """Run the clock in a thread until `stop`; wait for its first tick, but no longer than told."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)
            self._thread.start()
        self._first_tick.wait(wait_seconds)

    def stop(self) -> None:
        """Let the thread end after the task it is in, and the next process lead.

        While a long task goes on nobody else shall lead: the lease is kept then, and free once we are gone.
        """
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout=self._stop_seconds)
        if self._leases is not None and (thread is None or not thread.is_alive()):
            self._leases.release(LEASE)

    def _loop(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                self.tick()
                self._first_tick.set()
                pause = self.pause_seconds()
            except Exception:  # nothing begins this thread again, and without it nothing is looked after
                _logger.exception("The clock failed in an unforeseen way, and goes on")
                pause = PAUSE_AFTER_FAILURE_SECONDS

    def _is_due(self, task: Task) -> bool:
        last = self._last_run.get(task.name)
        return last is None or self._monotonic() - last >= task.period_seconds

    def _hold_lease(self) -> bool:
        leases = self._leases
        if leases is None:
            return True
        # A process that is told to stop has given the lease back and must not take it again.
        if not self._stop.is_set() and self._attempt("lease", lambda: leases.hold(LEASE)) > 0:
            return True
        # What fails from now on is the leader's to tell.
        for task in self._tasks:
            if not task.everywhere:
                self._failing.pop(task.name, None)
        return False

    def _attempt(self, name: str, run: Callable[[], int]) -> int:
        try:
            done = run()
        except Exception as error:  # the loop goes on: one task's trouble is not the others'
            # It is tried every few seconds: the same trouble is told once.
            if self._failing.get(name) != repr(error):
                _logger.exception(LATER, name, error, exc_info=unless_away(error))  # noqa: TRY401  # its words
            self._failing[name] = repr(error)
            return -1
        self._failing.pop(name, None)
        return done
