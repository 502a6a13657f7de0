from datetime import UTC, datetime, timedelta

import pytest

from app.repositories.contract_lists import KEY, PARTS, ContractLists
from tests.domain.contracts.builders import market

NOW = datetime(2026, 7, 20, 5, tzinfo=UTC)
URL = "http://127.0.0.1/NSE_FO.csv"
pytestmark = pytest.mark.integration


class Overtaken:
    """A store in which somebody else writes just before us."""

    def __init__(self, store, overtake) -> None:
        self._store = store
        self._overtake = overtake

    def __getattr__(self, name):
        return getattr(self._store, name)

    def get(self, key):
        found = self._store.get(key)
        overtake, self._overtake = self._overtake, lambda: None
        overtake()
        return found


@pytest.fixture
def lists(store):
    return ContractLists(store)


def test_list_when_put_then_loads_the_same(lists):
    record = lists.put(market(), URL, NOW)

    assert lists.record() == record
    assert list(lists.load(record)) == list(market())


def test_list_when_large_then_lies_in_parts(lists, store, monkeypatch):
    monkeypatch.setattr("app.repositories.contract_lists.PART_SIZE", 100)
    record = lists.put(market(), URL, NOW)

    assert record.parts == len(list(store.list(PARTS))) > 5
    assert len(lists.load(record)) == len(market())


@pytest.mark.parametrize("first", [True, False])
def test_list_when_somebody_was_faster_then_theirs_stays(lists, store, first):
    if not first:
        lists.put(market(), URL, NOW - timedelta(days=1))
    late = ContractLists(Overtaken(store, lambda: lists.put(market(), "http://127.0.0.1/theirs.csv", NOW)))

    assert late.put(market(), URL, NOW).url == "http://127.0.0.1/theirs.csv"


def test_parts_when_an_hour_old_then_go_with_the_next_list(lists, store):
    old = lists.put(market(), URL, NOW)
    soon = lists.put(market(), URL, NOW + timedelta(minutes=30))
    kept = len(list(store.list(PARTS)))
    lists.put(market(), URL, NOW + timedelta(minutes=90, seconds=1))

    assert kept == old.parts + soon.parts
    assert not any(document.key.startswith(PARTS + old.id) for document in store.list(PARTS))


def test_record_when_of_another_form_then_none(lists, store):
    lists.put(market(), URL, NOW)
    document = store.get(KEY)
    store.replace(document, document.value | {"form": 99})

    assert lists.record() is None
