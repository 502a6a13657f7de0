import multiprocessing
import os

import pytest

from app.services.runtime.shared_counts import ROWS, SharedCounts

pytestmark = pytest.mark.integration


@pytest.fixture
def path(tmp_path):
    return tmp_path / "locks" / "changes"


def test_counts_when_two_objects_share_a_file_then_both_see_all(path):
    one, other = SharedCounts(path), SharedCounts(path)
    one.add(3)
    other.add(3)
    other.add(4)

    assert one.read() == other.read()
    assert one.read()[1][3:5] == [2, 1]


def test_counts_when_processes_add_at_once_then_none_is_lost(path):
    counts = SharedCounts(path)
    counts.add(0)
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_add, args=(counts, 500)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert counts.read()[1][0] == 1 + 4 * 500


def _add(counts: SharedCounts, times: int) -> None:
    for _ in range(times):
        counts.add(0)
    os._exit(0)


def test_counts_when_a_process_has_ended_then_its_row_goes_on(path):
    context = multiprocessing.get_context("fork")
    for _ in range(ROWS // 8):
        worker = context.Process(target=_add, args=(SharedCounts(path), 1))
        worker.start()
        worker.join(60)

    assert SharedCounts(path).read()[1][0] == ROWS // 8


def test_counts_when_the_file_cannot_be_made_then_they_are_kept_in_memory(tmp_path):
    (tmp_path / "locks").write_text("a file, not a folder", encoding="utf-8")
    counts = SharedCounts(tmp_path / "locks" / "changes")
    counts.add(1)

    assert counts.read()[1][1] == 1


def test_counts_when_the_file_is_let_go_then_the_next_count_goes_on(path):
    counts = SharedCounts(path)
    counts.add(2)
    counts.close()
    counts.add(2)

    assert counts.read()[1][2] == 2
