"""The last cleanup that did something, whichever process ran it."""

from datetime import datetime

from app.dataclass import dataclass
from app.domain.audit import Actor
from app.domain.json_codec import from_json, to_json
from app.errors import AlreadyExists, Conflict
from app.storage.base import Store

KEY = "state/cleanup"


@dataclass(frozen=True, slots=True)
class CleanupFailure:
    """What could not be done; without an order, the broker could not be asked."""

    broker: str
    client_order_id: str | None
    message: str


@dataclass(slots=True)
class CleanupRun:
    """One run: how many protective orders it looked at, and the client order ids of those it canceled.

    `would_cancel` are those that a dry run leaves alone, `waiting` those that a later look must confirm.
    """

    at: datetime
    checked: int = 0
    canceled: tuple[str, ...] = ()
    failed: tuple[CleanupFailure, ...] = ()
    would_cancel: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    by: str = Actor.CLOCK.value


class CleanupRuns:
    """The run under `state/cleanup`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def last(self) -> CleanupRun | None:
        """Return the last one that was written."""
        document = self._store.get(KEY)
        return from_json(CleanupRun, document.value) if document is not None else None

    def write(self, run: CleanupRun) -> bool:
        """Write a run over the one before; False when another was written at the same time."""
        document = self._store.get(KEY)
        try:
            if document is None:
                self._store.create(KEY, to_json(run))
            else:
                self._store.replace(document, to_json(run))
        except (AlreadyExists, Conflict):
            return False
        return True
