from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.broker_logins import Login
from app.errors import StoreUnavailable
from app.logs import mask
from app.services.broker_login.token_store import TokenStore
from tests.builders import BrokenStore

pytestmark = pytest.mark.unit

KEY = "tokens/fyers"


@pytest.fixture
def tokens(store, clock):
    return TokenStore(store, KEY, clock)


@pytest.fixture
def other(store, clock):
    return TokenStore(store, KEY, clock)


@pytest.fixture
def login(clock):
    return Login("first-token", "refresh-token", clock(), clock() + timedelta(hours=8))


def test_login_when_saved_then_another_process_reads_it(tokens, other, login):
    tokens.save(login)

    assert other.current() == login


def test_login_when_a_newer_one_is_there_then_that_counts(tokens, other, login):
    newer = replace(login, access_token="newer-token", issued_at=login.issued_at + timedelta(seconds=1))
    tokens.save(newer)

    assert other.save(login) == newer
    assert tokens.read() == newer


def test_login_when_the_newer_one_is_dead_then_replaced_by_whatever_clock(tokens, other, login):
    tokens.save(replace(login, access_token="ahead", issued_at=login.issued_at + timedelta(seconds=5)))
    tokens.mark_dead("ahead")

    assert other.save(login) == tokens.read() == login


def test_login_when_replaced_elsewhere_then_seen_within_a_second(tokens, other, login, clock):
    tokens.save(login)
    newer = other.save(replace(login, access_token="newer-token"))
    before = tokens.current()
    clock.move(seconds=1)

    assert (before, tokens.current()) == (login, newer)


def test_login_when_not_usable_here_then_the_store_is_asked_at_once(tokens, other, login):
    tokens.save(login)
    tokens.mark_dead(login.access_token)
    newer = other.save(replace(login, access_token="newer-token"))

    assert tokens.current() == newer


def test_login_when_fresh_then_the_store_is_left_alone(store, clock, login):
    broken = BrokenStore(store)
    tokens = TokenStore(broken, KEY, clock)
    tokens.save(login)
    broken.broken = {"get"}

    assert tokens.current() == login
    clock.move(seconds=1)
    with pytest.raises(StoreUnavailable):
        tokens.current()


def test_token_when_marked_dead_twice_then_the_first_is_told_so(tokens, other, login):
    tokens.save(login)

    assert [tokens.mark_dead("first-token"), other.mark_dead("first-token")] == [True, False]
    assert other.current().is_dead


def test_token_when_it_was_replaced_then_the_new_one_stays_alive(tokens, login):
    tokens.save(login)

    assert not tokens.mark_dead("an-older-token")
    assert not tokens.current().is_dead


@pytest.mark.parametrize("left", [{"access_token": "x"}, {"issued_at": 5}, {}])
def test_login_when_the_file_is_another_programs_then_missing_until_the_next_login(
    tokens, login, store, left
):
    store.create(KEY, left)

    assert tokens.read() is None
    assert tokens.save(login) == tokens.read() == login


def test_login_when_shown_or_logged_then_without_its_tokens(tokens, login):
    tokens.save(login)

    assert "token" not in repr(login).replace("access_token", "")
    assert mask("sent first-token and refresh-token") == "sent *** and ***"
