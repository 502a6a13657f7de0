"""The limits of Fyers hold, whoever asks and when, and what is urgent finds room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.brokers.fyers.limiter import PATIENCE_SECONDS, WINDOWS, Limiter, NoRoom, Window, shared

pytestmark = pytest.mark.unit

SMALL = (Window(1.0, 5, 2), Window(10.0, 12, 4))
ASKED = st.lists(st.tuples(st.sampled_from([0.0, 0.01, 0.2, 0.7, 3.0]), st.booleans()), max_size=60)


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def limiter(windows=WINDOWS):
    clock = Time()
    return Limiter(windows, clock=clock, wait=clock.sleep), clock


def let_through(asked, windows):
    """Ask with pauses between; return when each request was let through, and whether it was urgent."""
    gate, clock = limiter(windows)
    passed = []
    for pause, urgent in asked:
        clock.now += pause
        try:
            gate.enter(urgent=urgent)
        except NoRoom:
            continue
        passed.append((clock.now, urgent))
    return passed


def busiest(moments, seconds):
    return max((sum(0 <= at - start < seconds - 1e-9 for at in moments) for start in moments), default=0)


@given(ASKED)
def test_requests_when_let_through_then_no_window_ever_has_more_than_its_most(asked):
    moments = [at for at, _ in let_through(asked, SMALL)]

    assert all(busiest(moments, window.seconds) <= window.most for window in SMALL)


@given(ASKED)
def test_requests_when_not_urgent_then_the_reserved_room_stays_free(asked):
    plain = [at for at, urgent in let_through(asked, SMALL) if not urgent]

    assert all(busiest(plain, window.seconds) <= window.most - window.reserved for window in SMALL)


def test_request_when_the_second_is_full_then_it_waits_for_room():
    gate, clock = limiter()
    for _ in range(9):
        gate.enter(urgent=False)

    assert WINDOWS[0].seconds <= clock.now <= PATIENCE_SECONDS


def test_request_when_the_minute_is_full_then_refused_without_a_long_wait():
    gate, clock = limiter((Window(60.0, 3, 1),))
    gate.enter(urgent=False)
    gate.enter(urgent=False)
    with pytest.raises(NoRoom):
        gate.enter(urgent=False)

    assert clock.now == 0.0


def test_exit_when_the_rest_is_full_then_passes_at_once():
    gate, clock = limiter()
    for _ in range(8):
        gate.enter(urgent=False)
    gate.enter(urgent=True)

    assert clock.now == 0.0


def test_gate_when_closed_then_nothing_passes_until_it_opens():
    gate, clock = limiter()
    gate.close(30)
    with pytest.raises(NoRoom):
        gate.enter(urgent=True)
    clock.now = 30
    gate.enter(urgent=True)


@pytest.mark.parametrize("processes", [1, 2, 3, 7, 50])
def test_limits_when_shared_then_all_processes_together_keep_them(processes):
    for part, whole in zip(shared(WINDOWS, processes), WINDOWS, strict=True):
        assert 0 <= part.reserved < part.most
        assert part.most * processes <= max(whole.most, processes)


def test_limits_when_processes_come_and_go_then_each_request_has_its_part_of_that_moment():
    clock, processes = Time(), [1]
    gate = Limiter(clock=clock, wait=clock.sleep, processes=lambda: processes[-1])

    def sent_at_once() -> int:
        """Count what passes before anybody has to wait."""
        clock.now += 120
        began = clock.now
        return sum(gate.enter(urgent=True) is None and clock.now == began for _ in range(12))

    alone = sent_at_once()
    processes.append(3)
    assert (alone, sent_at_once()) == (10, 3)
    processes.append(1)
    assert sent_at_once() == 10


def test_requests_when_waiting_takes_no_time_then_what_was_waited_counts():
    waited = []
    gate = Limiter(clock=lambda: 0.0, wait=waited.append)

    for _ in range(25):
        gate.enter(urgent=True)

    assert waited == pytest.approx([1.05, 1.05])
