"""The clock: what must happen by itself, each task on its own period, each safe to run twice."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do every `period_seconds`; it returns how much it did."""

    name: str
    period_seconds: float
    run: Callable[[], int]


class Supervisor:
    """Run the tasks that are due, from a thread here or from a scheduler elsewhere."""

    def __init__(self, tasks: Sequence[Task], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tasks = tuple(tasks)
        self._monotonic = monotonic
        self._last_run: dict[str, float] = {}
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._first_tick = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing: set[str] = set()

    @property
    def failing(self) -> list[str]:
        """The tasks whose last run failed."""
        return sorted(self._failing)

    def tick(self, *, everything: bool = False) -> dict[str, int]:
        """Run what is due (or everything) and return how much each task did; -1 is a failure."""
        done: dict[str, int] = {}
        with self._turn:
            for task in self._tasks:
                if everything or self._is_due(task):
                    self._last_run[task.name] = self._monotonic()
                    done[task.name] = self._run(task)
        return done

    def start(self, *, wait_seconds: float = 0) -> None:
        """Run the clock in a thread until `stop`; wait for its first tick, but no longer than told."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)
            self._thread.start()
        self._first_tick.wait(wait_seconds)

    def stop(self) -> None:
        """Let the thread end after the tick it is in."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None

    def _loop(self) -> None:
        pause = min(task.period_seconds for task in self._tasks)
        while not self._stop.wait(pause if self._first_tick.is_set() else 0):
            self.tick()
            self._first_tick.set()

    def _is_due(self, task: Task) -> bool:
        last = self._last_run.get(task.name)
        return last is None or self._monotonic() - last >= task.period_seconds

    def _run(self, task: Task) -> int:
        try:
            done = task.run()
        except Exception:  # the loop goes on: one task's trouble is not the others'
            _logger.exception("The task %s failed; it will be tried again", task.name)
            self._failing.add(task.name)
            return -1
        self._failing.discard(task.name)
        return done
