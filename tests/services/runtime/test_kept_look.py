"""The second look goes on from the first one, whichever process had it."""

import pytest

from app.repositories.missed_things import KeptMissedThings
from app.services.runtime.kept_look import KeptLook

pytestmark = pytest.mark.unit


@pytest.fixture
def process(store, clock):
    """Make what another process, or one that was started again, has of it."""
    return lambda: KeptLook(clock, KeptMissedThings(store, "structures"))


@pytest.mark.parametrize(("seconds", "is_confirmed"), [(9, False), (10, True), (3600, True)])
def test_confirms_when_a_restart_lies_between_the_looks_then_no_time_is_lost(
    process, clock, seconds, is_confirmed
):
    assert not process().confirms("AAPL", "3/0")
    clock.move(seconds=seconds)

    assert process().confirms("AAPL", "3/0") is is_confirmed


def test_confirms_when_another_process_has_seen_it_between_then_it_begins_anew(process, clock):
    process().confirms("AAPL")
    process().saw("AAPL", "MSFT")
    clock.move(seconds=60)

    assert not process().confirms("AAPL")


def test_confirms_when_the_figures_are_others_then_it_begins_anew(process, clock):
    looks = process()
    looks.confirms("AAPL", "3/0")
    clock.move(seconds=60)
    first = looks.confirms("AAPL", "3/1")
    clock.move(seconds=10)

    assert (first, looks.confirms("AAPL", "3/1")) == (False, True)


def test_confirms_when_the_clock_is_set_back_then_it_begins_anew(process, clock):
    looks = process()
    looks.confirms("AAPL")
    clock.move(hours=-1)

    assert (looks.confirms("AAPL"), looks.confirms("MSFT")) == (False, False)
