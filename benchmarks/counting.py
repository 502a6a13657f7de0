"""Stores that count what is asked of them: calls, and documents that came back.

What a thread has read together is one call; what it is then shown of that is none.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from app.domain.ticket_terms import Wanted
from app.storage.base import JSON, Change, Document, Page, Waiting
from app.storage.postgres import PostgresStore
from app.storage.read_ahead import ReadAhead
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
        ahead = self._held
        if ahead is None or ahead.document(key) is None:
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
        found: Iterator[Document] = super().list(prefix, after=after, limit=limit)  # type: ignore[misc]
        ahead = self._held
        if ahead is not None and limit is None and not after and ahead.documents(prefix) is not None:
            return found
        self._count("list")
        return self._counted(found)

    @contextmanager
    def ahead(
        self, keys: Collection[str], prefixes: Collection[str], waiting: Waiting | None = None
    ) -> Iterator[None]:
        with super().ahead(keys, prefixes, waiting):  # type: ignore[misc]
            ahead = self._held
            shown = [*map(ahead.document, keys), *map(ahead.documents, prefixes)] if ahead is not None else []
            self._count("ahead", sum(len(rows) for rows in shown if rows is not None))
            yield

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        found: Page = super().page(  # type: ignore[misc]
            prefix, terms=terms, before=before, since=since, limit=limit
        )
        self._count("page", len(found.documents))
        return found

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:
        found: Iterator[Document] = super().waiting(prefix, instrument)  # type: ignore[misc]
        ahead = self._held
        if ahead is not None and ahead.waiting(Waiting(prefix, instrument)) is not None:
            return found
        self._count("waiting")
        return self._counted(found)

    def apply(self, changes: Sequence[Change]) -> None:
        self._count("apply")
        super().apply(changes)  # type: ignore[misc]

    @property
    def _held(self) -> ReadAhead | None:
        """What this thread has read together by now."""
        held: ReadAhead | None = self._mine.ahead  # type: ignore[attr-defined]
        return held

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
