"""Which process does what only one may do at a time."""

from datetime import UTC, datetime

from app.dataclass import dataclass
from app.domain.json_codec import from_json, timestamp
from app.repositories.readable import readable
from app.storage.base import Document, Store

PREFIX = "leases/"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who leads, and until when nobody else may; `version` tells which writing was read."""

    owner: str
    until: datetime
    version: int = 0


_NOBODYS = Lease("", datetime.min.replace(tzinfo=UTC))


class StoredLeases:
    """Leases under `leases/{name}`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str) -> Lease | None:
        """Return a lease as it stands; raise StoreUnavailable."""
        document = self._store.get(_key(name))
        if document is None:
            return None
        # What is none is written over: else nobody would lead any more.
        lease = next(readable([document], lambda item: from_json(Lease, item.value)), _NOBODYS)
        return Lease(lease.owner, lease.until, document.version)

    def take(self, name: str, lease: Lease, before: Lease | None) -> None:
        """Write a lease over the one that was read; raise AlreadyExists or Conflict where others did."""
        value = {"owner": lease.owner, "until": timestamp(lease.until)}
        if before is None:
            self._store.create(_key(name), value)
        else:
            self._store.replace(_document(name, before), value)

    def give_back(self, name: str, lease: Lease) -> None:
        """Remove the lease that was read; raise Conflict when another has been written since."""
        self._store.delete(_document(name, lease))


def _key(name: str) -> str:
    return f"{PREFIX}{name}"


def _document(name: str, lease: Lease) -> Document:
    return Document(_key(name), {}, lease.version)
