import pytest

from app.errors import Conflict
from app.storage.base import Create, Delete, Replace
from app.storage.memory import MemoryStore

pytestmark = pytest.mark.unit


def contents(store):
    return [(document.key, document.value) for document in store.list("")]


def test_apply_when_one_change_conflicts_then_none_is_made():
    store = MemoryStore()
    old = store.create("a", {"n": 1})
    store.replace(old, {"n": 2})
    before = contents(store)
    with pytest.raises(Conflict):
        store.apply([Create("b", {}), Delete(store.get("a")), Replace(old, {"n": 3})])

    assert contents(store) == before


def test_apply_when_one_value_is_not_json_then_none_is_made():
    store = MemoryStore()
    with pytest.raises(TypeError):
        store.apply([Create("a", {}), Create("b", {"at": {1}})])

    assert contents(store) == []


def test_versions_when_the_same_steps_are_taken_twice_then_they_are_equal():
    def steps():
        store = MemoryStore()
        first = store.create("b", {})
        store.replace(first, {"n": 1})
        store.apply([Delete(first), Create("a", {}), Create("b", {})])
        return list(store.list(""))

    assert steps() == steps()


def test_list_when_the_store_changes_meanwhile_then_what_was_there_at_the_start_comes():
    store = MemoryStore()
    one, two = store.create("a", {}), store.create("b", {})
    documents = store.list("")
    first = next(documents)
    store.delete(two)

    assert [first, *documents] == [one, two]
