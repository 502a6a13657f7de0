"""What a moment without file descriptors or threads leaves behind: nothing that outlives it."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.errors import StoreUnavailable
from app.storage.postgres_connection import Connections
from app.storage.postgres_locks import SYMBOLS, AdvisoryLocks
from tests.without_threads import no_threads

pytestmark = pytest.mark.integration

ONE = "SELECT 1"


@contextmanager
def descriptors_left(count: int) -> Iterator[None]:
    """Leave so many descriptors that can be opened."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    taken: list[int] = []
    try:
        while True:
            try:
                taken.append(os.dup(0))
            except OSError:
                break
        for descriptor in taken[:count]:
            os.close(descriptor)
        del taken[:count]
        yield
    finally:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def connections(database_url) -> Iterator[Connections]:
    made = Connections(database_url, timeout_seconds=2, size=1)
    yield made
    made.close()


@pytest.mark.parametrize("left", range(4))
def test_session_when_there_were_no_descriptors_for_it_then_the_next_has_one(connections, left):
    with descriptors_left(left):
        try:
            asked = connections.ask(ONE)
        except StoreUnavailable:
            asked = []

    assert asked in ([], [(1,)])
    assert connections.ask(ONE) == [(1,)]


def test_session_when_there_was_no_thread_for_it_then_the_next_has_one(connections):
    with no_threads(), pytest.raises(StoreUnavailable):
        connections.ask(ONE)

    assert connections.ask(ONE) == [(1,)]


def test_session_when_it_is_given_back_in_the_middle_of_something_then_nobody_gets_it(connections):
    with connections.turn() as session:
        session.execute("BEGIN")

    assert connections.ask(ONE) == [(1,)]
    assert session.closed


class WithoutOne(Connections):
    """Connections that had no descriptor for the session of the locks, so many times."""

    failures = 0

    def open(self):
        if self.failures:
            self.failures -= 1
            raise OSError(24, "Too many open files")
        return super().open()


def test_locks_when_their_session_is_lost_and_there_is_no_descriptor_for_another_then_they_come_back(
    database_url,
):
    connections = WithoutOne(database_url, timeout_seconds=5, size=3)
    locks = AdvisoryLocks(connections, 7)
    try:
        connections.failures = 2
        (pid,) = connections.ask("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1")[0]
        connections.ask("SELECT pg_terminate_backend(%s, 2000)", (pid,))
        with locks.hold(SYMBOLS, 1) as is_held:
            assert is_held()
    finally:
        locks.close()
        connections.close()
