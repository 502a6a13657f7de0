import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import AppError, StoreUnavailable
from app.storage.gcs import GcsStore
from app.storage.gcs_emptiness import Emptiness
from app.storage.memory import MemoryStore
from tests.simulators.gcs import FakeGcs

pytestmark = pytest.mark.integration

SECONDS = 10


class Hands:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def store(gcs, hands):
    store = GcsStore(gcs.bucket.name)
    store._emptiness = Emptiness(SECONDS, hands)
    yield store
    store.close()


@pytest.fixture
def other(gcs):
    other = GcsStore(gcs.bucket.name)
    yield other
    other.close()


def keys(store, prefix="orders/"):
    return [document.key for document in store.list(prefix)]


def test_folder_when_it_was_empty_then_it_is_not_asked_for_again(store, gcs):
    asked = [(keys(store), len(gcs.requests)) for _ in range(3)]

    assert asked == [([], 1), ([], 1), ([], 1)]


def test_folder_when_this_process_writes_there_then_it_is_seen_at_once(store):
    keys(store)
    store.create("orders/1", {})

    assert keys(store) == ["orders/1"]


def test_folder_when_something_was_found_then_it_is_asked_for_every_time(store, other):
    store.create("orders/1", {})
    before = keys(store)
    other.create("orders/2", {})

    assert (before, keys(store)) == (["orders/1"], ["orders/1", "orders/2"])


def test_folder_when_another_process_writes_there_then_it_is_seen_when_the_time_is_over(store, other, hands):
    keys(store)
    other.create("orders/1", {})
    before = keys(store)
    hands.now = SECONDS

    assert (before, keys(store)) == ([], ["orders/1"])


def test_folder_when_it_is_written_to_during_the_look_then_it_is_asked_for_again(store, gcs):
    gcs.meanwhile(lambda: store.create("pursuits/1", {}))
    keys(store)
    asked = len(gcs.requests)
    keys(store)

    assert len(gcs.requests) == asked + 1


def test_folder_when_a_write_got_no_answer_then_it_is_asked_for_again(gcs, hands):
    store = GcsStore(gcs.bucket.name, timeout_seconds=0.2)
    store._emptiness = Emptiness(SECONDS, hands)
    keys(store)
    gcs.commit_then_drop(times=50)
    with pytest.raises(StoreUnavailable):
        store.create("orders/1", {})
    gcs._faults.clear()

    assert keys(store) == ["orders/1"]
    store.close()


def test_folder_when_it_is_asked_for_in_part_then_nothing_is_concluded(store, other):
    assert [list(store.list("orders/", after="orders/5")), list(store.list("orders/", limit=0))] == [[], []]
    other.create("orders/1", {})

    assert keys(store) == ["orders/1"]


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["create", "delete", "list", "apart"]), st.sampled_from(["a/1", "a/2", "ab/1", "b/1"])
    ),
    max_size=12,
)


@given(OPERATIONS)
@settings(max_examples=25, deadline=None)
def test_folders_when_one_process_serves_them_then_it_sees_what_is_there(operations):
    with FakeGcs() as fake, pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", fake.url)
        bucket, model = GcsStore(fake.bucket.name, empty_seconds=3600), MemoryStore()
        for operation, key in operations:
            assert done(bucket, operation, key) == done(model, operation, key)
        bucket.close()


def done(store, operation, key):
    """Return what an operation tells, in words that are the same for both stores."""
    try:
        if operation == "create":
            return store.create(key, {}).key
        if operation == "delete":
            return (held := store.get(key)) and store.delete(held)
    except AppError as error:
        return type(error).__name__
    return keys(store, key[:1] if operation == "apart" else key.partition("/")[0] + "/")
