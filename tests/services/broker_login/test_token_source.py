from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import BrokerLoginRequired, BrokerUnavailable
from app.storage.postgres import PostgresStore
from tests.builders import BrokenStore
from tests.fyers_logins import PIN, log_in, move

pytestmark = pytest.mark.integration


def test_token_when_nobody_has_logged_in_then_login_required(access):
    with pytest.raises(BrokerLoginRequired, match="/auth-url"):
        access.source.token()


def test_token_when_half_past_six_has_come_then_login_required(access, enter, clock):
    enter(access)
    clock.move(hours=20, minutes=30)

    with pytest.raises(BrokerLoginRequired):
        access.source.token()


def test_token_when_the_store_is_away_then_the_remembered_one_will_do(make_access, enter, store, clock):
    broken = BrokenStore(store)
    access = make_access(store=broken)
    login = enter(access)
    broken.broken = {"get"}
    clock.move(seconds=5)

    assert access.source.token() == login.access_token
    with pytest.raises(BrokerUnavailable):
        make_access(store=broken).source.token()


def test_refused_when_nothing_helps_then_dead_everywhere_and_told_once_with_the_link(
    make_access, access, enter, told, fake
):
    other = make_access()
    token = enter(access).access_token

    assert [access.source.refused(token), other.source.refused(token)] == [None, None]
    assert [event.kind for event in told] == ["login_due"]
    assert f"{fake.api_url}/generate-authcode?" in told[0].message
    with pytest.raises(BrokerLoginRequired):
        other.source.token()


def test_refused_when_many_hear_it_at_once_then_told_once(make_access, access, enter, told):
    token = enter(access).access_token
    sources = [make_access().source for _ in range(4)] + [access.source] * 4
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda source: source.refused(token), sources)) == {None}

    assert len(told) == 1


def test_refused_when_somebody_logged_in_elsewhere_then_that_token(make_access, access, enter, told, clock):
    old = enter(access).access_token
    clock.move(seconds=1)
    new = enter(make_access()).access_token

    assert access.source.refused(old) == new
    assert access.source.token() == new
    assert told == []


def test_refused_when_it_can_be_renewed_then_once_and_nobody_is_told(make_access, enter, fake, told):
    fake.tokens.refresh = "on"
    access = make_access(fyers_pin=PIN)
    old = enter(access).access_token
    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(access.source.refused, [old] * 4))

    assert answers == {access.source.token()} != {old}
    assert fake.counts()["POST /api/v3/validate-refresh-token"] == 1
    assert told == []


def test_refused_when_processes_over_one_database_hear_it_at_once_then_one_renews(
    make_access, enter, fake, told, database_url
):
    fake.tokens.refresh = "on"
    stores = [PostgresStore(database_url) for _ in range(4)]
    processes = [make_access(store=store, fyers_pin=PIN) for store in stores]
    old = enter(processes[0]).access_token
    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(lambda access: access.source.refused(old), processes))
    new = {access.source.token() for access in processes}
    for store in stores:
        store.close()

    assert fake.counts()["POST /api/v3/validate-refresh-token"] == 1
    # Who comes while it is renewed is told that there is no other yet.
    assert len(new) == 1
    assert answers <= new | {None}
    assert (old in new, told) == (False, [])


def test_refused_when_the_link_in_the_message_is_followed_then_all_is_well(access, enter, told, fake, clock):
    access.source.refused(enter(access).access_token)
    move(clock, fake, hours=2)
    url = next(line for line in told[0].message.splitlines() if line.startswith("http"))
    back = log_in(url)
    login = access.login.finish(back["state"], back["auth_code"])

    assert access.source.token() == login.access_token
