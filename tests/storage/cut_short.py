"""A store like a bucket, which makes changes one by one and may be lost between two of them."""

from collections.abc import Callable, Sequence

from app.errors import StoreUnavailable
from app.storage.base import JSON, Change, Create, Document, Replace
from app.storage.memory import MemoryStore

# Tells by its key and its new value (None: it is removed) whether a change is not made.
Breaks = Callable[[str, JSON | None], bool]


class CutShort(MemoryStore):
    """What comes before the first change that `breaks` names is written, and nothing after it."""

    def __init__(self) -> None:
        super().__init__()
        self.breaks: Breaks = lambda _key, _value: False

    def apply(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self._reach(change)
            super().apply([change])

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        self._reach(Create(key, value))
        return super().create(key, value, durable=durable)

    def replace(self, document: Document, value: JSON) -> Document:
        self._reach(Replace(document, value))
        return super().replace(document, value)

    def _reach(self, change: Change) -> None:
        key = change.key if isinstance(change, Create) else change.document.key
        if self.breaks(key, change.value if isinstance(change, Create | Replace) else None):
            raise StoreUnavailable("The bucket is away.")
