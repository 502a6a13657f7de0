"""How many requests came with the account's secret, for all processes that share a store."""

from collections.abc import Callable

from app.domain.request_counts import ALLOWED, RequestCount
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

KEY = "state/account-requests"
EXITS_KEY = "state/account-exit-requests"
# Each time another process was faster it has counted a request: there are no more of them than are allowed.
ATTEMPTS = 2 * ALLOWED


class AccountRequests:
    """Two counts: a flood of other requests must not keep an exit out."""

    def __init__(self, store: Store) -> None:
        self._others = StoredRecord(store, KEY, RequestCount)
        self._exits = StoredRecord(store, EXITS_KEY, RequestCount)

    def read(self, *, of_exits: bool) -> RequestCount:
        """Return the count as it stands; raise StoreUnavailable."""
        return self._record(of_exits=of_exits).read() or RequestCount()

    def change(self, step: Callable[[RequestCount], RequestCount | None], *, of_exits: bool) -> None:
        """Write what `step` makes of a count, None being no change; raise Conflict or StoreUnavailable."""
        record = self._record(of_exits=of_exits)
        record.change(lambda known: step(known or RequestCount()), attempts=ATTEMPTS)

    def _record(self, *, of_exits: bool) -> StoredRecord[RequestCount]:
        return self._exits if of_exits else self._others
