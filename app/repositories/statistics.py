"""What days have come to, added up by the process that leads: `statistics/{kind}/{day}`.

All of it can be made again from closed trades and tickets: what cannot be read is left out, and made anew.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from app.dataclass import dataclass
from app.repositories.stored_record import StoredRecord
from app.repositories.summaries import Summaries
from app.storage.base import Document, Store

PREFIX = "statistics/"
_DAY = timedelta(days=1)
# Which summaries are made from the sums of a kind.
_SUMMED_UP_IN = {
    "alerts": ("latency", "slippage", "refusals", "opinions"),
    "trades": ("trades",),
    "returns": ("opinions",),
    "courses": ("opinions",),
}

_logger = logging.getLogger(__name__)


class Sums(Protocol):
    """A day's sums, which know how they are stored."""

    def to_json(self) -> dict[str, Any]:
        """Return them as they are stored."""


Day = TypeVar("Day", bound=Sums)


@dataclass(frozen=True, slots=True)
class SumsProgress:
    """How far days are added up: what was written before `seen_until`, on days from `oldest` on.

    `is_complete`: there is nothing older. `open_days` have something that may still change. Sums of another
    `edition` are made anew.
    """

    seen_until: datetime
    oldest: date
    is_complete: bool = False
    open_days: tuple[date, ...] = ()
    edition: int = 0


class DailySums(Generic[Day]):
    """The sums of one kind; `read` takes up a day, and raises ValueError or its like for what is none."""

    def __init__(self, store: Store, kind: str, read: Callable[[dict[str, Any]], Day]) -> None:
        self._store = store
        self._prefix = f"{PREFIX}{kind}/"
        self._read = read
        self._progress = StoredRecord(store, f"{PREFIX}progress/{kind}", SumsProgress)
        self._summaries = [Summaries(store, name) for name in _SUMMED_UP_IN.get(kind, ())]

    def progress(self) -> SumsProgress | None:
        """Return how far days are added up; None: not at all."""
        return self._progress.read()

    def note_progress(self, progress: SumsProgress) -> None:
        """Write down how far days are added up; raise Conflict or StoreUnavailable."""
        self._progress.change(lambda _: progress)

    def between(self, first: date, last: date) -> Iterator[tuple[date, Day]]:
        """Yield the days from one to another that have sums, in their order."""
        end, most = self._key(last), (last - first).days + 1
        for document in self._store.list(self._prefix, after=self._key(first - _DAY), limit=most):
            if document.key > end:
                return
            found = self._understood(document)
            if found is not None:
                yield date.fromisoformat(document.key.removeprefix(self._prefix)), found

    def of(self, day: date) -> Day | None:
        """Return a day's sums."""
        document = self._store.get(self._key(day))
        return None if document is None else self._understood(document)

    def write(self, day: date, sums: Day) -> None:
        """Write a day's sums over what stands there; raise Conflict or AlreadyExists."""
        self.write_all({day: sums})

    def write_all(self, days: Mapping[date, Day]) -> None:
        """Write the sums of days over what stands there; raise Conflict or AlreadyExists."""
        found = {day: (self._store.get(self._key(day)), sums.to_json()) for day, sums in days.items()}
        new = {day: each for day, each in found.items() if each[0] is None or each[0].value != each[1]}
        # First: whoever reads meanwhile, or after a crash, looks at the days themselves.
        for summaries in self._summaries:
            summaries.note_change(*new)
        for day, (document, value) in new.items():
            if document is None:
                self._store.create(self._key(day), value, durable=False)
            else:
                self._store.replace(document, value)

    def _key(self, day: date) -> str:
        return f"{self._prefix}{day.isoformat()}"

    def _understood(self, document: Document) -> Day | None:
        try:
            return self._read(document.value)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            _logger.warning("%s holds something that is not ours; it will be replaced", document.key)
            return None
