"""A login that is over, where the store is lost while somebody is to be told."""

from datetime import datetime

import pytest

from app.errors import StoreUnavailable
from tests.fyers_logins import move
from tests.storage.cut_short import CutShort, Unheard

pytestmark = pytest.mark.integration


class Lost(Unheard, CutShort):
    """Loses what is to be written, or the answer to it."""


@pytest.fixture
def store() -> Lost:
    return Lost()


@pytest.fixture
def dead(access, enter, clock, fake):
    """Log in, and let the token die in its middle."""
    enter(access)
    fake.tokens.kill(-17)
    move(clock, fake, minutes=10)


@pytest.mark.usefixtures("dead")
def test_death_when_it_could_not_be_told_then_it_is_told_soon(access, store, told):
    store.breaks = lambda key, _value: key.startswith("state/")
    access.watch.run()
    unheard = len(told)
    store.breaks = lambda _key, _value: False
    for _ in range(3):
        access.watch.run()

    assert unheard == 0
    assert [event.key for event in told] == ["fyers died"]


@pytest.mark.usefixtures("dead")
def test_death_when_the_answer_to_its_writing_was_lost_then_it_is_told_all_the_same(access, store, told):
    store.loses = "tokens/fyers".__eq__
    for _ in range(3):
        access.watch.run()

    assert store.loses is None
    assert [event.key for event in told] == ["fyers died"]


def test_reminder_when_the_answer_to_its_claim_was_lost_then_it_is_left_once(
    access, store, told, clock, fake
):
    access.login.link()
    (key,) = [document.key for document in store.list("state/")]
    morning = datetime.fromisoformat("2026-11-25T08:30+05:30")
    move(clock, fake, seconds=(morning - clock()).total_seconds())
    store.loses = key.__eq__
    with pytest.raises(StoreUnavailable):
        access.watch.run()
    for _ in range(3):
        access.watch.run()

    assert [event.key for event in told] == ["fyers reminder"]
