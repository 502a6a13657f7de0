"""What is read together takes one turn at the file, and is soon too old."""

import pytest

from app.repositories import process_store
from app.storage.base import MOST_TOGETHER, Create

pytestmark = pytest.mark.unit


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def turns(store, monkeypatch):
    """Count the turns that the store takes at its file."""
    taken, acquire = [], store._shared.acquire

    def noted(**options):
        taken.append(options)
        return acquire(**options)

    monkeypatch.setattr(store._shared, "acquire", noted)
    return taken


def read_all(store) -> list:
    return [store.get("a"), store.get("none"), list(store.list("t/")), list(store.list("x/"))]


@pytest.fixture
def held(store):
    store.apply([Create("a", {}), Create("t/1", {}), Create("t/2", {})])
    return [store.get("a"), None, [store.get("t/1"), store.get("t/2")], []]


def test_ahead_when_everything_is_read_then_it_is_one_turn(store, used, held, turns):
    with used.ahead(["a", "none"], ["t/", "x/"]):
        assert read_all(used) == held

    assert len(turns) == 1


def test_ahead_when_it_is_too_old_then_it_is_read_again(store, used, held, turns, monkeypatch):
    monkeypatch.setattr(process_store, "GOOD_FOR_SECONDS", 0.0)
    with used.ahead(["a", "none"], ["t/", "x/"]):
        assert read_all(used) == held

    assert len(turns) == 5


def test_ahead_when_the_block_is_over_then_it_is_read_again(store, used, held, turns):
    with used.ahead(["a", "none"], ["t/", "x/"]):
        pass
    turns.clear()

    assert (read_all(used), len(turns)) == (held, 4)


def test_ahead_when_a_list_is_long_then_it_is_read_as_ever(store, used):
    created = [store.create(f"t/{number:03}", {}, durable=False) for number in range(MOST_TOGETHER + 1)]
    with used.ahead([], ["t/"]):
        assert list(used.list("t/")) == created
