"""What only Cloud Storage does: lost answers, retries, pages."""

import json
import threading

import pytest

from app.errors import AlreadyExists, Conflict, SettingsError, StoreUnavailable
from app.storage.base import Document
from app.storage.gcs import GcsStore
from tests.simulators.gcs import FakeGcs
from tests.soon import is_soon

pytestmark = pytest.mark.integration


@pytest.fixture
def store(gcs):
    store = GcsStore(gcs.bucket.name, timeout_seconds=2)
    yield store
    store.close()


def put(gcs, name, content=b"{}", **query):
    return gcs.bucket.store({"name": name, **query}, {}, content)


def listings(gcs):
    return [item for item in gcs.requests if (item.method, item.path) == ("GET", "/storage/v1/b/gatehouse/o")]


def test_create_when_all_is_well_then_one_request_is_sent(gcs, store):
    store.create("a", {"n": 1})

    assert len(gcs.requests) == 1
    assert gcs.bucket.objects["a"].content == b'{"n":1}'


def test_get_when_all_is_well_then_one_request_is_sent(gcs, store):
    put(gcs, "a")
    store.get("a")

    assert len(gcs.requests) == 1


def test_create_when_its_answer_is_lost_then_it_is_still_ours(gcs, store):
    gcs.commit_then_drop()
    created = store.create("a", {"n": 1})

    assert store.get("a") == created
    assert gcs.bucket.objects["a"].generation == created.version


def test_replace_when_its_answer_is_lost_then_it_is_still_ours(gcs, store):
    old = store.create("a", {"n": 1})
    gcs.commit_then_drop()
    new = store.replace(old, {"n": 2})

    assert store.get("a") == new


def test_delete_when_its_answer_is_lost_then_it_is_gone(gcs, store):
    document = store.create("a", {})
    gcs.commit_then_drop()
    store.delete(document)

    assert gcs.bucket.objects == {}


def test_create_when_another_wins_and_answers_are_lost_then_already_exists(gcs, store):
    put(gcs, "a")
    gcs.commit_then_drop()
    with pytest.raises(AlreadyExists):
        store.create("a", {})


def test_replace_when_another_wins_and_answers_are_lost_then_conflict(gcs, store):
    old = store.create("a", {"n": 1})
    put(gcs, "a", b'{"n":9}')
    gcs.commit_then_drop()
    with pytest.raises(Conflict):
        store.replace(old, {"n": 2})

    assert store.get("a").value == {"n": 9}


def test_replace_when_its_answer_is_lost_and_another_writes_then_conflict(gcs, store):
    old = store.create("a", {"n": 1})
    gcs.commit_then_drop()
    gcs.meanwhile(lambda: put(gcs, "a", b'{"n":9}'), nth=2)
    with pytest.raises(Conflict):
        store.replace(old, {"n": 2})


def test_delete_when_another_writes_just_before_then_conflict(gcs, store):
    document = store.create("a", {"n": 1})
    gcs.meanwhile(lambda: put(gcs, "a", b'{"n":9}'))
    with pytest.raises(Conflict):
        store.delete(document)


def test_create_when_refused_for_a_moment_then_it_is_sent_again(gcs, store):
    gcs.refuse(503)
    store.create("a", {})

    assert len(gcs.requests) == 2


def test_get_when_the_answer_is_torn_and_the_object_moves_then_never_a_mixture(gcs, store):
    put(gcs, "a", json.dumps({"n": "1" * 50_000}).encode())
    gcs.tear()
    gcs.meanwhile(lambda: put(gcs, "a", json.dumps({"n": "2" * 50_000}).encode()), nth=2)
    with pytest.raises(StoreUnavailable):
        store.get("a")

    assert set(store.get("a").value["n"]) == {"2"}


def test_get_when_the_answer_is_torn_then_it_is_asked_for_again(gcs, store):
    put(gcs, "a", json.dumps({"n": "1" * 50_000}).encode())
    gcs.tear()

    assert store.get("a").value == {"n": "1" * 50_000}


@pytest.mark.parametrize("status", [408, 429, 503])
def test_get_when_refused_for_a_moment_then_it_is_tried_again(gcs, store, status):
    put(gcs, "a", b'{"n":1}')
    gcs.refuse(status)

    assert store.get("a").value == {"n": 1}


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_create_when_refused_for_good_then_unavailable_at_once(gcs, store, status):
    gcs.refuse(status)
    with pytest.raises(StoreUnavailable):
        store.create("a", {})

    assert len(gcs.requests) == 1


def test_create_when_a_policy_forbids_it_then_unavailable_and_not_taken(gcs, store):
    gcs.refuse(412)
    with pytest.raises(StoreUnavailable):
        store.create("a", {})


def test_replace_when_updated_too_often_then_it_waits_its_turn(monkeypatch):
    with FakeGcs(update_interval_seconds=0.3) as gcs:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs.url)
        store = GcsStore("gatehouse")
        new = store.replace(store.create("a", {"n": 1}), {"n": 2})

        assert store.get("a") == new


def test_create_when_nothing_answers_then_unavailable_in_time(gcs):
    gcs.delay(30, times=20)

    def create():
        with pytest.raises(StoreUnavailable):
            GcsStore("gatehouse", timeout_seconds=0.4).create("a", {})

    assert is_soon(create, 2)


def test_call_when_the_store_fails_then_the_sentence_names_bucket_key_and_cause_only(gcs, store):
    gcs.refuse(403)
    with pytest.raises(StoreUnavailable, match=r"^Bucket gatehouse could not read a: HTTP 403\.$"):
        store.get("a")


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.get("a"),
        lambda store: store.create("a", {}),
        lambda store: store.delete(Document("a", {}, 1)),
        lambda store: list(store.list("")),
        lambda store: store.ping(),
    ],
)
def test_call_when_the_bucket_does_not_exist_then_unavailable(gcs, call):
    with pytest.raises(StoreUnavailable):
        call(GcsStore("another"))


def test_get_when_the_object_is_not_json_then_unavailable(gcs, store):
    put(gcs, "a", b"not json")
    with pytest.raises(StoreUnavailable):
        store.get("a")


def test_list_when_there_are_many_pages_then_all_are_followed(gcs, store):
    for n in range(1100):
        put(gcs, f"t/{n:04}", json.dumps({"n": n}).encode())
    listed = [document.value["n"] for document in store.list("t/", after="t/0000", limit=1050)]

    assert listed == list(range(1, 1051))
    assert len(listings(gcs)) == 2


def test_list_when_few_are_wanted_then_few_are_asked_for(gcs, store):
    for n in range(100):
        put(gcs, f"t/{n:02}")
    list(store.list("t/", limit=2))

    assert [item.query["maxResults"] for item in listings(gcs)] == ["3"]
    assert len(gcs.requests) == 3


def test_list_when_an_object_goes_meanwhile_then_it_is_skipped(gcs, store):
    for n in range(70):
        put(gcs, f"t/{n:02}")
    documents = store.list("t/")
    first = next(documents)
    gcs.bucket.objects.pop("t/69")

    assert [first, *documents][-1].key == "t/68"


def test_store_when_the_bucket_has_no_valid_name_then_the_start_stops():
    with pytest.raises(SettingsError, match="GCS_BUCKET_NAME"):
        GcsStore("gs://gatehouse")


def test_ping_when_writes_are_refused_then_unavailable(gcs, store):
    gcs.refuse(403)
    with pytest.raises(StoreUnavailable):
        store.ping()


def test_store_when_a_client_is_given_then_it_is_used(gcs):
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    client = Client("any", AnonymousCredentials(), client_options={"api_endpoint": gcs.url})
    store = GcsStore("gatehouse", client=client)
    store.create("a", {})
    store.close()

    assert list(gcs.bucket.objects) == ["a"]


def test_close_when_used_from_threads_then_every_connection_is_closed(gcs, store):
    threads = [threading.Thread(target=store.ping) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    list(store.list(""))
    store.close()

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gcs-fetch")]


def test_list_when_little_has_changed_then_only_that_is_read_again(gcs, store):
    first, *_ = [store.create(f"k/{number}", {"n": number}) for number in range(3)]
    before = list(store.list("k/"))
    store.replace(first, {"n": 10})
    gcs.requests.clear()
    after = list(store.list("k/"))

    assert [document.value for document in after] == [{"n": 10}, {"n": 1}, {"n": 2}]
    assert (after[1:], len(gcs.requests)) == (before[1:], 2)


def test_list_when_a_document_was_changed_by_its_reader_then_the_next_reads_what_is_stored(gcs, store):
    store.create("k/1", {"n": [1]})
    for document in [*store.list("k/"), *store.list("k/")]:
        document.value["n"].append(2)

    assert [document.value for document in store.list("k/")] == [{"n": [1]}]
