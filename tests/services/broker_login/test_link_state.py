from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from app.errors import LoginLinkRefused
from app.repositories.link_state import KEY
from app.services.broker_login.link_state import LoginMemory

pytestmark = pytest.mark.unit

LIFE = timedelta(minutes=10)


@pytest.fixture
def memory(store, clock):
    return LoginMemory(store, clock)


@pytest.fixture
def other(store, clock):
    """The same in another process."""
    return LoginMemory(store, clock)


@pytest.fixture
def state(memory, clock):
    return memory.sign(clock() + LIFE)


def test_state_when_signed_here_then_another_process_takes_it(other, state, clock):
    assert other.use(state) == (clock() + LIFE).replace(microsecond=0)


def test_state_when_used_then_nobody_takes_it_again(memory, other, state):
    memory.use(state)

    for used in (memory.use, other.use, memory.check, other.check):
        with pytest.raises(LoginLinkRefused, match="used already"):
            used(state)


def test_state_when_used_by_many_at_once_then_one_gets_it(memory, other, state):
    def attempt(process: LoginMemory) -> bool:
        try:
            process.use(state)
        except LoginLinkRefused:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, [memory, other] * 3)) == 1


def test_state_when_too_old_then_refused(memory, state, clock):
    clock.move(minutes=10)

    with pytest.raises(LoginLinkRefused, match="too old"):
        memory.check(state)


@pytest.mark.parametrize("spoil", ["{0:.0}", "x{0}", "{0:.97}", "9{0:.50}", "{0}0"])
def test_state_when_forged_then_refused(memory, state, spoil):
    with pytest.raises(LoginLinkRefused, match="not a login link"):
        memory.use(spoil.format(state))


def test_state_when_not_ascii_then_refused(memory):
    with pytest.raises(LoginLinkRefused):
        memory.use("é" * 40)


def test_states_when_ended_then_forgotten(memory, state, clock, store):
    memory.use(state)
    clock.move(minutes=11)
    memory.use(memory.sign(clock() + LIFE))

    assert len(store.get(KEY).value["used_links"]) == 1


def test_code_when_claimed_twice_then_once_only_and_kept_as_digest(memory, other, store):
    assert [memory.claim_code("the-code"), other.claim_code("the-code")] == [True, False]
    assert "the-code" not in str(store.get(KEY).value)


def test_telling_when_it_counts_as_reminder_then_that_day_has_none(memory, other):
    today = date(2026, 11, 25)

    assert memory.claim_death_notice("token", today)
    assert not other.claim_death_notice("token", today)
    assert not other.claim_reminder(today)
    assert other.claim_reminder(date(2026, 11, 26))
