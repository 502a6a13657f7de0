"""The last requests that were refused at the door, of all processes, under `refusals/last`."""

from collections.abc import Callable

from app.domain.door_refusals import Refusals
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

KEY = "refusals/last"


class StoredRefusals:
    """One record for all of them: a flood makes it no larger, and no key of its own for each refusal."""

    def __init__(self, store: Store) -> None:
        self._record = StoredRecord(store, KEY, Refusals)

    def read(self) -> Refusals:
        """Return what is written; raise StoreUnavailable."""
        return self._record.read() or Refusals()

    def change(self, step: Callable[[Refusals], Refusals]) -> Refusals:
        """Write what `step` makes of them; raise Conflict or StoreUnavailable."""
        changed = self._record.change(lambda known: step(known or Refusals()))
        return changed or Refusals()
