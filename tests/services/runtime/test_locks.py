import subprocess
import sys
from threading import Event, Thread

import pytest

from app.services.runtime.locks import MachineLocks, ThreadLocks

HOLDER = """
import sys
from pathlib import Path
from app.services.runtime.locks import MachineLocks

locks = MachineLocks(Path(sys.argv[1]))
with locks.hold_symbol("paper", "AAPL"):
    print(locks.owner, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(params=["threads", "machine"])
def locks(request, tmp_path):
    locks = ThreadLocks() if request.param == "threads" else MachineLocks(tmp_path / "locks")
    yield locks
    locks.close()


@pytest.fixture
def other_process(tmp_path):
    """Another process that holds `paper:AAPL` until it is told to end."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "locks")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.owner = process.stdout.readline().strip()
        yield process
        process.kill()


def start(action) -> Thread:
    thread = Thread(target=action, daemon=True)
    thread.start()
    return thread


@pytest.mark.unit
def test_hold_when_another_thread_holds_the_name_then_it_waits(locks):
    entered = Event()

    def enter() -> None:
        with locks.hold_symbol("paper", "AAPL"):
            entered.set()

    with locks.hold_symbol("paper", "AAPL"):
        thread = start(enter)
        assert not entered.wait(0.05)
    thread.join(5)

    assert entered.is_set()


@pytest.mark.unit
def test_hold_when_another_name_is_held_then_it_does_not_wait(locks):
    with locks.hold_symbol("paper", "AAPL"):
        thread = start(lambda: locks.hold_symbol("paper", "MSFT").__enter__())
        thread.join(5)

        assert not thread.is_alive()


@pytest.mark.unit
def test_hold_when_the_block_fails_then_the_name_is_free_again(locks):
    with pytest.raises(ValueError, match="a slip"), locks.hold_symbol("paper", "AAPL"):
        raise ValueError("a slip")
    with locks.hold_symbol("paper", "AAPL"):
        pass


@pytest.mark.unit
def test_hold_when_many_threads_count_then_none_is_lost(locks):
    counted = [0]

    def count() -> None:
        for _ in range(50):
            with locks.hold_symbol("paper", "AAPL"):
                counted[0] += 1

    for thread in [start(count) for _ in range(8)]:
        thread.join(10)

    assert counted == [400]


@pytest.mark.unit
def test_alive_when_it_is_this_process_then_yes(locks):
    assert locks.is_alive(locks.owner) is True


@pytest.mark.unit
def test_alive_when_threads_alone_are_known_then_others_cannot_be_told():
    assert ThreadLocks().is_alive("somebody") is None


@pytest.mark.unit
def test_alive_when_nobody_left_a_sign_then_no(tmp_path):
    locks = MachineLocks(tmp_path / "locks")

    assert locks.is_alive("somebody") is False
    locks.close()


@pytest.mark.unit
def test_alive_when_the_owner_has_closed_then_no(tmp_path):
    first, second = (MachineLocks(tmp_path / "locks") for _ in range(2))
    while_open = second.is_alive(first.owner)
    first.close()

    assert (while_open, second.is_alive(first.owner)) == (True, False)
    second.close()


@pytest.mark.integration
def test_alive_when_the_process_was_killed_then_no(tmp_path, other_process):
    locks = MachineLocks(tmp_path / "locks")
    before = locks.is_alive(other_process.owner)
    other_process.kill()
    other_process.wait(5)

    assert (before, locks.is_alive(other_process.owner)) == (True, False)
    locks.close()


@pytest.mark.integration
def test_hold_when_another_process_holds_the_name_then_it_waits_for_its_end(tmp_path, other_process):
    locks, entered = MachineLocks(tmp_path / "locks"), Event()

    def enter() -> None:
        with locks.hold_symbol("paper", "AAPL"):
            entered.set()

    thread = start(enter)
    assert not entered.wait(0.1)
    other_process.kill()
    thread.join(5)

    assert entered.is_set()
    locks.close()
