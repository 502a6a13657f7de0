"""A page of a bucket is looked for in so many objects, and for so long."""

import pytest

from app.storage import gcs_pages
from app.storage.base import Document
from app.storage.gcs_pages import BATCH, BucketPages

pytestmark = pytest.mark.unit

NAMES = [(f"tickets/2026-03-01/{number:04}", 1) for number in range(5 * BATCH)]
RARE = NAMES[0][0]


class Timed:
    """Objects each of whose batches takes half a second to read; one ticket is denied, the oldest."""

    def __init__(self) -> None:
        self.now = 0.0
        self.batches = 0
        self.pages = BucketPages(
            lambda _prefix: ["tickets/2026-03-01/"], lambda _folder: iter(NAMES), self.fetch, lambda: self.now
        )

    def fetch(self, batch):
        self.now += 0.5
        self.batches += 1
        for key, version in batch:
            yield Document(key, {"status": "denied" if key == RARE else "filled"}, version)

    def page(self, terms, before=""):
        return self.pages.page("tickets/", terms=terms, before=before, since="", limit=2)


def test_page_when_it_would_take_long_then_it_is_short_and_the_next_goes_on():
    bucket = Timed()
    first = bucket.page(("status:denied",))
    read = bucket.batches
    second = bucket.page(("status:denied",), first.before)

    assert (first.documents, first.before, read) == ((), NAMES[-4 * BATCH][0], 4)
    assert ([document.key for document in second.documents], bucket.batches) == ([RARE], 5)


def test_page_when_nothing_is_looked_for_then_it_is_whole_however_long_it_takes(monkeypatch):
    monkeypatch.setattr(gcs_pages, "MOST_SECONDS", 0.0)

    assert len(Timed().page(()).documents) == 2
