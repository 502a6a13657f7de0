"""Everything in a bucket, read while others write: looked at again until a look finds nothing new."""

from collections.abc import Callable, Iterator
from itertools import islice

from app.storage.base import Document, Gone, Snapshot
from app.storage.gcs_pages import BATCH, Listed

# Each look reads but what has changed since the one before.
LOOKS = 8


class BucketLooks:
    """`names` lists every document with its generation, `fetch` reads a batch of them."""

    def __init__(
        self,
        names: Callable[[], Iterator[Listed]],
        fetch: Callable[[tuple[Listed, ...]], Iterator[Document | None]],
    ) -> None:
        self._names = names
        self._fetch = fetch
        self._known: dict[str, int] = {}

    def snapshot(self) -> Snapshot:
        """Return what is read look by look.

        Two listings that agree, with nothing but these generations read, are a moment at which the bucket
        held exactly that.
        """
        snapshot = Snapshot()
        snapshot.documents = self._looks(snapshot)
        return snapshot

    def _looks(self, snapshot: Snapshot) -> Iterator[Document | Gone]:
        for _ in range(LOOKS):
            listed: set[str] = set()
            snapshot.unsettled = 0
            for item in self._changed(listed):
                snapshot.unsettled += 1
                yield item
            for key in sorted(self._known.keys() - listed):
                snapshot.unsettled += 1
                del self._known[key]
                yield Gone(key)
            if not snapshot.unsettled:
                return

    def _changed(self, listed: set[str]) -> Iterator[Document]:
        names = self._noted(listed)
        while batch := tuple(islice(names, BATCH)):
            for document in self._fetch(batch):
                # What is gone since the listing is found missing by the next look.
                if document is not None:
                    self._known[document.key] = document.version
                    yield document

    def _noted(self, listed: set[str]) -> Iterator[Listed]:
        for key, generation in self._names():
            listed.add(key)
            if self._known.get(key) != generation:
                yield key, generation
