"""Folders in which nothing was found: a list is billed like a write, and most lists are empty."""

import threading
import time
from collections.abc import Callable


class Emptiness:
    """Prefixes under which there was nothing, believed for some seconds unless this process writes there.

    What another process writes is seen so much later. Safe for threads.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._until: dict[str, float] = {}
        self._writes = 0
        self._lock = threading.Lock()

    def begin(self) -> int:
        """Return a mark for a look that begins now."""
        with self._lock:
            return self._writes

    def is_known(self, prefix: str) -> bool:
        """Tell whether nothing can have come since the last look, as far as this process knows."""
        with self._lock:
            return self._clock() < self._until.get(prefix, float("-inf"))

    def found_nothing(self, prefix: str, mark: int) -> None:
        """Remember it, unless something was written after the look began."""
        with self._lock:
            if self._seconds and mark == self._writes:
                self._until[prefix] = self._clock() + self._seconds

    def written(self, key: str) -> None:
        """Forget what is no longer true."""
        with self._lock:
            self._writes += 1
            for prefix in [prefix for prefix in self._until if key.startswith(prefix)]:
                del self._until[prefix]
