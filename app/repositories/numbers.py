"""Counters that give whole numbers: each once, in every process, for ever."""

import threading
from collections.abc import Iterator

from app.dataclass import dataclass
from app.errors import Conflict
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

# Beyond it a program that reads JSON's numbers as floating point would take two for the same.
LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Given:
    """The first number that no process has taken."""

    next: int

    def __post_init__(self) -> None:
        # Anything else would begin again with numbers that are taken.
        if not isinstance(self.next, int) or not 1 <= self.next <= LARGEST:
            raise ValueError(f"nothing has the number {self.next!r}")


class Numbers:
    """Gives numbers, a block at a time; what a process took and did not use before it ended is nobody's."""

    def __init__(self, store: Store, key: str, *, block: int) -> None:
        self._record = StoredRecord(store, key, Given, irreplaceable=True)
        self._key = key
        self._block = block
        self._left: Iterator[int] = iter(())
        self._lock = threading.Lock()

    def next(self) -> int:
        """Return a number that nothing has; raise Conflict, StoreUnavailable or RecordUnreadable."""
        with self._lock:
            number = next(self._left, None)
            if number is None:
                self._left = iter(self._take(self._block))
                number = next(self._left)
            return number

    def reserve(self, count: int) -> None:
        """Take as many as are wanted next by one write; a bucket lets nothing be written twice a second."""
        with self._lock:
            self._left = iter((*self._left, *self._take(count)))

    def _take(self, size: int) -> range:
        taken = self._record.change(lambda given: Given((1 if given is None else given.next) + size))
        if taken is None:
            raise Conflict(f"{self._key} could not be changed")
        return range(taken.next - size, taken.next)
