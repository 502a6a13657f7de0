"""Stores like a bucket, which may be lost between two changes, or between a change and its answer."""

from collections.abc import Callable, Sequence

from app.errors import StoreUnavailable
from app.storage.base import JSON, Change, Create, Document, Replace
from app.storage.memory import MemoryStore

# Tells by its key and its new value (None: it is removed) whether a change is not made.
Breaks = Callable[[str, JSON | None], bool]


class Unheard(MemoryStore):
    """Writes what is told it, and loses the answer to the first writing of a key that `loses` names."""

    def __init__(self) -> None:
        super().__init__()
        self.loses: Callable[[str], bool] | None = None

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        return self._lost(key, super().create(key, value, durable=durable))

    def replace(self, document: Document, value: JSON) -> Document:
        return self._lost(document.key, super().replace(document, value))

    def _lost(self, key: str, written: Document) -> Document:
        if self.loses is not None and self.loses(key):
            self.loses = None
            raise StoreUnavailable("The answer was lost.")
        return written


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
