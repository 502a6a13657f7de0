from collections.abc import Iterator
from pathlib import Path

import pytest

from app.repositories.change_counts import ChangeCounts
from app.repositories.process_store import ProcessStore
from app.services.runtime.shared_counts import SharedCounts
from app.storage.base import Store
from app.storage.memory import MemoryStore
from tests.simulators.gcs import FakeGcs
from tests.storage.racing import open_store


@pytest.fixture
def gcs(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGcs]:
    with FakeGcs() as fake:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", fake.url)
        yield fake


@pytest.fixture(params=["memory", "sqlite", "gcs", "postgres"])
def kind(request) -> str:
    return request.param


@pytest.fixture
def where(kind: str, tmp_path: Path, request) -> str:
    """Where `open_store(kind, where)` finds a store, from any process."""
    if kind == "postgres":
        return request.getfixturevalue("database_url")
    return request.getfixturevalue("gcs").bucket.name if kind == "gcs" else str(tmp_path / "gatehouse.db")


@pytest.fixture
def store(kind: str, where: str) -> Iterator[Store]:
    store = MemoryStore() if kind == "memory" else open_store(kind, where)
    yield store
    store.close()


@pytest.fixture
def used(store: Store) -> ProcessStore:
    """The store as a process uses it."""
    return ProcessStore(store, ChangeCounts(SharedCounts(None)))
