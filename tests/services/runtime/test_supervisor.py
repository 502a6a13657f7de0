from threading import Event

import pytest

from app.errors import StoreUnavailable
from app.services.runtime.supervisor import Supervisor, Task

pytestmark = pytest.mark.unit


class Seconds:
    """A stopwatch that is moved by hand."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


def test_tick_when_tasks_have_periods_then_each_runs_on_its_own(seconds):
    supervisor = Supervisor([Task("often", 1, lambda: 1), Task("seldom", 60, lambda: 2)], monotonic=seconds)
    first, again = supervisor.tick(), supervisor.tick()
    seconds.now = 30

    assert (first, again) == ({"often": 1, "seldom": 2}, {})
    assert supervisor.tick() == {"often": 1}


def test_tick_when_everything_is_asked_for_then_nothing_waits(seconds):
    supervisor = Supervisor([Task("seldom", 60, lambda: 1)], monotonic=seconds)
    supervisor.tick()

    assert supervisor.tick(everything=True) == {"seldom": 1}


def test_pause_when_periods_differ_then_it_ends_when_the_next_task_is_due(seconds):
    supervisor = Supervisor([Task("often", 2, lambda: 0), Task("seldom", 5, lambda: 0)], monotonic=seconds)
    pauses = []
    for _ in range(5):
        supervisor.tick()
        pauses.append(supervisor.pause_seconds())
        seconds.now += pauses[-1]

    assert pauses == [2, 2, 1, 1, 2]


def test_tick_when_a_task_fails_then_the_others_still_run(seconds):
    def fail() -> int:
        raise ValueError("a slip")

    supervisor = Supervisor([Task("bad", 1, fail), Task("good", 1, lambda: 3)], monotonic=seconds)

    assert supervisor.tick() == {"bad": -1, "good": 3}


def test_tick_when_a_task_goes_on_failing_then_the_log_has_each_trouble_once(caplog):
    troubles = ["a slip", "a slip", "another", "another"]

    def fail() -> int:
        raise ValueError(troubles.pop(0))

    supervisor = Supervisor([Task("bad", 1, fail)])
    while troubles:
        supervisor.tick(everything=True)

    assert [str(record.exc_info[1]) for record in caplog.records] == ["a slip", "another"]


@pytest.mark.parametrize(("error", "is_traced"), [(StoreUnavailable("away"), False), (KeyError("x"), True)])
def test_tick_when_a_task_fails_then_only_what_nobody_foresaw_is_told_with_its_place(
    seconds, caplog, error, is_traced
):
    def fail() -> int:
        raise error

    Supervisor([Task("failing", 5, fail)], monotonic=seconds).tick()

    assert ["Traceback" in caplog.text, str(error) in caplog.text] == [is_traced, True]


def test_thread_when_it_is_started_then_it_ticks_at_once_and_can_be_stopped():
    ran = Event()
    supervisor = Supervisor([Task("once", 3600, lambda: ran.set() or 1)])
    supervisor.start()
    supervisor.start()

    assert ran.wait(60)
    supervisor.stop()


def test_thread_when_a_task_fails_then_it_goes_on():
    runs: list[int] = []
    enough = Event()

    def fail() -> int:
        runs.append(1)
        if len(runs) == 3:
            enough.set()
        raise ValueError("a slip")

    supervisor = Supervisor([Task("bad", 0.001, fail)])
    supervisor.start()

    assert enough.wait(60)
    supervisor.stop()


def test_clock_when_its_own_turn_fails_in_an_unforeseen_way_then_it_goes_on():
    ran, failures = Event(), [LookupError("what is this?")]

    def odd() -> float:
        if failures:
            raise failures.pop()
        return 0.0

    supervisor = Supervisor([Task("orders", 5, lambda: ran.set() or 0)], monotonic=odd)
    supervisor.start()
    has_run = ran.wait(10)
    supervisor.stop()

    assert has_run
