"""When somebody last asked for a message to see whether messages arrive, under `state/notification-trial`."""

from datetime import datetime

from app.dataclass import dataclass
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

KEY = "state/notification-trial"


@dataclass(frozen=True, slots=True)
class NotificationTrial:
    """The moment of the last one."""

    at: datetime


def stored_trial(store: Store) -> StoredRecord[NotificationTrial]:
    """Return the record of the last trial."""
    return StoredRecord(store, KEY, NotificationTrial)
