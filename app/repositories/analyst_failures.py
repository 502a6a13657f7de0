"""How often the analyst has failed a bot in a row."""

from app.dataclass import dataclass
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

PREFIX = "state/analyst-"


@dataclass(frozen=True, slots=True)
class Streak:
    """How many opinions failed in a row."""

    count: int = 0


def stored_streak(store: Store, bot: str) -> StoredRecord[Streak]:
    """Return a bot's record, under `state/analyst-{bot}`."""
    return StoredRecord(store, f"{PREFIX}{bot}", Streak)
