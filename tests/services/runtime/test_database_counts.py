"""Changes that processes on several machines count together."""

import threading
import time
from typing import ClassVar

import pytest

from app.errors import StoreUnavailable
from app.services.runtime.database_counts import PERIOD_SECONDS, DatabaseCounts
from app.storage.postgres_connection import Connections
from app.storage.postgres_counts import DatabaseTallies
from tests.without_threads import no_threads

pytestmark = pytest.mark.integration


class Asked:
    """Tallies that tell how often they were asked, and may be away."""

    def __init__(self, tallies) -> None:
        self.tallies, self.times, self.is_away = tallies, 0, False
        self.failures: list[Exception] = []
        self.is_asked = threading.Event()

    def add(self, numbers, at):
        self.times += 1
        self.is_asked.set()
        if self.is_away:
            raise StoreUnavailable("It is away.")
        if self.failures:
            raise self.failures.pop()
        return self.tallies.add(numbers, at)


@pytest.fixture
def connections(database_url):
    connections = Connections(database_url, timeout_seconds=5, size=4)
    yield connections
    connections.close()


@pytest.fixture
def asked(connections):
    return Asked(DatabaseTallies(connections))


@pytest.fixture
def counts(asked):
    counts = DatabaseCounts(asked)
    yield counts
    counts.close()


@pytest.fixture
def others(connections):
    """The counts of a process on another machine."""
    return DatabaseCounts(DatabaseTallies(connections))


def sees(counts, place: int, number: int) -> bool:
    ends = time.monotonic() + 60
    while counts.read()[1][place] != number and time.monotonic() < ends:
        time.sleep(0.05)
    return counts.read()[1][place] == number


def test_counts_when_one_process_adds_then_all_see_it_soon(counts, others):
    counts.add(3, 4)
    counts.add(3)
    assert counts.read()[1][3:5] == [2, 1]

    assert sees(others, 3, 2)
    assert others.read()[0] == counts.read()[0] != 0


def test_counts_when_many_are_added_then_the_database_is_told_once_a_period(counts, asked):
    began, added = time.monotonic(), 0
    while added <= 100 or time.monotonic() < began + 2 * PERIOD_SECONDS:
        counts.add(0)
        added += 1

    assert sees(counts, 0, added)
    # One a period, and what reading asks at the end.
    assert asked.times <= 6 + (time.monotonic() - began) / PERIOD_SECONDS


def test_counts_when_nothing_changes_then_nothing_is_told(counts, asked):
    time.sleep(2 * PERIOD_SECONDS)

    assert asked.times == 0


def test_counts_when_the_database_is_away_then_what_was_added_is_told_later(counts, others, asked):
    asked.is_away = True
    counts.add(5)
    assert counts.read()[1][5] == 1
    asked.is_away = False

    assert sees(others, 5, 1)
    assert counts.read()[1][5] == 1


def test_counts_when_a_reader_fails_while_the_teller_looks_then_it_is_told_later(
    counts, others, asked, monkeypatch
):
    first_look = counts._tell

    def tell_once_a_reader_asks():
        asked.is_asked.wait(60)
        first_look()

    def fail_once_the_teller_has_looked(numbers, at):
        monkeypatch.undo()
        asked.is_asked.set()
        time.sleep(0.2)
        raise StoreUnavailable("It is away.")

    monkeypatch.setattr(counts, "_tell", tell_once_a_reader_asks)
    monkeypatch.setattr(asked, "add", fail_once_the_teller_has_looked)
    counts.add(5)
    counts.read()

    assert sees(others, 5, 1)


def test_counts_when_processes_add_at_once_then_none_is_lost(connections):
    processes = [DatabaseCounts(DatabaseTallies(connections)) for _ in range(4)]

    def add(counts) -> None:
        for number in range(200):
            counts.add(number % 3, 7)

    threads = [threading.Thread(target=add, args=(counts,)) for counts in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for counts in processes:
        counts.close()

    assert sees(processes[0], 7, 800)


def test_tallies_when_another_process_begins_anew_unseen_then_they_are_asked_once_more():
    class Connections:
        answers: ClassVar = [[(3, 1)], [(-1, 5), (3, 1)]]

        def ask(self, _query, _values):
            return self.answers.pop(0)

    assert DatabaseTallies(Connections()).add({3: 1}, 7) == (5, {3: 1})


def test_counts_when_the_server_lost_them_then_they_are_other_counts(counts, others, connections):
    counts.add(1)
    born, _ = counts.read()
    connections.ask("TRUNCATE change_counts")
    counts.add(1)
    counts.close()

    assert others.read()[0] > born


def test_change_when_telling_it_fails_in_an_unforeseen_way_then_the_others_are_told_later(
    counts, asked, others
):
    asked.failures = [OSError(24, "Too many open files")]
    counts.add(3)

    assert sees(others, 3, 1)
    assert asked.failures == []


def test_change_when_there_was_no_thread_to_tell_it_then_it_is_told_with_the_next(counts, others):
    with no_threads():
        counts.add(3)
    counts.add(3)

    assert sees(others, 3, 2)
