"""What every kind of locks keeps: within a process, among processes, and when one of them is killed."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest

from app.services.runtime.locks import ThreadLocks
from tests.services.runtime.lock_holder import THREADS, TIMES, open_locks
from tests.warm.process import PIPE, begin

pytestmark = pytest.mark.integration

HOLDER = open_locks.__module__


@pytest.fixture(params=["threads", "machine", "database"])
def kind(request):
    return request.param


@pytest.fixture(params=["machine", "database"])
def shared(request):
    """A kind of locks that processes share."""
    return request.param


@pytest.fixture
def place_of(tmp_path, request):
    """Where processes find locks of a kind."""
    return lambda kind: (
        request.getfixturevalue("settled_url") if kind == "database" else str(tmp_path / "locks")
    )


@pytest.fixture
def where(shared, place_of):
    return place_of(shared)


@pytest.fixture
def make_locks(place_of):
    """Make locks of a kind; all of one kind exclude each other, where that kind can."""
    made = []

    def make(kind: str):
        made.append(open_locks(kind, place_of(kind)))
        return made[-1]

    yield make
    for locks in made:
        locks.close()


@pytest.fixture
def locks(make_locks, kind):
    return make_locks(kind)


@pytest.fixture
def other_process(shared, where):
    """Another process that holds `paper:AAPL` until it is told to end."""
    command = [sys.executable, "-m", HOLDER, "hold", shared, where]
    with begin(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        process.owner = process.stdout.readline().strip()
        yield process
        process.kill()


def start(action, *given) -> Thread:
    thread = Thread(target=action, args=given, daemon=True)
    thread.start()
    return thread


def test_hold_when_another_thread_holds_the_name_then_it_waits(locks):
    entered = Event()

    def enter() -> None:
        with locks.hold_symbol("paper", "AAPL"):
            entered.set()

    with locks.hold_symbol("paper", "AAPL"):
        thread = start(enter)
        assert not entered.wait(0.05)
    thread.join(60)

    assert entered.is_set()


def test_hold_when_another_name_is_held_then_it_does_not_wait(locks):
    with locks.hold_symbol("paper", "AAPL"):
        thread = start(lambda: locks.hold_symbol("paper", "MSFT").__enter__())
        thread.join(60)

        assert not thread.is_alive()


def test_hold_when_the_block_fails_then_the_name_is_free_again(locks):
    with pytest.raises(ValueError, match="a slip"), locks.hold_symbol("paper", "AAPL"):
        raise ValueError("a slip")
    with locks.hold_symbol("paper", "AAPL"):
        pass


def test_hold_when_many_threads_count_then_none_is_lost(locks):
    counted = [0]

    def count() -> None:
        for _ in range(50):
            with locks.hold_symbol("paper", "AAPL"):
                counted[0] += 1

    for thread in [start(count) for _ in range(8)]:
        thread.join(60)

    assert counted == [400]


def test_alive_when_it_is_this_process_then_yes(locks):
    assert locks.is_alive(locks.owner) is True


def test_alive_when_threads_alone_are_known_then_others_cannot_be_told():
    assert ThreadLocks().is_alive("somebody") is None


def test_alive_when_nobody_left_a_sign_then_no(make_locks, shared):
    assert make_locks(shared).is_alive("somebody") is False


def test_alive_when_others_ask_at_the_same_moment_then_no_still(make_locks, tmp_path):
    locks = make_locks("machine")
    left = tmp_path / "locks" / "somebody.alive"
    left.touch()
    asking = threading.Barrier(8)

    def ask(_number: int) -> list[bool]:
        asking.wait(60)
        # As long as it is there: whoever finds out removes it.
        return [left.touch() or locks.is_alive("somebody") for _ in range(200)]

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for told in pool.map(ask, range(8)) for answer in told]

    assert set(answers) == {False}


def test_alive_when_the_owner_has_closed_then_no(make_locks, shared):
    first, second = make_locks(shared), make_locks(shared)
    while_open = second.is_alive(first.owner)
    first.close()

    assert (while_open, until(lambda: not second.is_alive(first.owner))) == (True, True)


def test_alive_when_the_process_was_killed_then_no_and_it_is_told(make_locks, shared, other_process):
    locks = make_locks(shared)
    before = locks.is_alive(other_process.owner), locks.has_lost_owners()
    other_process.kill()
    other_process.wait(60)

    assert before == (True, False)
    assert until(locks.has_lost_owners)
    assert until(lambda: not locks.is_alive(other_process.owner))
    assert not locks.has_lost_owners()


def test_hold_when_another_process_holds_the_name_then_it_waits_for_its_end(
    make_locks, shared, other_process
):
    locks, entered = make_locks(shared), Event()

    def enter() -> None:
        with locks.hold_symbol("paper", "AAPL"):
            entered.set()

    thread = start(enter)
    assert not entered.wait(0.1)
    other_process.kill()
    thread.join(60)

    assert entered.is_set()


def test_hold_when_threads_of_several_processes_count_then_none_is_lost(shared, where, tmp_path):
    counted, count = tmp_path / "counted", [HOLDER, "count", shared, where, str(tmp_path / "counted")]
    counted.write_text("0")
    processes = [begin([sys.executable, "-m", *count]) for _ in range(3)]

    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert counted.read_text() == str(3 * THREADS * TIMES)


def until(holds, seconds: float = 60) -> bool:
    """Wait until something holds."""
    ends = time.monotonic() + seconds
    while not (done := holds()) and time.monotonic() < ends:
        time.sleep(0.02)
    return bool(done)
