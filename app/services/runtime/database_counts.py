"""Counters that the processes of all machines see, half a second late at the most.

Whoever adds does so in memory; a thread of its own tells the database, and an idle house tells it nothing.
"""

import atexit
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol
from weakref import WeakMethod

from app.errors.away import unless_away
from app.services.runtime.shared_counts import WIDTH

PERIOD_SECONDS = 0.5

_logger = logging.getLogger(__name__)


class Tallies(Protocol):
    """The counters that all processes share."""

    def add(self, numbers: Mapping[int, int], at: int) -> tuple[int, dict[int, int]]:
        """Add to counters; return when they began, and each by its place. Raise StoreUnavailable."""


class DatabaseCounts:
    """Up to sixteen counters; what was added here is seen here at once."""

    def __init__(self, tallies: Tallies, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tallies = tallies
        self._monotonic = monotonic
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._added: Counter[int] = Counter()
        self._told: Counter[int] = Counter()
        self._known: dict[int, int] = {}
        self._born = 0
        self._asked_at = float("-inf")
        self._teller: threading.Thread | None = None
        # A command may be over before its thread has told anybody.
        atexit.register(_call, WeakMethod(self.close))

    def add(self, *places: int) -> None:
        """Count a change in each of these places; it is told to the others by and by."""
        with self._lock:
            self._added.update(places)
            if self._teller is None:
                self._begin_telling()

    def _begin_telling(self) -> None:
        teller = threading.Thread(target=self._tell, name="change counts", daemon=True)
        # Where no thread can be had the next change begins one: what was counted is told with it.
        with suppress(RuntimeError):
            teller.start()
            self._teller = teller

    def read(self) -> tuple[int, list[int]]:
        """Return when these counters were made, and each of them."""
        if self._monotonic() - self._asked_at >= PERIOD_SECONDS:
            self._ask()
        with self._lock:
            numbers = [
                self._known.get(place, 0) + self._added[place] + self._told[place] for place in range(WIDTH)
            ]
            return self._born, numbers

    def close(self) -> None:
        """Tell the others what they have not been told; what is added afterwards they are told at once."""
        self._closing.set()
        teller = self._teller
        if teller is not None:
            teller.join(PERIOD_SECONDS)

    def _tell(self) -> None:
        while not self._has_told_all():
            self._closing.wait(PERIOD_SECONDS)
            self._ask()

    def _has_told_all(self) -> bool:
        with self._lock:
            # What a reader is just telling comes back if the database is away, and needs a teller still.
            if self._added or self._told:
                return False
            self._teller = None
            return True

    def _ask(self) -> None:
        with self._asking:
            with self._lock:
                self._told, self._added = self._added, Counter()
            self._asked_at = self._monotonic()
            try:
                born, known = self._tallies.add(self._told, time.time_ns())
            except Exception as error:
                # Whatever it is: without the thread that tells them nobody would hear of changes any more.
                _logger.info(
                    "Changes will be told to other processes later: %r", error, exc_info=unless_away(error)
                )
                with self._lock:
                    self._added, self._told = self._added + self._told, Counter()
                return
            with self._lock:
                self._born, self._known, self._told = born, known, Counter()


def _call(method: "WeakMethod[Callable[[], None]]") -> None:
    found = method()
    if found is not None:
        found()
