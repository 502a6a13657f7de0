import json
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence

from app.errors import AlreadyExists, Conflict, StoreUnavailable
from app.storage.base import JSON, Change, Create, Document, Replace


class MemoryStore:
    """A store in a dictionary; `failing` names the methods that cannot reach it."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[str, int]] = {}
        self.keys: list[str] = []
        self.failing: set[str] = set()
        self.loses_answers = False

    def get(self, key: str) -> Document | None:
        self._reach("get")
        return self._read(key) if key in self.documents else None

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        del durable
        self._reach("create")
        if key in self.documents:
            raise AlreadyExists(key)
        insort(self.keys, key)
        self.documents[key] = (json.dumps(value), 1)
        if self.loses_answers:
            raise StoreUnavailable("the answer was lost")
        return Document(key, value, 1)

    def replace(self, document: Document, value: JSON) -> Document:
        self._reach("replace")
        if document.key not in self.documents or self.documents[document.key][1] != document.version:
            raise Conflict(document.key)
        self.documents[document.key] = (json.dumps(value), document.version + 1)
        return self._read(document.key)

    def delete(self, document: Document) -> None:
        self._reach("delete")
        if self.documents.pop(document.key, None) is not None:
            self.keys.remove(document.key)

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        self._reach("list")
        start = bisect_right(self.keys, max(after, prefix))
        keys = [key for key in self.keys[start:] if key.startswith(prefix)]
        return map(self._read, keys[:limit])

    def apply(self, changes: Sequence[Change]) -> None:
        self._reach("apply")
        for change in changes:
            if isinstance(change, Replace):
                self.replace(change.document, change.value)
            elif not isinstance(change, Create):
                self.delete(change.document)
            elif change.key not in self.documents:
                self.create(change.key, change.value)

    def ping(self) -> None:
        self._reach("ping")

    def close(self) -> None:
        return

    def _read(self, key: str) -> Document:
        value, version = self.documents[key]
        return Document(key, json.loads(value), version)

    def _reach(self, method: str) -> None:
        if method in self.failing:
            raise StoreUnavailable("the store is away")
