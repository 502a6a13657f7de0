"""One record under one key, changed by compare and swap."""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from app.domain.json_codec import UNREADABLE, from_json, to_json
from app.errors import AlreadyExists, Conflict, RecordUnreadable
from app.repositories.readable import sentence_of
from app.storage.base import Document, Store

Record = TypeVar("Record")

ATTEMPTS = 5

_logger = logging.getLogger(__name__)


class StoredRecord(Generic[Record]):
    """A dataclass that several processes read and change.

    What another program left under its key counts as nothing and is replaced, unless it is `irreplaceable`:
    then nothing is written over it, and whoever reads it gets RecordUnreadable.
    """

    def __init__(self, store: Store, key: str, kind: type[Record], *, irreplaceable: bool = False) -> None:
        self._store = store
        self._key = key
        self._kind = kind
        self._irreplaceable = irreplaceable

    def read(self) -> Record | None:
        """Return the record as it stands; raise StoreUnavailable or RecordUnreadable."""
        return self._understood(self._store.get(self._key))

    def change(
        self, step: Callable[[Record | None], Record | None], *, attempts: int = ATTEMPTS
    ) -> Record | None:
        """Write what `step` makes of the record as it stands; None when it wants no change.

        `step` may be asked again when another process was faster. Raise Conflict, StoreUnavailable or
        RecordUnreadable.
        """
        for _ in range(attempts):
            document = self._store.get(self._key)
            wanted = step(self._understood(document))
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

    def _understood(self, document: Document | None) -> Record | None:
        try:
            return None if document is None else from_json(self._kind, document.value)
        except UNREADABLE as error:
            if self._irreplaceable:
                sentence = sentence_of(self._key)
                _logger.error("%s", sentence)  # noqa: TRY400  # the sentence says it all
                raise RecordUnreadable(sentence) from error
            _logger.warning("%s holds something that is not ours; it will be replaced", self._key)
            return None
