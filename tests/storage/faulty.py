from collections.abc import Iterator, Sequence

from app.errors import StoreUnavailable
from app.storage.base import JSON, Change, Document
from app.storage.memory import MemoryStore


class FaultyStore(MemoryStore):
    """A store out of reach for the methods in `failing`; `asked` counts every attempt to create."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.failing: set[str] = set()
        self.loses_answers = False

    def get(self, key: str) -> Document | None:
        self._reach("get")
        return super().get(key)

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        self.asked += 1
        self._reach("create")
        created = super().create(key, value, durable=durable)
        if self.loses_answers:
            raise StoreUnavailable("The answer was lost.")
        return created

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        self._reach("list")
        return super().list(prefix, after=after, limit=limit)

    def apply(self, changes: Sequence[Change]) -> None:
        self._reach("apply")
        super().apply(changes)

    def _reach(self, method: str) -> None:
        if method in self.failing:
            raise StoreUnavailable("The store is away.")
