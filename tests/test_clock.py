"""Waiting for something with a budget, whether time really passes or not."""

import pytest

from app.clock import Budget, Patience

pytestmark = pytest.mark.unit

BUDGET = Budget(seconds=1.0, poll_seconds=0.25)


def test_patience_when_the_wait_only_seems_to_then_it_ends_all_the_same():
    waited: list[float] = []
    patience = Patience(BUDGET, waited.append)
    looks = 0
    while patience.lasts():
        looks += 1

    assert (looks, waited) == (4, [0.25] * 4)
    assert not patience.lasts()


def test_patience_when_looking_takes_long_then_the_time_that_passed_counts(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("app.clock.time.monotonic", lambda: now[0])
    patience = Patience(BUDGET, lambda _: None)
    now[0] = 0.9
    still = patience.lasts()
    now[0] = 1.0

    assert (still, patience.lasts()) == (True, False)


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_patience_when_there_is_no_time_then_nothing_is_waited_for(seconds):
    waited: list[float] = []

    assert not Patience(Budget(seconds, 0.1), waited.append).lasts()
    assert waited == []
