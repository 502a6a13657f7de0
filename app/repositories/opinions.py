"""What analysts said of tickets that are not finished; a finished ticket keeps it itself."""

from uuid import UUID

from app.domain.json_codec import from_json
from app.domain.opinions import Opinion
from app.errors import AlreadyExists
from app.storage.base import Delete, Document, Store

PREFIX = "opinions/"


class GivenOpinions:
    """Opinions under `opinions/{ticket}`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, ticket: UUID) -> Opinion | None:
        """Return what was said of a ticket."""
        document = self._document(ticket)
        return None if document is None else from_json(Opinion, document.value)

    def keep(self, ticket: UUID, opinion: Opinion) -> bool:
        """Keep what was said; False when another opinion is kept already."""
        try:
            self._store.create(_key(ticket), opinion.to_json())
        except AlreadyExists:
            return False
        return True

    def forgetting(self, ticket: UUID) -> list[Delete]:
        """Return the changes that forget an opinion."""
        document = self._document(ticket)
        return [] if document is None else [Delete(document)]

    def _document(self, ticket: UUID) -> Document | None:
        return self._store.get(_key(ticket))


def _key(ticket: UUID) -> str:
    return f"{PREFIX}{ticket}"
