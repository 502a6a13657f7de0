"""The cloud's store: one Cloud Storage object a document, whose generation is its version."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any
from uuid import uuid4

from app.domain.ticket_terms import Wanted
from app.errors import AlreadyExists, Conflict, StoreUnavailable
from app.storage.base import (
    JSON,
    PINGS,
    Change,
    Create,
    Document,
    Page,
    Range,
    Replace,
    Snapshot,
    Waiting,
    unanswered,
)
from app.storage.gcs_emptiness import Emptiness
from app.storage.gcs_memory import Memory
from app.storage.gcs_pages import BATCH, BucketPages
from app.storage.gcs_snapshot import BucketLooks
from app.storage.gcs_transport import Absent, BucketTransport, Moved

WRITER = "writer"
PAGE = 1000
# Folders of the bucket that hold files: see BucketFiles.
FILES = ("archive/", "backups/")


class GcsStore:
    """Versioned JSON documents in one Google Cloud Storage bucket.

    Every write carries a generation precondition and a nonce, so that a retry which meets its own earlier
    write is told from a race that was lost. A call gives up after about twice `timeout_seconds`. Without a
    `client` every thread gets one of its own; a given one serves all threads and is closed with the store.
    A folder that was empty is believed to be so for `empty_seconds`, unless this process writes there.
    """

    def __init__(
        self,
        bucket_name: str,
        *,
        client: Any | None = None,
        timeout_seconds: float = 5,
        empty_seconds: float = 0,
    ) -> None:
        self._transport = BucketTransport(bucket_name, client=client, timeout_seconds=timeout_seconds)
        self._memory = Memory()
        self._emptiness = Emptiness(empty_seconds)

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        try:
            with self._transport.calling(f"read {key}", Absent):
                blob = self._transport.bucket().blob(key)
                # One request brings both content and generation; a torn one starts again from the first byte.
                content = blob.download_as_bytes(single_shot_download=True, **self._transport.patience)
                document = Document(key, json.loads(content), int(blob.generation))
                self._memory.keep(key, document.version, content)
                return document
        except Absent:
            return None

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:  # noqa: ARG002
        """Write a new document; raise AlreadyExists when the key is taken."""
        try:
            return Document(key, value, self._upload(key, value, expected=0))
        except Moved as error:
            raise AlreadyExists(f"{key} already exists") from error

    def replace(self, document: Document, value: JSON) -> Document:
        """Write over the version that was read; raise Conflict when it has moved or gone."""
        try:
            version = self._upload(document.key, value, expected=document.version)
        except Moved as error:
            raise Conflict(f"{document.key} has been overwritten") from error
        return Document(document.key, value, version)

    def delete(self, document: Document) -> None:
        """Remove the version that was read; raise Conflict when it has moved, not when it has gone."""
        try:
            with suppress(Absent), self._transport.calling(f"delete {document.key}", Absent, Moved):
                blob = self._transport.bucket().blob(document.key)
                blob.delete(if_generation_match=document.version, **self._transport.patience)
        except Moved as error:
            if self._held(document.key) is not None:
                raise Conflict(f"{document.key} has been overwritten") from error

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        """Yield documents whose key starts with `prefix` and sorts after `after`, in key order."""
        remaining = sys.maxsize if limit is None else limit
        if not after and self._emptiness.is_known(prefix):
            return
        mark = self._emptiness.begin()
        names = self._names(prefix, after, page_size=min(PAGE, remaining + 1))
        found = not remaining or bool(after)
        while remaining > 0 and (batch := self._batch(names, min(BATCH, remaining))):
            found = True
            for document in self._fetch(batch):
                if document is not None:
                    yield document
                    remaining -= 1
        if not found:
            self._emptiness.found_nothing(prefix, mark)

    def together(self, ranges: Sequence[Range], waiting: Waiting | None = None) -> None:
        """Read nothing: here each is asked for by itself."""

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        """Return documents under `prefix` that carry all terms, from the last key down; see BucketPages."""
        pages = BucketPages(self._folders, partial(self._names, after="", page_size=PAGE), self._fetch)
        return pages.page(prefix, terms=terms, before=before, since=since, limit=limit)

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:  # noqa: ARG002
        """Yield documents under `prefix` that lack their answer, whatever they are of."""
        return unanswered(self.list(prefix))

    def apply(self, changes: Sequence[Change]) -> None:
        """Make the changes one after the other; an error leaves a prefix of them made."""
        for change in changes:
            self._make(change)

    def snapshot(self) -> Snapshot:
        """Return every document; see BucketLooks for how near to one moment a bucket comes."""
        return BucketLooks(partial(self._names, "", "", page_size=PAGE), self._fetch).snapshot()

    def count(self, prefix: str) -> int:
        """Return how many documents there are under `prefix`, by listing their names."""
        with self._transport.calling("list documents"):
            return sum(1 for _ in self._names(prefix, "", page_size=PAGE))

    def upkeep(self) -> int:
        """Do nothing: nothing has to be done by the clock."""
        return 0

    def ping(self) -> None:
        """Prove that objects can be written, read and deleted."""
        written = self.create(f"{PINGS}{uuid4().hex}", {})
        if self.get(written.key) != written:
            raise StoreUnavailable(f"Bucket {self._transport.name} does not return what was written to it.")
        self.delete(written)

    def close(self) -> None:
        """Close every connection of this process."""
        self._transport.close()

    def _make(self, change: Change) -> None:
        if isinstance(change, Replace):
            self.replace(change.document, change.value)
        elif isinstance(change, Create):
            with suppress(AlreadyExists):
                self.create(change.key, change.value)
        else:
            with suppress(Conflict):
                self.delete(change.document)

    def _upload(self, key: str, value: JSON, *, expected: int) -> int:
        try:
            return self._uploaded(key, value, expected=expected)
        finally:
            # Also where no answer came: it may have been written.
            self._emptiness.written(key)

    def _uploaded(self, key: str, value: JSON, *, expected: int) -> int:
        nonce = uuid4().hex
        content = json.dumps(value, separators=(",", ":"))  # ASCII, so that lone surrogates survive UTF-8
        try:
            with self._transport.calling(f"write {key}", Moved):
                blob = self._transport.bucket().blob(key)
                blob.metadata = {WRITER: nonce}
                blob.upload_from_string(
                    content, "application/json", if_generation_match=expected, **self._transport.patience
                )
                return int(blob.generation)
        except Moved:
            held = self._held(key)
            if held is None and not expected:  # gone again, or forbidden by a policy: nobody holds the key
                raise StoreUnavailable(
                    f"Bucket {self._transport.name} does not let {key} be created."
                ) from None
            if held is None or (held.metadata or {}).get(WRITER) != nonce:
                raise
            return int(held.generation)  # the first attempt was ours; only its answer was lost

    def _held(self, key: str) -> Any | None:
        with self._transport.calling(f"look at {key}"):
            return self._transport.bucket().get_blob(key, **self._transport.hurry)

    def _fetch(self, batch: tuple[tuple[str, int], ...]) -> Iterator[Document | None]:
        """Read what is listed, several at a time; what was read in this generation is not asked for again."""
        known = {key: self._memory.recall(key, generation) for key, generation in batch}
        missing = [key for key, content in known.items() if content is None]
        read = dict(zip(missing, self._transport.fetchers.map(self.get, missing), strict=True))
        for key, generation in batch:
            content = known[key]
            yield read[key] if content is None else Document(key, json.loads(content), generation)

    def _names(self, prefix: str, after: str, *, page_size: int) -> Iterator[tuple[str, int]]:
        with self._transport.calling("list documents"):
            blobs = self._transport.bucket().list_blobs(
                prefix=prefix,
                start_offset=after or None,
                page_size=page_size,
                fields="items(name,generation),nextPageToken",
                **self._transport.patience,
            )
        # Google's offset is inclusive; files lie beside the documents and are none.
        return (
            (blob.name, int(blob.generation))
            for blob in blobs
            if blob.name > after and not blob.name.startswith(FILES)
        )

    def _folders(self, prefix: str) -> Sequence[str]:
        with self._transport.calling("list folders"):
            options = {"delimiter": "/", "fields": "prefixes,nextPageToken"} | self._transport.patience
            listed = self._transport.bucket().list_blobs(prefix=prefix, **options)
            # The SDK gathers the folders while its pages are turned.
            any(listed)
            return tuple(listed.prefixes)

    def _batch(self, names: Iterator[tuple[str, int]], size: int) -> tuple[tuple[str, int], ...]:
        with self._transport.calling("list documents"):
            return tuple(islice(names, size))
