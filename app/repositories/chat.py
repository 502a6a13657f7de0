"""What chat keeps: what buttons would do under `chat/proposals/`, deliveries under `chat/seen/`."""

from datetime import UTC, datetime

from app.domain.chat import BUTTON_LIFE, LONGEST_AGE, ChatProposal
from app.domain.json_codec import from_json, timestamp, to_json
from app.errors import AlreadyExists
from app.storage.base import Document, Store

PREFIX = "chat/"
PROPOSALS = "chat/proposals/"
SEEN = "chat/seen/"
# A delivery is refused by its age long before it is forgotten.
KEPT = 2 * (BUTTON_LIFE + LONGEST_AGE)


class StoredChat:
    """Proposals and deliveries of every process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def is_new(self, delivery: str, now: datetime) -> bool:
        """Take note of a delivery; False where it has come before, to whichever process."""
        try:
            self._store.create(f"{SEEN}{delivery}", {"at": timestamp(now)})
        except AlreadyExists:
            return False
        return True

    def propose(self, name: str, proposal: ChatProposal) -> None:
        """Keep what a button would do."""
        self._store.create(f"{PROPOSALS}{name}", to_json(proposal))

    def find(self, name: str) -> tuple[ChatProposal, Document] | None:
        """Return a proposal as it was read; None where there is none, or none any more."""
        document = self._store.get(f"{PROPOSALS}{name}")
        return None if document is None else (from_json(ChatProposal, document.value), document)

    def write(self, known: Document, proposal: ChatProposal) -> Document:
        """Write what became of a proposal and return it; raise Conflict where somebody was faster."""
        return self._store.replace(known, to_json(proposal))

    def purge(self, now: datetime) -> int:
        """Forget what is old; return how much that was."""
        old = [item for item in self._store.list(PREFIX) if now - _at(item) > KEPT]
        for document in old:
            self._store.delete(document)
        return len(old)


def _at(document: Document) -> datetime:
    said = document.value.get("created_at") or document.value.get("at")
    return datetime.fromisoformat(said) if said else datetime.min.replace(tzinfo=UTC)
