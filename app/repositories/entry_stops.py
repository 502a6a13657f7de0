"""For whom entries have ended until the next session, and that the owner was told."""

from datetime import datetime
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.losses import Reached
from app.domain.reasons import Reason
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

PREFIX = "entry_stops/"


@dataclass(frozen=True, slots=True)
class EntryStop:
    """What was reached in the session that began then, and when."""

    session: datetime
    amount: Decimal
    limit: Decimal
    at: datetime


class EntryStops:
    """The last stop of each kind, of a bot or an account, under `entry_stops/{code}/{broker}[/{bot}]`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, code: Reason, place: str, session: datetime) -> EntryStop | None:
        """Return the stop of a session; None where there is none, or only that of another session."""
        stop = self._record(code, place).read()
        return stop if stop is not None and stop.session == session else None

    def add(self, found: Reached, place: str, session: datetime, now: datetime, since: datetime) -> bool:
        """Write down what was reached; tell whether it is new since a moment, whoever saw it first.

        Raise Conflict or StoreUnavailable.
        """
        stop = EntryStop(session, found.amount, found.limit, now)

        def step(known: EntryStop | None) -> EntryStop | None:
            stands = known is not None and known.session == session and known.at >= since
            return None if stands and known is not None and known.amount >= found.limit else stop

        return self._record(found.code, place).change(step) is not None

    def _record(self, code: Reason, place: str) -> StoredRecord[EntryStop]:
        return StoredRecord(self._store, f"{PREFIX}{code.value}/{place}", EntryStop)
