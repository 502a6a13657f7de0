"""What jobs keep is large: every store gives it back to the letter, and lets it go."""

from random import Random

import pytest

from app.repositories.job_files import JobFiles

pytestmark = pytest.mark.integration

# As many bytes as a request may have, and hard to compress.
CHANCE = Random(7)
TEXT = "\r\n".join(f"2026-06-02T14:30:00Z,{CHANCE.random()},“ß”,{number}" for number in range(330_000))


@pytest.fixture
def files(store) -> JobFiles:
    return JobFiles(store)


def test_files_when_as_large_as_a_request_may_be_then_every_store_gives_them_back_and_lets_them_go(
    files, store
):
    files.keep_upload("one", {"alerts": {"name": "a.csv", "text": TEXT}})
    files.keep("one", "equity.csv", TEXT)
    files.keep("two", "equity.csv", "of another")

    assert files.upload("one")["alerts"]["text"] == TEXT
    assert files.find("one", "equity.csv") == TEXT
    files.drop("one")
    assert (files.upload("one"), files.find("one", "equity.csv")) == ({}, None)
    assert [document.key for document in store.list("job_")] == ["job_files/two/equity.csv"]
