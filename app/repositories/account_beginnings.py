"""When simulated accounts were started anew: what they lost before that counts no more."""

from datetime import datetime

from app.dataclass import dataclass
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

PREFIX = "account_beginnings/"


@dataclass(frozen=True, slots=True)
class AccountBeginning:
    """The moment from which an account counts."""

    at: datetime


class AccountBeginnings:
    """The last new beginning of each account, under `account_beginnings/{broker}`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, broker: str) -> datetime | None:
        """Return when an account began anew; None where it never has."""
        known = self._record(broker).read()
        return None if known is None else known.at

    def begin(self, broker: str, at: datetime) -> None:
        """Write down that an account begins anew; raise Conflict or StoreUnavailable."""
        self._record(broker).change(lambda _: AccountBeginning(at))

    def _record(self, broker: str) -> StoredRecord[AccountBeginning]:
        return StoredRecord(self._store, f"{PREFIX}{broker}", AccountBeginning)
