"""Everything at once: what backups are made of."""

import pytest

from app.errors import StoreUnavailable
from app.storage.base import Gone
from app.storage.gcs import GcsStore
from app.storage.sqlite import SqliteStore
from app.storage.sqlite_files import check, documents_in

pytestmark = pytest.mark.integration


def fill(store, *names):
    return [store.create(name, {"name": name}) for name in names]


def held_after(snapshot):
    """Follow a snapshot to its end: what comes again counts, what is gone does not."""
    held = {}
    for item in snapshot.documents:
        if isinstance(item, Gone):
            del held[item.key]
        else:
            held[item.key] = item
    return held


def test_snapshot_when_read_then_every_document_comes_in_key_order(store):
    written = fill(store, "b/2", "a/1", "b/10", "c")
    snapshot = store.snapshot()

    assert list(snapshot.documents) == sorted(written, key=lambda each: each.key)
    assert snapshot.unsettled == 0


def test_count_when_asked_then_documents_of_the_prefix(store):
    fill(store, "a/1", "a/2", "b/1")

    assert (store.count("a/"), store.count(""), store.count("nothing/")) == (2, 3, 0)


def test_snapshot_of_a_file_when_others_write_then_it_stays_as_it_was(tmp_path):
    store = SqliteStore(tmp_path / "x.sqlite3")
    one, two = fill(store, "a", "b")
    documents = store.snapshot().documents
    first = next(documents)
    store.replace(two, {"name": "later"})
    fill(store, "c")

    assert [first, *documents] == [one, two]
    store.close()


def test_snapshot_of_a_bucket_when_others_write_then_the_last_look_agrees_with_it(gcs):
    store = GcsStore(gcs.bucket.name)
    one, two, _ = fill(store, "a", "b", "c")
    snapshot = store.snapshot()
    documents = snapshot.documents
    read = [next(documents)]
    store.delete(one)
    changed = store.replace(two, {"name": "later"})
    added = fill(store, "d")
    snapshot.documents = iter([*read, *documents])

    held = held_after(snapshot)
    assert (held["b"], held["d"]) == (changed, *added)
    assert (sorted(held), snapshot.unsettled) == (["b", "c", "d"], 0)
    store.close()


def test_snapshot_of_a_bucket_when_it_never_rests_then_it_ends_and_says_so(gcs):
    store = GcsStore(gcs.bucket.name)
    fill(store, "a")
    snapshot = store.snapshot()
    for number, _ in enumerate(snapshot.documents):
        fill(store, f"b/{number}")

    assert snapshot.unsettled > 0
    store.close()


def test_documents_of_a_bucket_when_files_lie_beside_them_then_they_are_none(gcs):
    store = GcsStore(gcs.bucket.name)
    fill(store, "a", "backups/one", "archive/two")

    assert [each.key for each in store.list("")] == ["a"]
    assert (store.count(""), [each.key for each in store.snapshot().documents]) == (1, ["a"])
    store.close()


@pytest.mark.parametrize("content", [b"", b"not a database at all, but rather long" * 40])
def test_file_when_it_is_no_database_of_ours_then_one_sentence_says_so(tmp_path, content):
    path = tmp_path / "x.sqlite3"
    path.write_bytes(content)

    with pytest.raises(StoreUnavailable, match=r"x\.sqlite3"):
        check(path)
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        list(documents_in(path))


def test_file_when_read_then_nothing_is_left_beside_it(tmp_path):
    store = SqliteStore(tmp_path / "x.sqlite3")
    fill(store, "a")
    store.close()
    check(tmp_path / "x.sqlite3")

    assert [each.key for each in documents_in(tmp_path / "x.sqlite3")] == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == ["x.sqlite3"]
