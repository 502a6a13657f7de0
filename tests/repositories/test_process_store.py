"""What a thread reads together, it alone is shown, and no decision asks for any of it again."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from app.domain.circuit_breaker import CircuitBreaker
from app.domain.trading_state import StateSwitch
from app.errors import StoreUnavailable
from app.repositories.change_counts import ChangeCounts
from app.repositories.circuit_breaker import StoredBreakers
from app.repositories.open_orders import OpenOrders
from app.repositories.process_store import ProcessStore
from app.repositories.pursuits import Pursuits
from app.repositories.structure_trades import StructureTrades
from app.repositories.trading_state import global_switch
from app.services.runtime.shared_counts import SharedCounts
from app.storage.base import Waiting
from app.storage.sqlite import SqliteStore
from tests.builders import BrokenStore
from tests.storage.cut_short import Unheard

pytestmark = pytest.mark.unit


@pytest.fixture
def behind(tmp_path):
    store = BrokenStore(SqliteStore(tmp_path / "gatehouse.db"))
    yield store
    store.close()


@pytest.fixture
def store(behind):
    return ProcessStore(behind, ChangeCounts(SharedCounts(None)))


def test_decision_when_it_is_read_together_then_nothing_of_it_is_asked_for_again(store, behind):
    with store.decision_at("paper", None):
        behind.broken = {"get", "list"}
        read = [
            global_switch(store),
            StoredBreakers(store).read("paper"),
            OpenOrders(store).at("paper"),
            StructureTrades(store).at("paper"),
            Pursuits(store, seconds=60).every(),
        ]

    assert read == [StateSwitch(), CircuitBreaker("paper"), [], [], []]


def test_decision_when_another_thread_reads_then_it_is_shown_what_is_there_now(store, behind):
    with store.ahead(["a"], ["t/"]), ThreadPoolExecutor(1) as another:
        written = behind.create("a", {}), behind.create("t/1", {})
        seen = another.submit(lambda: (store.get("a"), *store.list("t/"))).result()

        assert (seen, store.get("a"), [*store.list("t/")]) == (written, None, [])


def test_decision_when_its_thread_deletes_what_it_has_read_then_that_is_gone_at_once(store, behind):
    read = behind.create("t/1", {})
    with store.ahead(["t/1"], ["t/"]):
        store.delete(read)

        assert (store.get("t/1"), [*store.list("t/")]) == (None, [])


def test_decision_when_its_thread_stores_an_alert_then_that_waits_at_once(store):
    with store.ahead([], [], Waiting("inbox/", "AAPL")):
        stored = store.create("inbox/bot/a", {"ticket": "a" * 36, "instrument": "AAPL"})

        assert [*store.waiting("inbox/", "AAPL")] == [stored]


def test_decision_when_something_that_it_does_not_want_is_unreadable_then_it_is_made(store, behind, tmp_path):
    there = behind.create("a", {})
    with closing(sqlite3.connect(tmp_path / "gatehouse.db")) as file, file:
        file.execute("INSERT INTO documents (key, value, version) VALUES ('t/1', 'no JSON', 1)")
    with store.ahead(["a"], ["t/"]):
        assert store.get("a") == there
        with pytest.raises(ValueError, match="Expecting value"):
            next(store.list("t/"))


def test_write_when_its_answer_is_lost_then_whoever_looks_at_it_is_told():
    lost, changes = Unheard(), ChangeCounts(SharedCounts(None))
    store = ProcessStore(lost, changes)
    before = changes.since(None).cursor
    lost.loses = lambda _key: True
    with pytest.raises(StoreUnavailable):
        store.create("bots/swing", {"id": "swing"})
    created = changes.since(before)
    lost.loses = lambda _key: True
    with pytest.raises(StoreUnavailable):
        store.replace(store.get("bots/swing"), {"id": "swing", "name": "Swing"})

    assert "bots" in created.changed
    assert "bots" in changes.since(created.cursor).changed
