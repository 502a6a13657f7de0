"""A connection that is lost during a write: it is told right whether the write was made."""

import time
from urllib.parse import urlsplit

import psycopg
import pytest

from app.errors import AlreadyExists, Conflict, StoreUnavailable
from app.storage.base import Create, Delete, Replace
from app.storage.postgres import PostgresStore
from tests.storage.cutting_proxy import Cut, CuttingProxy

pytestmark = pytest.mark.integration

KEY = "inbox/bot/doubted"
AT_WORK = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
CUTS = [Cut.BEFORE, Cut.AFTER, Cut.MEANWHILE]


@pytest.fixture
def proxy(database_url):
    proxy = CuttingProxy(urlsplit(database_url).port or 5432)
    yield proxy
    proxy.close()
    # What was cut off may still be at work: it must not write into the next test.
    with psycopg.connect(database_url, autocommit=True) as watching:
        while watching.execute(AT_WORK).fetchone() != (0,):
            time.sleep(0.01)


@pytest.fixture
def store(database_url, proxy):
    """A store behind the proxy."""
    address = urlsplit(database_url)
    netloc = f"{address.username}@127.0.0.1:{proxy.port}"
    store = PostgresStore(address._replace(netloc=netloc).geturl(), timeout_seconds=2)
    yield store
    store.close()


@pytest.fixture
def other(database_url, proxy):
    """Another process's store, with a connection that nobody cuts."""
    store = PostgresStore(database_url)
    yield store
    store.close()


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("durable", [True, False])
def test_create_when_the_connection_is_lost_then_it_is_made_once(store, other, proxy, cut, durable):
    proxy.cut_next(cut, KEY)
    created = store.create(KEY, {"ticket": "one"}, durable=durable)

    assert (proxy.cuts, list(other.list(""))) == (1, [created])
    assert [document.key for document in other.waiting("inbox/")] == [KEY]


@pytest.mark.parametrize("cut", CUTS)
def test_create_when_the_key_was_taken_and_the_connection_is_lost_then_it_says_so(store, other, proxy, cut):
    first = other.create(KEY, {"ticket": "one"})
    proxy.cut_next(cut, KEY)
    with pytest.raises(AlreadyExists):
        store.create(KEY, {"ticket": "two"})

    assert (proxy.cuts, other.get(KEY)) == (1, first)


@pytest.mark.parametrize("cut", CUTS)
def test_replace_when_the_connection_is_lost_then_it_is_made_once(store, other, proxy, cut):
    old = store.create(KEY, {"n": 1})
    proxy.cut_next(cut, KEY)
    new = store.replace(old, {"n": 2})

    assert (proxy.cuts, other.get(KEY)) == (1, new)


@pytest.mark.parametrize("cut", CUTS)
def test_replace_when_the_version_had_moved_and_the_connection_is_lost_then_conflict(
    store, other, proxy, cut
):
    old = store.create(KEY, {"n": 1})
    theirs = other.replace(old, {"n": 1})
    proxy.cut_next(cut, KEY)
    with pytest.raises(Conflict):
        store.replace(old, {"n": 1})

    assert (proxy.cuts, other.get(KEY)) == (1, theirs)


@pytest.mark.parametrize("cut", CUTS)
def test_delete_when_the_connection_is_lost_then_it_is_gone(store, other, proxy, cut):
    document = store.create(KEY, {})
    proxy.cut_next(cut, KEY)
    store.delete(document)

    assert (proxy.cuts, other.get(KEY)) == (1, None)


@pytest.mark.parametrize("cut", CUTS)
def test_apply_when_the_connection_is_lost_then_all_of_it_is_made_once(store, other, proxy, cut):
    old, gone = store.create("state/counter", {"n": 1}), store.create("state/gone", {})
    proxy.cut_next(cut, KEY)
    store.apply([Replace(old, {"n": 2}), Create(KEY, {"ticket": "one"}), Delete(gone)])

    assert proxy.cuts == 1
    assert [(document.key, document.value) for document in other.list("")] == [
        (KEY, {"ticket": "one"}),
        ("state/counter", {"n": 2}),
    ]


@pytest.mark.parametrize("cut", CUTS)
def test_read_when_the_connection_is_lost_then_it_is_answered(store, proxy, cut):
    document = store.create(KEY, {})
    proxy.cut_next(cut, KEY)

    assert (store.get(KEY), proxy.cuts) == (document, 1)


def test_write_when_another_takes_the_key_before_it_is_asked_again_then_theirs_stays(store, other, proxy):
    """The first attempt never arrived; the second one meets what somebody else wrote in between."""
    held = store.connections.ask

    def slowly(query, values=()):
        with store.connections.turn() as session:
            session.close()
        theirs.append(other.create(KEY, {"ticket": "theirs"}))
        return held(query, values)

    theirs = []
    store.connections.ask = slowly
    with pytest.raises(AlreadyExists):
        store.create(KEY, {"ticket": "ours"})

    assert other.get(KEY) == theirs[0]


def test_write_when_no_server_answers_any_more_then_nothing_is_said_to_be_stored(store, proxy):
    proxy.cut_next(Cut.AFTER, KEY)
    proxy.refuse()
    with pytest.raises(StoreUnavailable):
        store.create(KEY, {})

    assert proxy.cuts == 1


@pytest.mark.parametrize("call", [lambda store: store.get(KEY), lambda store: store.create(KEY, {})])
def test_call_when_the_server_says_nothing_any_more_then_it_gives_up_in_time(store, proxy, call):
    proxy.cut_next(Cut.SILENT, KEY)
    with pytest.raises(StoreUnavailable, match="does not answer in time"):
        call(store)

    store.ping()
