"""A server that goes and comes back, and one whose place another takes."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from app.errors import StoreUnavailable
from app.storage.postgres import PostgresStore
from tests.storage.postgres_server import PostgresServer

pytestmark = pytest.mark.integration

# What the design promises; it takes a fraction of it.
BACK_WITHIN_SECONDS = 15


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.make()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def store(server):
    store = PostgresStore(server.url(), timeout_seconds=1)
    yield store
    store.close()


def answers_within(store, seconds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            store.ping()
        except StoreUnavailable:
            time.sleep(0.05)
        else:
            return True
    return False


def test_write_when_the_server_fails_right_after_it_then_nothing_later_rests_on_what_is_gone():
    # Nothing reaches the disk of itself while this goes on.
    server = PostgresServer(durable=True, wal_writer_delay="10s")
    server.make()
    server.start()
    try:
        store = PostgresStore(server.url(), timeout_seconds=5)
        written = store.create("paper/journal/1", {}, durable=False)
        server.stop(hard=True)
        server.start()

        assert store.get("paper/journal/1") == written
        store.close()
    finally:
        server.remove()


@pytest.mark.parametrize("hard", [True, False])
def test_store_when_the_server_stops_and_starts_then_it_goes_on(server, store, hard):
    before = store.create("bots/one", {})
    server.stop(hard=hard)
    with pytest.raises(StoreUnavailable):
        store.create("bots/two", {})
    with pytest.raises(StoreUnavailable):
        store.get("bots/one")
    server.start()

    assert answers_within(store, BACK_WITHIN_SECONDS)
    assert list(store.list("bots/")) == [before]
    assert store.create("bots/two", {}) == store.get("bots/two")


def test_write_when_the_server_is_only_restarted_then_it_is_made(server):
    """It is back before the time is over that a write may take."""
    store = PostgresStore(server.url(), timeout_seconds=20)
    store.ping()
    server.stop(hard=True)
    server.start()

    assert store.create("bots/one", {}) == store.get("bots/one")
    store.close()


CAUGHT_UP = """
SELECT count(*) FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_flush_lsn()
    AND pg_current_wal_flush_lsn() = pg_current_wal_insert_lsn()
"""


def wait_until_followed(server):
    with psycopg.connect(server.url(), autocommit=True) as watching:
        while watching.execute(CAUGHT_UP).fetchone() != (1,):
            time.sleep(0.01)


@pytest.fixture
def standby(server) -> Iterator[PostgresServer]:
    standby = PostgresServer()
    standby.follow(server)
    standby.start()
    yield standby
    standby.remove()


def test_store_when_a_standby_takes_the_place_of_its_primary_then_it_is_found(server, standby):
    hosts = f"127.0.0.1:{server.port},127.0.0.1:{standby.port}"
    store = PostgresStore(f"postgresql://postgres@{hosts}/postgres", timeout_seconds=1)
    created = store.create("bots/one", {})
    wait_until_followed(server)
    server.stop(hard=True)
    with pytest.raises(StoreUnavailable):
        store.replace(created, {"n": 2})
    standby.promote()

    assert answers_within(store, BACK_WITHIN_SECONDS)
    assert store.replace(created, {"n": 3}) == store.get("bots/one")
    store.close()


def test_store_when_its_server_only_reads_then_it_is_not_opened(server, standby):
    PostgresStore(server.url()).close()
    wait_until_followed(server)
    with pytest.raises(StoreUnavailable, match="as a standby can: name the primary"):
        PostgresStore(standby.url(), timeout_seconds=1)
