"""The way to one Cloud Storage bucket: clients, patience, and what its refusals mean.

Google's SDK is spoken to here and by whoever holds a `BucketTransport`; it is imported when one is made.
"""

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from app.errors import SettingsError, StoreUnavailable
from app.storage.gcs_clients import BucketClients

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
PASSING = {408, 429, 500, 502, 503, 504}
MISSING_BUCKET = "specified bucket does not exist"


class Absent(Exception):  # no error: whoever asks foresees it
    """There is no such object."""


class Moved(Exception):  # no error: whoever asks foresees it
    """The generation precondition did not hold."""


class BucketTransport:
    """One bucket as the SDK reaches it, from every thread and after a fork.

    A call gives up after about twice `timeout_seconds`. Without a `client` every thread gets one of its own;
    a given one serves all threads and is closed with the rest.
    """

    def __init__(self, bucket_name: str, *, client: Any | None = None, timeout_seconds: float = 5) -> None:
        if not BUCKET_NAME.fullmatch(bucket_name):
            raise SettingsError(f"GCS_BUCKET_NAME is not the name of a bucket: {bucket_name!r}.")
        # Else the SDK fetches the bucket's description for traces, in a thread of its own on our session.
        os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
        self.name = bucket_name
        self._failures = _transport_failures()
        self._connect = _connector() if client is None else lambda: client
        self._connections = BucketClients(self._connect)
        retry, attempt = _retry(), (timeout_seconds / 4, timeout_seconds / 2)
        self.patience = {"retry": retry.with_timeout(timeout_seconds), "timeout": attempt}
        self.hurry = {"retry": retry.with_timeout(timeout_seconds / 4), "timeout": attempt}

    def bucket(self) -> Any:
        """Return the bucket, reached by this thread's own client."""
        return self._here().client().bucket(self.name)

    @property
    def fetchers(self) -> ThreadPoolExecutor:
        """The threads of this process that read several objects at a time."""
        return self._here().fetchers

    @contextmanager
    def calling(self, action: str, *foreseen: type[Exception]) -> Iterator[None]:
        """Turn what the SDK raises into what was foreseen (Absent, Moved), else into StoreUnavailable."""
        try:
            yield
        except self._failures as error:
            meaning = _meaning(error)
            if meaning in foreseen:
                raise meaning from error
            raise StoreUnavailable(f"Bucket {self.name} could not {action}: {_reason(error)}.") from error

    def close(self) -> None:
        """Close every connection of this process; the next call would open new ones."""
        self._here().close()
        self._connections = BucketClients(self._connect)

    def _here(self) -> BucketClients:
        if self._connections.process != os.getpid():
            self._connections = BucketClients(self._connect)
        return self._connections


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
        return Moved
    if code == HTTPStatus.NOT_FOUND and MISSING_BUCKET not in str(error):
        return Absent
    return StoreUnavailable


def _reason(error: Exception) -> str:
    """Name the cause without its text, which may hold addresses and tokens."""
    cause = getattr(error, "cause", None) or error
    status = getattr(getattr(cause, "response", None), "status_code", None)
    return type(cause).__name__ if status is None else f"HTTP {status}"
