"""What the clock saw last at each broker, under `snapshots/{broker}`, for processes that do not run it."""

from contextlib import suppress

from app.domain.json_codec import from_json, to_json
from app.domain.snapshots import BrokerSnapshot
from app.errors import AlreadyExists, Conflict
from app.storage.base import Change, Create, Delete, Document, Replace, Store

PREFIX = "snapshots/"


class BrokerSnapshots:
    """Read by everybody, written by the process that leads; losing one harms nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, broker: str) -> BrokerSnapshot | None:
        """Return what was written last; what another version wrote in other words counts as nothing."""
        document = self._store.get(_key(broker))
        return None if document is None else _snapshot(document)

    def write(self, snapshot: BrokerSnapshot) -> None:
        """Write it over what is there, without waiting for the disk; whoever wrote meanwhile is as right."""
        key, value = _key(snapshot.broker), to_json(snapshot)
        document = self._store.get(key)
        change: Change = Create(key, value) if document is None else Replace(document, value)
        with suppress(Conflict, AlreadyExists):
            self._store.apply([change])

    def forget(self, broker: str) -> None:
        """Remove what was seen at a broker."""
        document = self._store.get(_key(broker))
        if document is not None:
            self._store.apply([Delete(document)])


def _key(broker: str) -> str:
    return f"{PREFIX}{broker}"


def _snapshot(document: Document) -> BrokerSnapshot | None:
    try:
        return from_json(BrokerSnapshot, document.value)
    except (TypeError, ValueError, AttributeError, KeyError):
        return None
