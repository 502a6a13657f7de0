"""One store made to hold what another holds: both are walked side by side in key order, and what differs is
written. A walk that finds no difference has proved, document by document and byte by byte, that they agree.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from typing import Any, TypeAlias

from app.dataclass import dataclass
from app.storage.base import Change, Create, Delete, Document, Replace, Store, encode

# What is written at a time: so many documents, or so many bytes, whichever comes first.
BATCH_DOCUMENTS = 512
BATCH_BYTES = 4_000_000

Read: TypeAlias = Callable[[], Iterable[Document]]


@dataclass(slots=True)
class FolderSum:
    """How many documents of a folder were read, and one digest over all of them in key order."""

    documents: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def add(self, document: Document) -> None:
        """Count a document."""
        self.documents += 1
        self._digest.update(f"{document.key}\0{encode(document.value)}\n".encode())

    @property
    def digest(self) -> str:
        """The digest as it stands."""
        text: str = self._digest.hexdigest()
        return text


@dataclass(slots=True)
class Walk:
    """What one walk came to: sums by folder of what was read, and how often the other side differed."""

    folders: dict[str, FolderSum] = field(default_factory=dict)
    differences: int = 0

    @property
    def documents(self) -> int:
        """How many documents were read."""
        return sum(each.documents for each in self.folders.values())

    def add(self, document: Document) -> None:
        """Count a document that was read."""
        folder = document.key.partition("/")[0] + "/"
        self.folders.setdefault(folder, FolderSum()).add(document)


class StoreCopy:
    """Fills `target` from what `read` yields in key order, but for the keys `without` and some folders.

    `writers` is how many writings the target takes at a time; `told` hears of every document that is read.
    """

    def __init__(
        self,
        read: Read,
        target: Store,
        *,
        without: Collection[str] = (),
        without_folders: Collection[str] = (),
        writers: int = 1,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self._read = read
        self._target = target
        self._without = frozenset(without)
        self._without_folders = tuple(without_folders)
        self._writers = writers
        self._told = told

    def walk(self, *, is_empty: bool = False) -> Walk:
        """Walk once, write what differs, and tell how much that was; an empty target is not read."""
        walk, held = Walk(), iter(()) if is_empty else self._target.list("")
        with ThreadPoolExecutor(self._writers) as pool:
            for batch in _batches(self._changes(walk, held)):
                # Each writer gets its part; whatever one could not write is raised here.
                parts = [batch[place :: self._writers] for place in range(self._writers)]
                list(pool.map(self._target.apply, filter(None, parts)))
        return walk

    def _changes(self, walk: Walk, held: Iterable[Document]) -> Iterator[Change]:
        for wanted, found in side_by_side(self._kept(self._read()), self._kept(held)):
            if wanted is not None:
                walk.add(wanted)
                self._told()
            change = _change(wanted, found)
            if change is not None:
                walk.differences += 1
                yield change

    def _kept(self, documents: Iterable[Document]) -> Iterator[Document]:
        return (
            each
            for each in documents
            if each.key not in self._without and not each.key.startswith(self._without_folders)
        )


def side_by_side(
    left: Iterable[Document], right: Iterable[Document]
) -> Iterator[tuple[Document | None, Document | None]]:
    """Pair documents of one key, of two readings in key order; None stands for what one side lacks."""
    lefts, rights = iter(left), iter(right)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.key < other.key):
            yield one, None
            one = next(lefts, None)
        elif one is None or other.key < one.key:
            yield None, other
            other = next(rights, None)
        else:
            yield one, other
            one, other = next(lefts, None), next(rights, None)


def _change(wanted: Document | None, found: Document | None) -> Change | None:
    if wanted is None:
        return None if found is None else Delete(found)
    if found is None:
        return Create(wanted.key, wanted.value)
    return None if encode(wanted.value) == encode(found.value) else Replace(found, wanted.value)


def _batches(changes: Iterator[Change]) -> Iterator[Sequence[Change]]:
    batch: list[Change] = []
    size = 0
    for change in changes:
        batch.append(change)
        size += 0 if isinstance(change, Delete) else len(encode(change.value))
        if len(batch) >= BATCH_DOCUMENTS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
