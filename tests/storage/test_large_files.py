"""What jobs keep is large: every store gives it back to the letter, and lets it go."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app.domain.jobs import Job, JobKind, JobState
from app.repositories.job_files import JobFiles
from app.repositories.jobs import StoredJobs
from tests.builders import fresh_ticket_id

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def text() -> str:
    """As many bytes as a request may have, and hard to compress."""
    chance = Random(7)
    return "\r\n".join(f"2026-06-02T14:30:00Z,{chance.random()},“ß”,{number}" for number in range(330_000))


@pytest.fixture
def files(store) -> JobFiles:
    return JobFiles(store)


def test_files_when_as_large_as_a_request_may_be_then_every_store_gives_them_back_and_lets_them_go(
    files, store, text
):
    files.keep_upload("one", {"alerts": {"name": "a.csv", "text": text}})
    files.keep("one", "equity.csv", text)
    files.keep("two", "equity.csv", "of another")

    assert files.upload("one")["alerts"]["text"] == text
    assert files.find("one", "equity.csv") == text
    files.drop("one")
    assert (files.upload("one"), files.find("one", "equity.csv")) == ({}, None)
    assert [document.key for document in store.list("job_")] == ["job_files/two/equity.csv"]


def test_upload_when_no_job_waits_for_it_then_every_store_lets_it_go_once_it_is_old(store):
    now = datetime(2026, 6, 2, 12, tzinfo=UTC)
    old = now - timedelta(hours=2)
    stored = StoredJobs(store)
    waiting, over, never, young = (str(fresh_ticket_id(at)) for at in (old, old, old, now))
    for job in (waiting, over, never, young):
        stored.files.keep_upload(job, {"prompt": "version: bold-1"})
    for job, state in ((waiting, JobState.QUEUED), (over, JobState.CANCELED)):
        stored.add(Job(id=job, kind=JobKind.REPLAY, created_at=old, state=state, has_upload=True))

    assert stored.drop_unawaited_uploads(now - timedelta(hours=1)) == 2
    assert {document.key for document in store.list("job_uploads/")} == {
        f"job_uploads/{waiting}",
        f"job_uploads/{young}",
    }
