import gzip
import json

import pytest

from app.errors import StoreUnavailable
from app.services.observability import log_archive
from app.services.observability.journal import Journal
from app.services.observability.log_archive import LogArchive

pytestmark = pytest.mark.unit


class Files:
    """A bucket's folder that can be away."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.away = False

    def __call__(self, name: str, content: bytes) -> None:
        if self.away:
            raise StoreUnavailable("The bucket is away.")
        assert name not in self.held
        self.held[name] = gzip.decompress(content)


@pytest.fixture
def files():
    return Files()


@pytest.fixture
def archive(files, clock):
    return LogArchive(files, clock, "1-ab")


@pytest.fixture
def journal(archive, clock):
    return Journal(None, clock=clock, archive=archive)


def exchange(journal, number: int) -> None:
    journal.exchange(ticket=None, broker="paper", request={"n": number}, response={}, milliseconds=1)


def test_lines_when_the_time_has_come_then_they_lie_in_the_days_folder(journal, archive, files, clock):
    exchange(journal, 1)
    journal.activity("operator: trading is HALTED")

    assert archive.run() == 2
    machine, people = sorted(files.held, reverse=True)
    assert machine == f"archive/logs/{clock():%Y-%m-%d}/logs-{clock():%H%M%S}Z-1-ab-1.jsonl.gz"
    assert json.loads(files.held[machine])["request"] == {"n": 1}
    assert files.held[people].endswith(b"operator: trading is HALTED\n")


def test_archive_when_nothing_was_written_then_there_is_no_file(archive, files):
    assert (archive.run(), files.held) == (0, {})


def test_lines_when_the_bucket_is_away_then_they_wait_in_their_order(journal, archive, files):
    exchange(journal, 1)
    files.away = True
    with pytest.raises(StoreUnavailable):
        archive.run()
    exchange(journal, 2)
    files.away = False

    assert archive.run() == 2
    (content,) = files.held.values()
    assert [json.loads(line)["request"]["n"] for line in content.splitlines()] == [1, 2]


def test_lines_when_the_bucket_is_away_for_long_then_the_oldest_go_and_it_is_told(
    journal, archive, files, monkeypatch, caplog
):
    exchange(journal, 1)
    monkeypatch.setattr(log_archive, "MOST_BYTES", 400)
    for number in range(2, 10):
        exchange(journal, number)
    archive.run()

    (content,) = files.held.values()
    kept = [json.loads(line)["request"]["n"] for line in content.splitlines()]
    assert kept == list(range(10 - len(kept), 10))
    assert len(content) <= 400
    assert f"{9 - len(kept)} lines are not in the archive" in caplog.text


def test_close_when_the_bucket_is_away_then_it_is_told_and_nothing_fails(journal, archive, files, caplog):
    exchange(journal, 1)
    files.away = True
    archive.close()

    assert "The last lines are not in the archive" in caplog.text
