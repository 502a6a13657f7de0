"""What every store promises, asked of each of them."""

import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from app.errors import AlreadyExists, Conflict, StoreUnavailable
from app.storage.base import Create, Delete, Document, Replace
from tests.storage.racing import open_store
from tests.warm.process import PIPE, begin

pytestmark = pytest.mark.integration

SHARED = ["sqlite", "gcs", "postgres"]  # between processes; memory belongs to one and is never out of reach
ROOT = Path(__file__).parents[2]
AWKWARD_KEYS = ["a b", "a%2Fb", "a/b/../c", "a?b=c&d", "a#b", "a+b", 'quote"\\', "~", "k/" + "x" * 1000]
AWKWARD_VALUES = [
    {},
    {"text": "žluťoučký 🐎 \u2028 \x00 日本"},
    {"half a surrogate pair": "\ud83d"},
    {"nested": [1, 2.5, None, True, {"": []}], "big": 2**70},
]


def keys(documents):
    return [document.key for document in documents]


def fill(store, *names):
    return [store.create(name, {"name": name}) for name in names]


def test_get_when_the_caller_changes_what_it_wrote_or_read_then_the_store_keeps_its_own(store):
    value = {"legs": [1]}
    created = store.create("trades/one", value)
    value["legs"].append(2)
    store.get("trades/one").value["legs"].append(3)

    assert store.get("trades/one").value == {"legs": [1]}
    store.replace(created, value)
    value["legs"].append(4)
    assert store.get("trades/one").value == {"legs": [1, 2]}


@pytest.mark.parametrize("value", [{"price": Decimal(1)}, {"at": {1}}])
def test_create_when_the_value_is_not_json_then_nothing_is_written(store, value):
    with pytest.raises(TypeError):
        store.create("values/one", value)

    assert store.get("values/one") is None


def test_get_when_a_key_has_a_nul_in_it_then_it_is_not_taken_for_another(store):
    fill(store, "bots/one")

    assert store.get("bots/one\0") is None
    assert store.get("bots/one\0two") is None


def test_get_when_nothing_is_there_then_none(store):
    assert store.get("bots/none") is None


def test_create_when_the_key_is_free_then_get_returns_the_same_document(store):
    created = store.create("bots/one", {"name": "one"})

    assert store.get("bots/one") == created == Document("bots/one", {"name": "one"}, created.version)


def test_create_when_not_durable_then_it_can_be_read_at_once(store):
    created = store.create("inbox/one", {}, durable=False)

    assert store.get("inbox/one") == created


def test_create_when_the_key_is_taken_then_the_first_stays(store):
    first = store.create("bots/one", {"n": 1})
    with pytest.raises(AlreadyExists):
        store.create("bots/one", {"n": 2})

    assert store.get("bots/one") == first


@pytest.mark.parametrize("key", AWKWARD_KEYS)
def test_create_when_the_key_is_awkward_then_it_is_kept_as_it_is(store, key):
    created = store.create(key, {"n": 1})

    assert store.get(key) == created
    assert list(store.list(key)) == [created]


@pytest.mark.parametrize("value", AWKWARD_VALUES)
def test_create_when_the_value_is_awkward_then_it_comes_back_unchanged(store, value):
    store.create("values/one", value)

    assert store.get("values/one").value == value


def test_create_when_the_value_is_a_megabyte_then_it_comes_back_unchanged(store):
    store.create("values/big", {"text": "x" * 2**20})

    assert store.get("values/big").value == {"text": "x" * 2**20}


def test_replace_when_the_version_is_current_then_the_new_document_is_returned(store):
    old = store.create("bots/one", {"n": 1})
    new = store.replace(old, {"n": 2})

    assert store.get("bots/one") == new == Document("bots/one", {"n": 2}, new.version)
    assert new.version > old.version


def test_replace_when_the_version_moved_then_conflict(store):
    old = store.create("bots/one", {"n": 1})
    new = store.replace(old, {"n": 2})
    with pytest.raises(Conflict):
        store.replace(old, {"n": 3})

    assert store.get("bots/one") == new


def test_replace_when_the_document_is_gone_then_conflict(store):
    old = store.create("bots/one", {})
    store.delete(old)
    with pytest.raises(Conflict):
        store.replace(old, {"n": 1})

    assert store.get("bots/one") is None


def test_replace_when_deleted_and_created_again_then_the_old_version_conflicts(store):
    old = store.create("bots/one", {})
    store.delete(old)
    new = store.create("bots/one", {})
    with pytest.raises(Conflict):
        store.replace(old, {"n": 1})

    assert store.get("bots/one") == new


def test_delete_when_the_version_is_current_then_it_is_gone(store):
    store.delete(store.create("bots/one", {}))

    assert store.get("bots/one") is None


def test_delete_when_it_is_gone_already_then_nothing_happens(store):
    document = store.create("bots/one", {})
    store.delete(document)
    store.delete(document)

    assert store.get("bots/one") is None


def test_delete_when_the_version_moved_then_conflict(store):
    old = store.create("bots/one", {})
    new = store.replace(old, {"n": 2})
    with pytest.raises(Conflict):
        store.delete(old)

    assert store.get("bots/one") == new


def test_list_when_keys_differ_in_case_and_signs_then_they_come_in_byte_order(store):
    names = ["b", "a/z", "a!", "a", "B", "a/A", "a~", "aa", "_"]
    fill(store, *names)

    assert keys(store.list("")) == sorted(names, key=str.encode)


def test_list_when_a_prefix_is_given_then_only_its_keys_come_with_their_values(store):
    _, one, two, *_ = fill(store, "bot", "bots/1", "bots/2", "botsx", "c")

    assert list(store.list("bots/")) == [one, two]


@pytest.mark.parametrize(
    ("after", "expected"),
    [("", ["t/1", "t/3"]), ("t/1", ["t/3"]), ("t/2", ["t/3"]), ("t/3", []), ("a", ["t/1", "t/3"]), ("z", [])],
)
def test_list_when_after_is_given_then_it_is_exclusive(store, after, expected):
    fill(store, "s", "t/1", "t/3", "u")

    assert keys(store.list("t/", after=after)) == expected


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (1, 1), (2, 2), (3, 3), (9, 3), (None, 3)])
def test_list_when_a_limit_is_given_then_no_more_come(store, limit, count):
    fill(store, "t/1", "t/2", "t/3")

    assert keys(store.list("t/", limit=limit)) == ["t/1", "t/2", "t/3"][:count]


def test_list_when_paged_by_after_and_limit_then_nothing_is_lost_or_repeated(store):
    names = [document.key for document in fill(store, *(f"t/{n:03}" for n in range(80)))]
    seen, after = [], ""
    while page := keys(store.list("t/", after=after, limit=33)):
        seen, after = seen + page, page[-1]

    assert seen == names == keys(store.list("t/"))


def test_apply_when_all_changes_hold_then_all_are_made(store):
    old, gone = fill(store, "a", "b")
    store.apply([Create("c", {"n": 3}), Replace(old, {"n": 1}), Delete(gone)])

    assert [(document.key, document.value) for document in store.list("")] == [
        ("a", {"n": 1}),
        ("c", {"n": 3}),
    ]


def test_apply_when_a_replace_conflicts_then_nothing_after_it_is_made(store):
    old = store.create("a", {"n": 1})
    store.replace(old, {"n": 2})
    with pytest.raises(Conflict):
        store.apply([Create("b", {}), Replace(old, {"n": 3}), Create("c", {})])

    assert store.get("a").value == {"n": 2}
    assert store.get("c") is None


def test_apply_when_a_prefix_was_made_before_then_it_is_passed_over(store):
    ticket, entry = Create("tickets/1", {"n": 1}), store.create("inbox/1", {})
    changes = [ticket, Delete(entry)]
    store.apply(changes)
    store.apply([*changes, Create("tickets/2", {})])

    assert keys(store.list("")) == ["tickets/1", "tickets/2"]
    assert store.get("tickets/1").value == {"n": 1}


def test_apply_when_a_deleted_key_was_created_again_then_the_new_one_stays(store):
    changes = [Delete(store.create("a", {"n": 1})), Create("a", {"n": 2})]
    store.apply(changes)
    store.apply(changes)

    assert store.get("a").value == {"n": 2}


def test_ping_when_the_store_works_then_it_leaves_nothing_behind(store):
    store.ping()

    assert list(store.list("")) == []


def test_upkeep_when_it_was_done_then_nothing_is_left_to_do_and_nothing_is_changed(store):
    created = store.create("bots/one", {})
    store.upkeep()

    assert (store.upkeep(), list(store.list(""))) == (0, [created])


def test_ahead_when_documents_are_read_in_the_block_then_they_are_what_is_there(store, used):
    one, two, *_ = fill(store, "t/1", "t/2", "u", "ta")
    with used.ahead(["u", "none"], ["t/", "x/"]):
        found = [used.get("u"), used.get("none"), used.get("t/1")]
        lists = [list(used.list(prefix)) for prefix in ("t/", "x/", "t")]

    assert [document and document.key for document in found] == ["u", None, "t/1"]
    assert [keys(documents) for documents in lists] == [["t/1", "t/2"], [], ["t/1", "t/2", "ta"]]
    assert lists[0] == [one, two]


def test_ahead_when_something_is_written_in_the_block_then_it_is_seen_at_once(store, used):
    old, gone = fill(store, "t/1", "u")
    with used.ahead(["t/1", "u", "v"], ["t/"]):
        used.replace(old, {"n": 2})
        used.apply([Delete(gone), Create("t/2", {"n": 3})])
        used.create("v", {"n": 4})
        found = [used.get("t/1").value, used.get("u"), used.get("v").value]
        values = [document.value for document in used.list("t/")]

    assert found == [{"n": 2}, None, {"n": 4}]
    assert values == [{"n": 2}, {"n": 3}]


@pytest.mark.parametrize("kind", SHARED, indirect=True)
def test_ahead_when_the_block_is_over_then_what_others_wrote_is_seen(store, used, kind, where):
    other = open_store(kind, where)
    old = store.create("t/1", {"n": 1})
    with used.ahead(["t/1"], ["t/"]):
        other.replace(old, {"n": 2})
    other.close()

    assert [used.get("t/1").value, *(document.value for document in used.list("t/"))] == [{"n": 2}] * 2


def test_close_when_called_twice_then_nothing_happens(store):
    store.create("a", {})
    store.close()
    store.close()


def test_create_when_24_threads_race_then_one_wins(store):
    def attempt(n):
        try:
            return store.create("race", {"n": n})
        except AlreadyExists:
            return None

    with ThreadPoolExecutor(24) as pool:
        winners = [document for document in pool.map(attempt, range(24)) if document is not None]

    assert winners == [store.get("race")]


def test_replace_when_threads_count_together_then_no_step_is_lost(store):
    store.create("counter", {"n": 0})

    def step(_):
        while True:
            held = store.get("counter")
            try:
                return store.replace(held, {"n": held.value["n"] + 1})
            except Conflict:
                continue

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(step, range(24)))

    assert store.get("counter").value == {"n": 24}


@pytest.mark.parametrize("kind", SHARED, indirect=True)
def test_create_when_processes_and_their_forks_race_then_each_key_has_one_winner(store, kind, where):
    names = [f"race/{n:02}" for n in range(40)]
    command = [sys.executable, "-m", "tests.storage.racing", kind, where, *names]
    pipes = {"stdin": PIPE, "stdout": PIPE, "text": True}
    with begin(command, **pipes) as one, begin(command, **pipes) as two:
        assert [one.stdout.readline(), two.stdout.readline()] == ["ready\n", "ready\n"]
        one.stdin.write("go\n")
        two.stdin.write("go\n")
        one.stdin.flush()
        two.stdin.flush()
        won = two.stdout.read() + one.stdout.read()

    assert sorted(won.split()) == names == keys(store.list("race/"))


@pytest.fixture
def unreachable(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    (tmp_path / "file").touch()
    if kind == "postgres":
        return "postgresql://127.0.0.1:1/gatehouse"
    return "gatehouse" if kind == "gcs" else str(tmp_path / "file" / "gatehouse.db")


@pytest.mark.parametrize("kind", SHARED, indirect=True)
@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.get("a"),
        lambda store: store.create("a", {}),
        lambda store: store.replace(Document("a", {}, 1), {}),
        lambda store: store.delete(Document("a", {}, 1)),
        lambda store: list(store.list("")),
        lambda store: store.apply([Create("a", {})]),
        lambda store: store.ping(),
    ],
)
def test_call_when_the_store_cannot_be_reached_then_it_says_so(kind, unreachable, call):
    with pytest.raises(StoreUnavailable):
        call(open_store(kind, unreachable, timeout_seconds=0.2))
