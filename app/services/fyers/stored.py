"""One record under one key, changed by compare and swap."""

from collections.abc import Callable
from typing import Generic, TypeVar

from app.domain.documents import from_json, to_json
from app.errors import AlreadyExists, Conflict
from app.storage.base import Store

Record = TypeVar("Record")

ATTEMPTS = 5


class StoredRecord(Generic[Record]):
    """A dataclass that several processes read and change."""

    def __init__(self, store: Store, key: str, kind: type[Record]) -> None:
        self._store = store
        self._key = key
        self._kind = kind

    def read(self) -> Record | None:
        """Return the record as it stands; raise StoreUnavailable."""
        document = self._store.get(self._key)
        return None if document is None else from_json(self._kind, document.value)

    def change(self, step: Callable[[Record | None], Record | None]) -> Record | None:
        """Write what `step` makes of the record as it stands; None when it wants no change.

        `step` may be asked again when another process was faster. Raise Conflict or StoreUnavailable.
        """
        for _ in range(ATTEMPTS):
            document = self._store.get(self._key)
            wanted = step(None if document is None else from_json(self._kind, document.value))
            if wanted is None:
                return None
            try:
                if document is None:
                    self._store.create(self._key, to_json(wanted))
                else:
                    self._store.replace(document, to_json(wanted))
            except (AlreadyExists, Conflict):
                continue
            return wanted
        raise Conflict(f"{self._key} is being changed by others")
