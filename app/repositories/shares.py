"""What links show once, sealed by their own keys: under `shares/{place}` until it is shown or too old."""

from datetime import datetime

from app.dataclass import dataclass
from app.domain.json_codec import from_json, to_json
from app.errors import Conflict
from app.storage.base import Document, Store

PREFIX = "shares/"


@dataclass(frozen=True, slots=True)
class SealedShare:
    """What a link shows; `is_taken`: it has been."""

    sealed: str
    expires_at: datetime
    is_taken: bool = False


class Shares:
    """Keeps what links show."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, place: str, share: SealedShare) -> None:
        """Keep what a new link shows."""
        self._store.create(f"{PREFIX}{place}", to_json(share))

    def find(self, place: str, now: datetime) -> SealedShare | None:
        """Return what a link would show; None where it was shown or is too old."""
        document = self._store.get(f"{PREFIX}{place}")
        return None if document is None else _open(document, now)

    def take(self, place: str, now: datetime) -> SealedShare | None:
        """Return what a link shows and forget it: of several who ask at once, one gets it."""
        document = self._store.get(f"{PREFIX}{place}")
        share = None if document is None else _open(document, now)
        if document is None or share is None:
            return None
        try:
            # A delete does not tell whether somebody else was faster.
            taken = self._store.replace(document, {"sealed": "", "is_taken": True} | _times(document))
        except Conflict:
            return None
        self._store.delete(taken)
        return share

    def purge(self, now: datetime) -> int:
        """Remove what is too old, or was left by a crash; return how many."""
        over = [document for document in self._store.list(PREFIX) if _open(document, now) is None]
        for document in over:
            self._store.delete(document)
        return len(over)


def _times(document: Document) -> dict[str, str]:
    return {"expires_at": document.value["expires_at"]}


def _open(document: Document, now: datetime) -> SealedShare | None:
    try:
        share = from_json(SealedShare, document.value)
    except (TypeError, ValueError, AttributeError):
        return None
    return None if share.is_taken or share.expires_at <= now else share
