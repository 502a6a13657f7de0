"""Stores that count what is asked of them: calls, and documents that came back.

What a thread reads together is one call; what it is then shown of that never comes here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.domain.ticket_terms import Wanted
from app.storage.base import JSON, Change, Document, Page, Range, Together, Waiting
from app.storage.postgres import PostgresStore
from app.storage.sqlite import SqliteStore


class _Counting:
    """Counts, and hands on to the store behind it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.calls = Counter[str]()
        self.documents = 0
        super().__init__(*arguments, **options)

    def start_afresh(self) -> None:
        """Forget what was counted."""
        self.calls, self.documents = Counter(), 0

    def get(self, key: str) -> Document | None:
        found: Document | None = super().get(key)  # type: ignore[misc]  # of the store behind
        self._count("get", 0 if found is None else 1)
        return found

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        self._count("create")
        return super().create(key, value, durable=durable)  # type: ignore[misc,no-any-return]

    def replace(self, document: Document, value: JSON) -> Document:
        self._count("replace")
        return super().replace(document, value)  # type: ignore[misc,no-any-return]

    def delete(self, document: Document) -> None:
        self._count("delete")
        super().delete(document)  # type: ignore[misc]

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        self._count("list")
        return self._counted(super().list(prefix, after=after, limit=limit))  # type: ignore[misc]

    def together(self, ranges: Sequence[Range], waiting: Waiting | None = None) -> Together:
        found: Together = super().together(ranges, waiting)  # type: ignore[misc]
        self._count("together", len(found))
        return found

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        found: Page = super().page(  # type: ignore[misc]
            prefix, terms=terms, before=before, since=since, limit=limit
        )
        self._count("page", len(found.documents))
        return found

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:
        self._count("waiting")
        return self._counted(super().waiting(prefix, instrument))  # type: ignore[misc]

    def apply(self, changes: Sequence[Change]) -> None:
        self._count("apply")
        super().apply(changes)  # type: ignore[misc]

    def _count(self, name: str, documents: int = 0) -> None:
        self.calls[name] += 1
        self.documents += documents

    def _counted(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            self.documents += 1
            yield document


class CountingSqliteStore(_Counting, SqliteStore):
    """SQLite, counted."""


class CountingPostgresStore(_Counting, PostgresStore):
    """PostgreSQL, counted."""
