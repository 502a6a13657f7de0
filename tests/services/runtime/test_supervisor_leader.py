"""Of all processes on one store one runs the tasks that only one may run."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from app import create_app
from app.services.observability.events import Event, EventKind
from app.services.runtime.leases import Leases
from app.services.runtime.locks import MachineLocks
from app.services.runtime.supervisor import LEASE, Supervisor, Task
from app.storage.gcs import GcsStore
from tests.builders import BrokenStore, services_of
from tests.simulators.gcs import FakeGcs

EVERYTHING, EVERYWHERE = {"inbox": 0, "orders": 0}, {"inbox": 0}


def supervisor_of(leases: Leases, orders: Callable[[], int] = lambda: 0) -> Supervisor:
    return Supervisor(
        [Task("orders", 5, orders), Task("inbox", 2, lambda: 0, everywhere=True)], leases=leases
    )


def tick_all(*supervisors: Supervisor) -> list[dict[str, int]]:
    return [supervisor.tick(everything=True) for supervisor in supervisors]


@pytest.fixture
def lost() -> list[str]:
    return []


@pytest.fixture
def leader(store, clock, lost):
    return supervisor_of(Leases(store, clock, "first", on_lost=lost.append))


@pytest.fixture
def other(store, clock):
    return supervisor_of(Leases(store, clock, "second"))


@pytest.fixture
def bucket(monkeypatch):
    with FakeGcs() as fake:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", fake.url)
        store = GcsStore(fake.bucket.name)
        yield store
        store.close()


@pytest.fixture
def machine(tmp_path, store, clock):
    """Three processes of one machine: their supervisors and their locks."""
    locks = [MachineLocks(tmp_path / "locks") for _ in range(3)]
    made = [
        supervisor_of(Leases(store, clock, one.owner, is_gone=lambda name, one=one: not one.is_alive(name)))
        for one in locks
    ]
    yield made, locks
    for one in locks[1:]:
        one.close()


@pytest.mark.unit
def test_tick_when_two_share_a_store_then_one_leads_and_both_look_after_the_inbox(leader, other):
    assert tick_all(leader, other) == [EVERYTHING, EVERYWHERE]
    assert (leader.leads, other.leads) == (True, False)


@pytest.mark.unit
def test_tick_when_the_leader_goes_on_then_it_stays_the_leader(leader, other, clock):
    for _ in range(60):
        assert tick_all(leader, other) == [EVERYTHING, EVERYWHERE]
        clock.move(seconds=2)


@pytest.mark.unit
def test_tick_when_the_leader_of_a_machine_dies_then_one_other_leads_at_once(machine):
    (first, *others), (own_locks, *_) = machine
    before = tick_all(first, *others)
    own_locks.close()

    assert before == [EVERYTHING, EVERYWHERE, EVERYWHERE]
    assert tick_all(*others) == [EVERYTHING, EVERYWHERE]


@pytest.mark.integration
def test_tick_when_the_leader_on_a_bucket_dies_then_another_leads_within_30_seconds(bucket, clock):
    first, second = (supervisor_of(Leases(bucket, clock, name)) for name in ("first", "second"))
    tick_all(first, second)
    seconds = 0
    while tick_all(second) == [EVERYWHERE]:
        clock.move(seconds=2)
        seconds += 2

    assert 20 < seconds <= 30


@pytest.mark.unit
def test_pause_when_another_has_taken_over_then_what_that_does_is_not_waited_for(store, clock, other):
    seconds = [0.0]
    tasks = [Task("orders", 5, lambda: 0), Task("inbox", 2, lambda: 0, everywhere=True)]
    leases = Leases(store, clock, "first")
    supervisor = Supervisor(tasks, leases=leases, monotonic=lambda: seconds[0])
    supervisor.tick()
    clock.move(seconds=23)
    seconds[0] = 23
    tick_all(other, supervisor)

    assert supervisor.pause_seconds() == 2


@pytest.mark.unit
def test_stop_when_a_long_task_goes_on_then_nobody_else_leads(store, clock):
    begun, ended = threading.Event(), threading.Event()

    def work() -> int:
        begun.set()
        return int(ended.wait(60))

    leases = Leases(store, clock, "one")
    supervisor = Supervisor([Task("long", 5, work)], leases=leases, stop_seconds=0)
    supervisor.start()
    begun.wait(60)
    supervisor.stop()
    try:
        assert not Leases(store, clock, "other").hold(LEASE)
    finally:
        ended.set()


@pytest.mark.unit
def test_stop_when_it_leads_then_the_next_leads_at_once_and_nobody_is_told(leader, other, lost):
    tick_all(leader, other)
    leader.stop()

    assert (tick_all(other, leader), lost) == ([EVERYTHING, EVERYWHERE], [])


@pytest.mark.unit
def test_tick_when_a_task_takes_longer_than_the_lease_then_the_next_task_is_the_new_leaders(
    store, clock, other, lost
):
    def dawdle() -> int:
        clock.move(seconds=23)
        other.tick(everything=True)
        return 1

    leases = Leases(store, clock, "first", on_lost=lost.append)
    slow = Supervisor([Task("slow", 5, dawdle), Task("orders", 5, lambda: 0)], leases=leases)

    assert (slow.tick(), slow.leads, other.leads, lost) == ({"slow": 1}, False, True, [LEASE])


@pytest.mark.unit
def test_tick_when_the_store_is_away_then_nobody_leads_until_it_is_back(store, clock):
    patchy = BrokenStore(store)
    supervisor = supervisor_of(Leases(patchy, clock, "first"))
    patchy.broken = {"get"}
    during = tick_all(supervisor, supervisor)
    patchy.broken = set()

    assert (during, tick_all(supervisor)) == ([EVERYWHERE, EVERYWHERE], [EVERYTHING])


@pytest.mark.unit
def test_tick_when_the_lease_is_none_of_ours_then_it_is_written_over_so_that_somebody_leads(store, leader):
    store.create(f"leases/{LEASE}", {"who": "knows"})

    assert (tick_all(leader), leader.failing, leader.leads) == ([EVERYWHERE | {"orders": 0}], [], True)
    assert store.get(f"leases/{LEASE}").value["owner"] == "first"


@pytest.mark.unit
def test_failing_when_another_leads_then_it_is_the_leaders_to_tell(store, clock, other):
    def fail() -> int:
        raise ValueError("a slip")

    supervisor = supervisor_of(Leases(store, clock, "first"), fail)
    supervisor.tick()
    before = supervisor.failing
    clock.move(seconds=23)
    tick_all(other, supervisor)

    assert (before, supervisor.failing) == (["orders"], [])


@pytest.mark.unit
def test_lost_when_another_has_taken_over_then_journal_and_owner_are_told(settings, store, clock):
    heard: list[Event] = []
    told = replace(settings, notification_url="https://push.example")
    services = services_of(create_app(told, store=store, clock=clock, notify=heard.append))
    another = MachineLocks(settings.database_path.parent / "locks")
    services.supervisor.tick()
    clock.move(seconds=23)
    Leases(store, clock, another.owner).hold(LEASE)
    services.supervisor.tick()
    for part in (another, services.observability.journal):
        part.close()
    services.observability.notifier.close(60)

    assert [event.kind for event in heard] == [EventKind.LOST_LEADER]
    assert "has lost its lease" in (settings.log_folder / "activity.log").read_text()
