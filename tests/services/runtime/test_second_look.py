"""What a broker no longer shows counts as gone once a later look has missed it too."""

import pytest

from app.services.runtime.second_look import SecondLook

pytestmark = pytest.mark.unit


@pytest.fixture
def looks(clock):
    return SecondLook(clock)


def test_confirms_when_it_is_the_first_look_then_it_does_not(looks):
    assert not looks.confirms("AAPL")


@pytest.mark.parametrize(("seconds", "is_confirmed"), [(9, False), (10, True), (3600, True)])
def test_confirms_when_a_look_so_much_later_misses_it_too_then_it_may(looks, clock, seconds, is_confirmed):
    looks.confirms("AAPL")
    clock.move(seconds=seconds)

    assert looks.confirms("AAPL") is is_confirmed


def test_confirms_when_a_look_between_has_seen_it_then_it_begins_anew(looks, clock):
    looks.confirms("AAPL")
    looks.saw("AAPL")
    clock.move(seconds=60)

    assert not looks.confirms("AAPL")


def test_confirms_when_the_figures_are_others_then_it_begins_anew(looks, clock):
    looks.confirms("AAPL", 5)
    clock.move(seconds=60)
    first = looks.confirms("AAPL", 0)
    clock.move(seconds=60)

    assert (first, looks.confirms("AAPL", 0)) == (False, True)


def test_confirms_when_the_clock_is_set_back_then_it_begins_anew(looks, clock):
    looks.confirms("AAPL")
    clock.move(hours=-1)
    first = looks.confirms("AAPL")
    clock.move(seconds=10)

    assert (first, looks.confirms("AAPL")) == (False, True)


def test_confirms_when_another_thing_was_missed_then_it_says_nothing(looks, clock):
    looks.confirms("AAPL")
    clock.move(seconds=60)

    assert not looks.confirms("MSFT")
