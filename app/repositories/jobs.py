"""Jobs under `jobs/{id}`, and their results under `job_results/{id}`: a list of jobs reads none of those."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from app.domain.jobs import Job
from app.domain.json_codec import from_json, to_json
from app.errors import Conflict
from app.repositories.job_files import JobFiles
from app.repositories.readable import or_none
from app.storage.base import Document, Store

PREFIX = "jobs/"
RESULTS = "job_results/"
# Older ones that are over make way.
KEPT = 100
ATTEMPTS = 5


class StoredJobs:
    """Keeps jobs; what cannot be read is left out."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.files = JobFiles(store)

    def add(self, job: Job) -> None:
        """Write a new job down."""
        self._store.create(f"{PREFIX}{job.id}", to_json(job))

    def find(self, job: str) -> Job | None:
        """Return a job."""
        document = self._store.get(f"{PREFIX}{job}")
        return None if document is None else _readable(document)

    def every(self) -> list[Job]:
        """Return all jobs, the newest first."""
        return [job for _, job in self._all()][::-1]

    def result(self, job: str) -> dict[str, Any] | None:
        """Return what came of a job."""
        document = self._store.get(f"{RESULTS}{job}")
        return None if document is None else document.value

    def keep_result(self, job: str, result: dict[str, Any]) -> None:
        """Write down what came of a job, before it is said to be done."""
        self._store.create(f"{RESULTS}{job}", result)

    def change(self, job: str, step: Callable[[Job], Job | None]) -> Job | None:
        """Write what `step` makes of a job as it stands; None where it wants no change, or nothing is there.

        Raise Conflict or StoreUnavailable.
        """
        for _ in range(ATTEMPTS):
            document = self._store.get(f"{PREFIX}{job}")
            known = None if document is None else _readable(document)
            wanted = None if known is None else step(known)
            if document is None or wanted is None:
                return None
            try:
                self._store.replace(document, to_json(wanted))
            except Conflict:
                continue
            return wanted
        raise Conflict(f"{PREFIX}{job} is being changed by others")

    def purge(self) -> int:
        """Remove the oldest that are over, so that so many stay; return how many."""
        over = [document for document, job in self._all() if job.state.is_over]
        for document in over[:-KEPT]:
            job = document.key.removeprefix(PREFIX)
            self.files.drop(job)
            for old in (self._store.get(f"{RESULTS}{job}"), document):
                if old is not None:
                    self._store.delete(old)
        return len(over[:-KEPT])

    def drop_unawaited_uploads(self, before: datetime) -> int:
        """Remove what came before a moment with jobs that were never written down, or are over.

        Return how many there were.
        """
        # These first: a job is there soon after what came with it.
        found = list(self.files.uploaded_before(before))
        awaited = {document.key for document in self._store.list(PREFIX) if not _is_over(document)}
        unawaited = [job for job in found if f"{PREFIX}{job}" not in awaited]
        for job in unawaited:
            self.files.drop_upload(job)
        return len(unawaited)

    def _all(self) -> Iterator[tuple[Document, Job]]:
        for document in self._store.list(PREFIX):
            job = _readable(document)
            if job is not None:
                yield document, job


def _is_over(document: Document) -> bool:
    job = _readable(document)
    return job is not None and job.state.is_over


def _readable(document: Document) -> Job | None:
    return or_none(document, lambda stored: from_json(Job, stored.value))
