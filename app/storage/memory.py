"""The store of one process: nothing outlives it, and the same steps give the same versions."""

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from itertools import count

from app.dataclass import dataclass
from app.domain.ticket_terms import Wanted
from app.errors import AlreadyExists, Conflict
from app.storage.base import (
    HIGHEST,
    JSON,
    Change,
    Create,
    Document,
    Page,
    Range,
    Replace,
    Snapshot,
    Waiting,
    decode,
    encode,
    unanswered,
)
from app.storage.terms import page_among


@dataclass(frozen=True, slots=True)
class _Held:
    """A value as text, so that nobody who holds the object can change what is stored."""

    text: str
    version: int


class MemoryStore:
    """Versioned JSON documents in a dictionary, safe for threads; forked processes do not share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._keys: list[str] = []
        # One count for all keys: a key that was deleted and comes again never has an old version.
        self._versions = count(1)

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        held = self._held.get(key)
        return None if held is None else _document(key, held)

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:  # noqa: ARG002
        """Write a new document; raise AlreadyExists when the key is taken."""
        text = encode(value)
        with self._lock:
            if key in self._held:
                raise AlreadyExists(f"{key} already exists")
            version = self._write(key, text)
        return Document(key, value, version)

    def replace(self, document: Document, value: JSON) -> Document:
        """Write over the version that was read; raise Conflict when it has moved or gone."""
        text = encode(value)
        with self._lock:
            if _version(self._held.get(document.key)) != document.version:
                raise Conflict(f"{document.key} has been overwritten")
            version = self._write(document.key, text)
        return Document(document.key, value, version)

    def delete(self, document: Document) -> None:
        """Remove the version that was read; raise Conflict when it has moved, not when it has gone."""
        with self._lock:
            version = _version(self._held.get(document.key))
            if version is None:
                return
            if version != document.version:
                raise Conflict(f"{document.key} has been overwritten")
            self._remove(document.key)

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        """Yield documents whose key starts with `prefix` and sorts after `after`, in key order."""
        with self._lock:
            start = bisect_right(self._keys, after) if after >= prefix else bisect_left(self._keys, prefix)
            end = bisect_left(self._keys, prefix + HIGHEST, lo=start)
            last = end if limit is None else min(end, start + limit)
            page = [(key, self._held[key]) for key in self._keys[start:last]]
        for key, held in page:
            yield _document(key, held)

    def together(self, ranges: Sequence[Range], waiting: Waiting | None = None) -> None:
        """Read nothing: here it is read at once."""

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        """Return documents under `prefix` that carry all terms, from the last key down."""
        return page_among(self.list(prefix), terms, before, since, limit)

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:  # noqa: ARG002
        """Yield documents under `prefix` that lack their answer, whatever they are of."""
        return unanswered(self.list(prefix))

    def apply(self, changes: Sequence[Change]) -> None:
        """Make all the changes, or none of them."""
        with self._lock:
            for key, text in self._outcome(changes).items():
                if text is not None:
                    self._write(key, text)
                elif key in self._held:
                    self._remove(key)

    def snapshot(self) -> Snapshot:
        """Return every document as it is now."""
        return Snapshot(iter(list(self.list(""))))

    def count(self, prefix: str) -> int:
        """Return how many documents there are under `prefix`."""
        with self._lock:
            return bisect_left(self._keys, prefix + HIGHEST) - bisect_left(self._keys, prefix)

    def upkeep(self) -> int:
        """Do nothing: nothing has to be done by the clock."""
        return 0

    def ping(self) -> None:
        """Do nothing: memory is always within reach."""

    def close(self) -> None:
        """Do nothing: what is held goes with the object."""

    def _outcome(self, changes: Sequence[Change]) -> dict[str, str | None]:
        """Work out what each key holds in the end (None: nothing), before anything is touched."""
        outcome: dict[str, str | None] = {}
        for change in changes:
            if isinstance(change, Create):
                taken = outcome[change.key] is not None if change.key in outcome else change.key in self._held
                if not taken:
                    outcome[change.key] = encode(change.value)
                continue
            key = change.document.key
            # What these changes themselves have written has a version that nobody can have read yet.
            current = key not in outcome and _version(self._held.get(key)) == change.document.version
            if isinstance(change, Replace):
                if not current:
                    raise Conflict(f"{key} has been overwritten")
                outcome[key] = encode(change.value)
            elif current:
                outcome[key] = None
        return outcome

    def _write(self, key: str, text: str) -> int:
        version = next(self._versions)
        if key not in self._held:
            insort(self._keys, key)
        self._held[key] = _Held(text, version)
        return version

    def _remove(self, key: str) -> None:
        del self._held[key]
        del self._keys[bisect_left(self._keys, key)]


def _version(held: _Held | None) -> int | None:
    return None if held is None else held.version


def _document(key: str, held: _Held) -> Document:
    return Document(key, decode(held.text)[0], held.version)
