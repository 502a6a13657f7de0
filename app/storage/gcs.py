"""The cloud's store: one Cloud Storage object a document, whose generation is its version."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from itertools import islice
from typing import Any
from uuid import uuid4

from app.errors import AlreadyExists, Conflict, SettingsError, StoreUnavailable
from app.storage.base import JSON, Change, Create, Document, Page, Replace, unanswered
from app.storage.gcs_clients import BucketClients
from app.storage.gcs_memory import Memory
from app.storage.gcs_pages import BATCH, BucketPages

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
WRITER = "writer"
PAGE = 1000
PASSING = {408, 429, 500, 502, 503, 504}
MISSING_BUCKET = "specified bucket does not exist"


class GcsStore:
    """Versioned JSON documents in one Google Cloud Storage bucket.

    Every write carries a generation precondition and a nonce, so that a retry which meets its own earlier
    write is told from a race that was lost. A call gives up after about twice `timeout_seconds`. Without a
    `client` every thread gets one of its own; a given one serves all threads and is closed with the store.
    """

    def __init__(self, bucket_name: str, *, client: Any | None = None, timeout_seconds: float = 5) -> None:
        if not BUCKET_NAME.fullmatch(bucket_name):
            raise SettingsError(f"GCS_BUCKET_NAME is not the name of a bucket: {bucket_name!r}.")
        # Else the SDK fetches the bucket's description for traces, in a thread of its own on our session.
        os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
        self._bucket_name = bucket_name
        self._failures = _transport_failures()
        self._connect = _connector() if client is None else lambda: client
        self._connections = BucketClients(self._connect)
        self._memory = Memory()
        retry, attempt = _retry(), (timeout_seconds / 4, timeout_seconds / 2)
        self._patience = {"retry": retry.with_timeout(timeout_seconds), "timeout": attempt}
        self._hurry = {"retry": retry.with_timeout(timeout_seconds / 4), "timeout": attempt}

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        try:
            with self._calling(f"read {key}", _Absent):
                blob = self._bucket().blob(key)
                # One request brings both content and generation; a torn one starts again from the first byte.
                content = blob.download_as_bytes(single_shot_download=True, **self._patience)
                document = Document(key, json.loads(content), int(blob.generation))
                self._memory.keep(key, document.version, content)
                return document
        except _Absent:
            return None

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:  # noqa: ARG002
        """Write a new document; raise AlreadyExists when the key is taken."""
        try:
            return Document(key, value, self._upload(key, value, expected=0))
        except _Moved as error:
            raise AlreadyExists(f"{key} already exists") from error

    def replace(self, document: Document, value: JSON) -> Document:
        """Write over the version that was read; raise Conflict when it has moved or gone."""
        try:
            version = self._upload(document.key, value, expected=document.version)
        except _Moved as error:
            raise Conflict(f"{document.key} has been overwritten") from error
        return Document(document.key, value, version)

    def delete(self, document: Document) -> None:
        """Remove the version that was read; raise Conflict when it has moved, not when it has gone."""
        try:
            with suppress(_Absent), self._calling(f"delete {document.key}", _Absent, _Moved):
                blob = self._bucket().blob(document.key)
                blob.delete(if_generation_match=document.version, **self._patience)
        except _Moved as error:
            if self._held(document.key) is not None:
                raise Conflict(f"{document.key} has been overwritten") from error

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        """Yield documents whose key starts with `prefix` and sorts after `after`, in key order."""
        remaining = sys.maxsize if limit is None else limit
        names = self._names(prefix, after, page_size=min(PAGE, remaining + 1))
        while remaining > 0 and (batch := self._batch(names, min(BATCH, remaining))):
            for document in self._fetch(batch):
                if document is not None:
                    yield document
                    remaining -= 1

    def page(
        self, prefix: str, *, terms: Sequence[str] = (), before: str = "", since: str = "", limit: int
    ) -> Page:
        """Return documents under `prefix` that carry all terms, from the last key down; see BucketPages."""
        pages = BucketPages(self._folders, partial(self._names, after="", page_size=PAGE), self._fetch)
        return pages.page(prefix, terms=terms, before=before, since=since, limit=limit)

    def waiting(self, prefix: str) -> Iterator[Document]:
        """Yield documents under `prefix` that lack their answer."""
        return unanswered(self.list(prefix))

    def apply(self, changes: Sequence[Change]) -> None:
        """Make the changes one after the other; an error leaves a prefix of them made."""
        for change in changes:
            self._make(change)

    def ping(self) -> None:
        """Prove that objects can be written, read and deleted."""
        written = self.create(f"pings/{uuid4().hex}", {})
        if self.get(written.key) != written:
            raise StoreUnavailable(f"Bucket {self._bucket_name} does not return what was written to it.")
        self.delete(written)

    def close(self) -> None:
        """Close every connection of this process."""
        self._here().close()
        self._connections = BucketClients(self._connect)

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
        nonce = uuid4().hex
        content = json.dumps(value, separators=(",", ":"))  # ASCII, so that lone surrogates survive UTF-8
        try:
            with self._calling(f"write {key}", _Moved):
                blob = self._bucket().blob(key)
                blob.metadata = {WRITER: nonce}
                blob.upload_from_string(
                    content, "application/json", if_generation_match=expected, **self._patience
                )
                return int(blob.generation)
        except _Moved:
            held = self._held(key)
            if held is None and not expected:  # gone again, or forbidden by a policy: nobody holds the key
                raise StoreUnavailable(f"Bucket {self._bucket_name} does not let {key} be created.") from None
            if held is None or (held.metadata or {}).get(WRITER) != nonce:
                raise
            return int(held.generation)  # the first attempt was ours; only its answer was lost

    def _held(self, key: str) -> Any | None:
        with self._calling(f"look at {key}"):
            return self._bucket().get_blob(key, **self._hurry)

    def _fetch(self, batch: tuple[tuple[str, int], ...]) -> Iterator[Document | None]:
        """Read what is listed, several at a time; what was read in this generation is not asked for again."""
        known = {key: self._memory.recall(key, generation) for key, generation in batch}
        missing = [key for key, content in known.items() if content is None]
        read = dict(zip(missing, self._here().fetchers.map(self.get, missing), strict=True))
        for key, generation in batch:
            content = known[key]
            yield read[key] if content is None else Document(key, json.loads(content), generation)

    def _names(self, prefix: str, after: str, *, page_size: int) -> Iterator[tuple[str, int]]:
        with self._calling("list documents"):
            blobs = self._bucket().list_blobs(
                prefix=prefix,
                start_offset=after or None,
                page_size=page_size,
                fields="items(name,generation),nextPageToken",
                **self._patience,
            )
        # Google's offset is inclusive.
        return ((blob.name, int(blob.generation)) for blob in blobs if blob.name > after)

    def _folders(self, prefix: str) -> Sequence[str]:
        with self._calling("list folders"):
            options = {"delimiter": "/", "fields": "prefixes,nextPageToken"} | self._patience
            listed = self._bucket().list_blobs(prefix=prefix, **options)
            # The SDK gathers the folders while its pages are turned.
            any(listed)
            return tuple(listed.prefixes)

    def _batch(self, names: Iterator[tuple[str, int]], size: int) -> tuple[tuple[str, int], ...]:
        with self._calling("list documents"):
            return tuple(islice(names, size))

    def _bucket(self) -> Any:
        return self._here().client().bucket(self._bucket_name)

    def _here(self) -> "BucketClients":
        if self._connections.process != os.getpid():
            self._connections = BucketClients(self._connect)
        return self._connections

    @contextmanager
    def _calling(self, action: str, *foreseen: type[Exception]) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            meaning = _meaning(error)
            if meaning in foreseen:
                raise meaning from error
            raise StoreUnavailable(
                f"Bucket {self._bucket_name} could not {action}: {_reason(error)}."
            ) from error


class _Absent(Exception):
    """There is no such object."""


class _Moved(Exception):
    """The generation precondition did not hold."""


def _connector() -> Callable[[], Any]:
    import google.auth  # paid only where it is chosen
    from google.auth.exceptions import DefaultCredentialsError
    from google.cloud import storage

    if os.environ.get("STORAGE_EMULATOR_HOST"):
        return partial(storage.Client, project=None)
    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
    except DefaultCredentialsError as error:
        raise SettingsError("GCS_BUCKET_NAME is set, but there are no Google credentials here.") from error
    return partial(storage.Client, project=None, credentials=credentials)


def _retry() -> Any:
    import requests  # paid only where it is chosen
    import urllib3
    from google.auth.exceptions import TransportError
    from google.cloud.storage.retry import DEFAULT_RETRY

    broken = (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, TransportError)

    def may_pass(error: Exception) -> bool:
        response = getattr(error, "response", None)
        if response is None:
            return isinstance(error, broken)
        if response.status_code not in PASSING:
            return False
        response.close()  # the SDK drops a refused download unread, and its connection with it
        return True

    return DEFAULT_RETRY.with_predicate(may_pass).with_delay(initial=0.25, maximum=1.0)


def _transport_failures() -> tuple[type[Exception], ...]:
    import requests  # paid only where it is chosen
    import urllib3
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError
    from google.cloud.storage.exceptions import DataCorruption, InvalidResponse

    google = (GoogleAPIError, GoogleAuthError, DataCorruption, InvalidResponse)
    # ValueError: an answer, or an object that somebody else put there, which is not JSON.
    return (
        *google,
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        HTTPException,
        OSError,
        ValueError,
    )


def _meaning(error: Exception) -> type[Exception]:
    code = getattr(error, "code", None)
    if code == HTTPStatus.PRECONDITION_FAILED:
        return _Moved
    if code == HTTPStatus.NOT_FOUND and MISSING_BUCKET not in str(error):
        return _Absent
    return StoreUnavailable


def _reason(error: Exception) -> str:
    """Name the cause without its text, which may hold addresses and tokens."""
    cause = getattr(error, "cause", None) or error
    status = getattr(getattr(cause, "response", None), "status_code", None)
    return type(cause).__name__ if status is None else f"HTTP {status}"
