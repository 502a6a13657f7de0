"""Which trades went flat a moment ago: processes learn from it what the others have closed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.domain.closed_trades import ClosedTrade
from app.repositories.readable import readable
from app.storage.base import Create, Store

PREFIX = "recent_closings/"
# Whoever has not looked for so long reads the closed trades themselves.
KEPT = timedelta(hours=1)


class RecentClosings:
    """Where each trade that went flat is kept, under `recent_closings/{moment of the write}-{trade}`.

    Closed trades are filed by day and by an id without an order, so that what is new could only be found by
    reading all of a day; these are in the order in which they were written.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def noting(self, trade: ClosedTrade, key: str, now: datetime) -> Create:
        """Return the change that tells of a trade, kept under a key."""
        return Create(f"{_from(now)}-{trade.id}", {"key": key})

    def since(self, moment: datetime) -> Iterator[str]:
        """Yield the keys of the trades that were written down from a moment on."""
        found = self._store.list(PREFIX, after=_from(moment))
        return readable(found, lambda document: str(document.value["key"]))

    def purge(self, now: datetime) -> int:
        """Remove those that nobody needs any more; return how many."""
        removed, end = 0, _from(now - KEPT)
        for document in self._store.list(PREFIX):
            if document.key >= end:
                break
            self._store.delete(document)
            removed += 1
        return removed


def _from(moment: datetime) -> str:
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return f"{PREFIX}{milliseconds:015d}"
