"""Texts that belong to jobs.

Under `job_uploads/{id}` lies what came with one, under `job_files/{id}/` what it wrote. They are large,
and look alike from line to line: so they are kept compressed.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.tickets import made_at
from app.storage.base import Store

UPLOADS = "job_uploads/"
FILES = "job_files/"


class JobFiles:
    """Keeps what jobs need and what they write."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep_upload(self, job: str, upload: Mapping[str, Any]) -> None:
        """Write down what came with a job, before the job is there."""
        self._store.create(f"{UPLOADS}{job}", _packed(json.dumps(upload)))

    def upload(self, job: str) -> dict[str, Any]:
        """Return what came with a job; nothing where nothing did."""
        text = self._text(f"{UPLOADS}{job}")
        found: dict[str, Any] = {} if text is None else json.loads(text)
        return found

    def drop_upload(self, job: str) -> None:
        """Remove what came with a job that is over."""
        document = self._store.get(f"{UPLOADS}{job}")
        if document is not None:
            self._store.delete(document)

    def uploaded_before(self, moment: datetime) -> Iterator[str]:
        """Yield the jobs that something came with before a moment, whether they were written down or not."""
        for document in self._store.list(UPLOADS):
            job = document.key.removeprefix(UPLOADS)
            # What has another name than we give is none of ours.
            with suppress(ValueError):
                if made_at(UUID(job)) < moment:
                    yield job

    def keep(self, job: str, name: str, text: str) -> None:
        """Write down a file of a job."""
        self._store.create(f"{FILES}{job}/{name}", _packed(text))

    def find(self, job: str, name: str) -> str | None:
        """Return a file of a job."""
        return self._text(f"{FILES}{job}/{name}")

    def drop(self, job: str) -> None:
        """Remove everything of a job."""
        self.drop_upload(job)
        for document in self._store.list(f"{FILES}{job}/"):
            self._store.delete(document)

    def _text(self, key: str) -> str | None:
        document = self._store.get(key)
        return None if document is None else zlib.decompress(b64decode(document.value["packed"])).decode()


def _packed(text: str) -> dict[str, str]:
    return {"packed": b64encode(zlib.compress(text.encode())).decode("ascii")}
