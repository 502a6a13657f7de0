from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.services.runtime.leases import Leases
from app.storage.gcs import GcsStore
from app.storage.postgres import PostgresStore
from app.storage.sqlite import SqliteStore
from tests.builders import BrokenStore, HandClock
from tests.simulators.gcs import FakeGcs

pytestmark = pytest.mark.integration

NAME, KEY = "supervisor", "leases/supervisor"


@pytest.fixture
def gcs(monkeypatch):
    with FakeGcs() as fake:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", fake.url)
        yield fake


@pytest.fixture(params=["sqlite", "gcs", "postgres"])
def store(request, tmp_path):
    if request.param == "gcs":
        store = GcsStore(request.getfixturevalue("gcs").bucket.name)
    elif request.param == "postgres":
        store = PostgresStore(request.getfixturevalue("database_url"))
    else:
        store = SqliteStore(tmp_path / "gatehouse.sqlite3")
    yield store
    store.close()


@pytest.fixture
def on_a_bucket(gcs, clock):
    store = GcsStore(gcs.bucket.name)
    yield Leases(store, clock, "on a bucket")
    store.close()


@pytest.fixture
def lost() -> list[str]:
    """The leases that `first` was told it had lost."""
    return []


@pytest.fixture
def first(store, clock, lost):
    return Leases(store, clock, "first", on_lost=lost.append)


@pytest.fixture
def second(store, clock):
    return Leases(store, clock, "second")


def at_once(all_leases) -> list[bool]:
    """Let every owner reach for the lease in the same moment."""
    barrier = Barrier(len(all_leases))

    def reach(leases: Leases) -> bool:
        barrier.wait(60)
        return leases.hold(NAME)

    with ThreadPoolExecutor(len(all_leases)) as pool:
        return list(pool.map(reach, all_leases))


def test_hold_when_nobody_leads_then_the_first_does_and_the_second_does_not(first, second, store):
    assert (first.hold(NAME), second.hold(NAME)) == (True, False)
    assert (first.is_leader(NAME), second.is_leader(NAME)) == (True, False)
    assert store.get(KEY).value["owner"] == "first"


@pytest.mark.parametrize("names", [("one", "another"), ("one", "one")])
def test_hold_when_names_differ_then_leases_do_too(first, second, names):
    first.hold(names[0])

    assert second.hold(names[1]) is (names[0] != names[1])


def test_hold_when_owners_race_for_a_free_lease_then_one_leads(store, clock):
    owners = [Leases(store, clock, f"owner {number}") for number in range(6)]

    assert at_once(owners).count(True) == 1


def test_hold_when_owners_race_for_a_dead_leaders_lease_then_one_leads(store, clock, first):
    first.hold(NAME)
    clock.move(seconds=23)
    owners = [Leases(store, clock, f"owner {number}") for number in range(6)]

    assert at_once(owners).count(True) == 1


def test_hold_when_the_leader_is_dead_then_another_leads_within_30_seconds(first, second, clock):
    first.hold(NAME)
    waited = 0
    while not second.hold(NAME):
        clock.move(seconds=5)
        waited += 5

    assert 20 < waited <= 30


def test_hold_when_the_lease_has_just_run_out_then_clocks_may_still_differ(first, second, clock):
    first.hold(NAME)
    clock.move(seconds=21)

    assert (first.is_leader(NAME), second.hold(NAME)) == (False, False)


def test_hold_when_kept_up_then_nobody_else_ever_leads(first, second, clock):
    for _ in range(20):
        assert (first.hold(NAME), second.hold(NAME)) == (True, False)
        clock.move(seconds=5)


def test_hold_when_more_than_half_is_left_then_the_store_is_not_asked(on_a_bucket, clock, gcs):
    on_a_bucket.hold(NAME)
    asked = len(gcs.requests)
    clock.move(seconds=9)

    assert on_a_bucket.hold(NAME)
    assert len(gcs.requests) == asked


def test_hold_when_a_paused_leader_comes_back_then_it_learns_that_it_lost(first, second, clock, lost):
    first.hold(NAME)
    clock.move(seconds=23)
    second.hold(NAME)

    assert (first.is_leader(NAME), first.hold(NAME), first.hold(NAME)) == (False, False, False)
    assert lost == [NAME]


def test_hold_when_paused_in_the_middle_of_a_renewal_then_it_learns_that_it_lost(store, clock, second, lost):
    class Paused(BrokenStore):
        def replace(self, document, value):
            clock.move(seconds=13)
            second.hold(NAME)
            return store.replace(document, value)

    first = Leases(Paused(store), clock, "first", on_lost=lost.append)
    first.hold(NAME)
    clock.move(seconds=11)

    assert (first.hold(NAME), second.is_leader(NAME), lost) == (False, True, [NAME])


def test_hold_when_paused_but_nobody_took_over_then_it_leads_again(first, clock, lost):
    first.hold(NAME)
    clock.move(hours=1)

    assert (first.is_leader(NAME), first.hold(NAME), lost) == (False, True, [])


def test_hold_when_the_owner_clock_was_far_ahead_then_its_lease_ends_all_the_same(store, second, clock):
    ahead = HandClock()
    ahead.move(hours=1)
    Leases(store, ahead, "ahead").hold(NAME)
    at_first = second.hold(NAME)
    clock.move(seconds=23)

    assert (at_first, second.hold(NAME)) == (False, True)


def test_leader_when_its_clock_is_set_back_then_it_asks_the_store_again(first, clock):
    first.hold(NAME)
    clock.move(seconds=-5)

    assert (first.is_leader(NAME), first.hold(NAME), first.is_leader(NAME)) == (False, True, True)


@pytest.mark.parametrize("broken", ["get", "replace"])
def test_hold_when_the_store_is_out_of_order_then_nobody_leads_until_it_is_back(store, clock, lost, broken):
    patchy = BrokenStore(store)
    leases = Leases(patchy, clock, "first", on_lost=lost.append)
    leases.hold(NAME)
    clock.move(seconds=11)
    patchy.broken = {broken}
    during = leases.hold(NAME)
    patchy.broken = set()

    assert (during, lost, leases.hold(NAME)) == (False, [NAME], True)


def test_hold_when_an_answer_was_lost_then_the_lease_is_still_ours(on_a_bucket, gcs):
    gcs.commit_then_drop(nth=2)

    assert on_a_bucket.hold(NAME)


def test_release_when_it_leads_then_the_next_leads_at_once(first, second, lost):
    first.hold(NAME)
    first.release(NAME)

    assert (first.is_leader(NAME), second.hold(NAME), lost) == (False, True, [])


def test_release_when_another_leads_then_it_stays_so(first, second):
    first.hold(NAME)
    second.release(NAME)

    assert second.hold(NAME) is False


def test_release_when_the_store_is_out_of_order_then_it_no_longer_leads(store, clock):
    patchy = BrokenStore(store)
    leases = Leases(patchy, clock, "first")
    leases.hold(NAME)
    patchy.broken = {"get"}
    leases.release(NAME)

    assert leases.is_leader(NAME) is False


def test_hold_when_the_leader_is_known_to_be_gone_then_another_leads_at_once(store, clock, first, second):
    first.hold(NAME)
    survivor = Leases(store, clock, "survivor", is_gone=lambda owner: owner == "first")

    assert (second.hold(NAME), survivor.hold(NAME)) == (False, True)


def test_hold_when_the_store_stays_out_of_order_then_each_outage_is_told_once(store, clock, caplog):
    patchy = BrokenStore(store)
    leases = Leases(patchy, clock, "first")
    for broken in ({"get"}, {"get"}, {"create"}, set(), {"get", "replace"}):
        patchy.broken = broken
        leases.hold(NAME)
        clock.move(seconds=11)

    assert sum("while the store is away" in record.message for record in caplog.records) == 2


def test_hold_when_shorter_than_a_bucket_can_be_rewritten_then_refused(first):
    with pytest.raises(ValueError, match="at least"):
        first.hold(NAME, 1)


def test_leader_when_it_may_have_been_taken_for_dead_then_it_leads_no_more(store, clock, lost):
    lives = ["first life"]
    leases = Leases(store, clock, "first", on_lost=lost.append, life=lambda: lives[-1])
    held = leases.hold(NAME)
    lives.append("second life")
    leads = leases.is_leader(NAME)
    Leases(store, clock, "second", is_gone=lambda _: True).hold(NAME)

    assert (held, leads, leases.hold(NAME), lost) == (True, False, False, [NAME])
