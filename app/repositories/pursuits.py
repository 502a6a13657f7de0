"""Exits that are being pursued, under `pursuits/{ticket id}`: each until it is done, ended or given up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from app.dataclass import dataclass
from app.domain.json_codec import from_json, to_json
from app.domain.pursuits import Pursuit
from app.domain.trades import Place
from app.repositories.open_orders import OPERATOR
from app.repositories.readable import certain, readable
from app.storage.base import Change, Create, Delete, Document, Replace, Store

PREFIX = "pursuits/"


@dataclass(frozen=True, slots=True)
class StoredPursuit:
    """A pursuit as it was read; whoever changes it must find the same writing of it."""

    pursuit: Pursuit
    document: Document

    def becoming(self, pursuit: Pursuit) -> Replace:
        """Return the change that writes how far it has come."""
        return Replace(self.document, to_json(pursuit))

    def ending(self) -> Delete:
        """Return the change that ends it."""
        return Delete(self.document)


class Pursuits:
    """Reads of pursuits, each for `seconds`; their changes are written with the tickets they belong to."""

    def __init__(self, store: Store, *, seconds: int) -> None:
        self._store = store
        self._time = timedelta(seconds=seconds)

    def until(self, since: datetime) -> datetime:
        """Return when an exit is given up that was wanted since a moment."""
        return since + self._time

    def opening(self, pursuit: Pursuit) -> Change:
        """Return the change that begins one; of an alert that is taken up again it goes on as it was."""
        return Create(_key(pursuit.ticket), to_json(pursuit))

    def change(self, stored: StoredPursuit, pursuit: Pursuit) -> None:
        """Write one anew; the caller holds its symbol. Raise Conflict."""
        self._store.replace(stored.document, to_json(pursuit))

    def find(self, ticket: UUID) -> StoredPursuit | None:
        """Return a ticket's, if it is being pursued."""
        document = self._store.get(_key(ticket))
        return None if document is None else certain(document, _read)

    def every(self) -> list[StoredPursuit]:
        """Return all of them, the oldest first."""
        return list(readable(self._store.list(PREFIX), _read))

    def leaving(self) -> Callable[[Place], bool]:
        """Return what tells of a position whether somebody is on the way out of it."""
        left = {item.pursuit.place for item in self.every()}
        # The operator leaves what all bots hold together.
        return lambda place: not left.isdisjoint({place, place._replace(bot=OPERATOR)})


def _key(ticket: UUID) -> str:
    return f"{PREFIX}{ticket}"


def _read(document: Document) -> StoredPursuit:
    return StoredPursuit(from_json(Pursuit, document.value), document)
