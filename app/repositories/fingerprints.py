"""Which ticket a trade idea became: the inbox forgets, this does not."""

from datetime import datetime
from uuid import UUID

from app.dataclass import dataclass
from app.domain.json_codec import from_json, to_json
from app.domain.tickets import Ticket
from app.storage.base import Change, Create, Store

PREFIX = "fingerprints/"


@dataclass(frozen=True, slots=True)
class KnownIdea:
    """A trade idea that was taken in once, and its ticket."""

    ticket: UUID
    at: datetime


class Fingerprints:
    """Known ideas under `fingerprints/{bot}/{fingerprint}`, for ever."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, bot: str, fingerprint: str) -> KnownIdea | None:
        """Return what an idea has become, however long ago."""
        document = self._store.get(_key(bot, fingerprint))
        return None if document is None else from_json(KnownIdea, document.value)

    def remember(self, bot: str, fingerprint: str, known: KnownIdea) -> None:
        """Let a bot know an idea; raise AlreadyExists where it does."""
        self._store.create(_key(bot, fingerprint), to_json(known))


def remembering(ticket: Ticket) -> list[Change]:
    """Return the change by which an idea that is delivered again is known."""
    if ticket.fingerprint is None:
        return []
    known = KnownIdea(ticket.id, ticket.created_at)
    return [Create(_key(ticket.bot, ticket.fingerprint), to_json(known))]


def _key(bot: str, fingerprint: str) -> str:
    return f"{PREFIX}{bot}/{fingerprint}"
