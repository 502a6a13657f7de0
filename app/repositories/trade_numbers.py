"""The numbers of trades: whole, small, never given twice, the same for ever."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import Conflict
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

KEY = "state/trade-numbers"
# A process takes so many at once: a trade's first fill is rarely the moment for one more write.
BLOCK = 5


@dataclass(frozen=True, slots=True)
class Given:
    """The first number that no process has taken."""

    next: int

    def __post_init__(self) -> None:
        # Anything else would begin again with numbers that trades have.
        if not isinstance(self.next, int) or self.next < 1:
            raise ValueError(f"no trade has the number {self.next!r}")


class TradeNumbers:
    """Gives numbers; those that a process took and did not use before it ended are nobody's."""

    def __init__(self, store: Store) -> None:
        self._record = StoredRecord(store, KEY, Given, irreplaceable=True)
        self._left: Iterator[int] = iter(())
        self._lock = threading.Lock()

    def next(self) -> int:
        """Return a number that no trade has; raise Conflict, StoreUnavailable or RecordUnreadable."""
        with self._lock:
            number = next(self._left, None)
            if number is None:
                self._left = iter(self._take())
                number = next(self._left)
            return number

    def _take(self) -> range:
        taken = self._record.change(lambda given: Given((1 if given is None else given.next) + BLOCK))
        if taken is None:
            raise Conflict(f"{KEY} could not be changed")
        return range(taken.next - BLOCK, taken.next)
