from datetime import timedelta

import pytest

from app.domain.json_codec import timestamp
from app.errors import BrokerUnavailable, LoginLinkRefused, LoginRefused, RefreshRefused
from tests.fyers_logins import PIN, fyers_settings, log_in, move

pytestmark = pytest.mark.integration
HALF_PAST_SIX = "2026-11-26T01:00:00Z"


@pytest.fixture
def renewing(make_access, fake):
    """An application with a PIN, where Fyers still renews."""
    fake.tokens.refresh = "on"
    return make_access(fyers_pin=PIN)


def test_login_when_a_person_logs_in_then_good_until_half_past_six_in_india(access, enter, noted):
    enter(access)

    assert access.login.view()["state"] == "valid"
    assert access.login.view()["expires_at"] == HALF_PAST_SIX
    assert noted == [f"fyers: logged in, good until {HALF_PAST_SIX}"]


def test_login_when_it_was_in_another_process_then_used_by_the_next_token(make_access, access, enter):
    other = make_access()
    login = enter(access)

    assert other.source.token() == login.access_token


def test_link_when_used_twice_then_the_second_is_refused_before_fyers_hears_of_it(access, fake):
    back = log_in(access.login.link().url)
    access.login.finish(back["state"], back["auth_code"])
    with pytest.raises(LoginLinkRefused):
        access.login.finish(back["state"], "another-code")

    assert fake.counts()["POST /api/v3/validate-authcode"] == 1


def test_login_when_canceled_then_the_link_may_be_used_again(access, fake):
    fake.login_works = False
    back = log_in(access.login.link().url)
    with pytest.raises(LoginRefused, match="user cancelled") as refusal:
        access.login.finish(back["state"], None, back["message"])
    fake.login_works = True

    again = log_in(refusal.value.details["link"])
    assert access.login.finish(again["state"], again["auth_code"])


def test_login_when_the_code_is_too_old_then_another_link_is_given(access, fake, clock):
    back = log_in(access.login.link().url)
    move(clock, fake, seconds=61)
    with pytest.raises(LoginRefused, match="invalid auth code") as refusal:
        access.login.finish(back["state"], back["auth_code"])

    again = log_in(refusal.value.details["link"])
    assert access.login.finish(again["state"], again["auth_code"])


def test_login_when_fyers_cannot_be_reached_then_unavailable_within_the_timeout(make_access, fake):
    nowhere = make_access(fyers_api_url="http://127.0.0.1:1/api/v3")

    with pytest.raises(BrokerUnavailable):
        nowhere.login.exchange("a-code")


@pytest.mark.parametrize(
    ("kind", "fault"),
    [("html", {}), ("empty", {}), ("reset", {}), ("rate_limit", {}), ("status", {"status": 500})],
)
def test_login_when_the_answer_is_no_answer_then_unavailable_and_asked_once(access, fake, kind, fault):
    fake.inject(kind, path="/validate-authcode", **fault)
    with pytest.raises(BrokerUnavailable):
        access.login.exchange(fake.tokens.code())

    assert fake.counts()["POST /api/v3/validate-authcode"] == 1


def test_login_when_its_token_cannot_be_proven_then_kept_for_the_clock_to_prove(access, fake):
    fake.inject("status", path="/api/v3/profile")
    login = access.login.exchange(fake.tokens.code())

    assert login.probed_at is None
    assert access.source.token() == login.access_token


def test_login_when_state_is_in_a_bucket_then_kept_in_the_object_of_that_name(make_access, enter, store):
    access = make_access(gcs_bucket_name="bucket", gcs_tokens_file="my/tokens.json")
    login = enter(access)

    assert store.get("my/tokens.json").value["access_token"] == login.access_token


def test_refresh_when_fyers_has_ended_it_then_refused(make_access, enter):
    access = make_access(fyers_pin=PIN)
    enter(access)

    with pytest.raises(RefreshRefused, match="discontinued"):
        access.login.refresh()


def test_refresh_when_fyers_still_does_it_then_the_token_is_another(renewing, enter):
    first = enter(renewing)

    assert renewing.login.refresh().access_token != first.access_token
    assert renewing.login.refresh().refresh_token == first.refresh_token


def test_refresh_when_its_token_only_looks_alive_then_refused_and_the_old_one_stays(renewing, enter, fake):
    first = enter(renewing)
    fake.tokens.refresh = "dead"
    with pytest.raises(RefreshRefused, match="does not accept"):
        renewing.login.refresh()

    assert renewing.source.token() == first.access_token


def test_refresh_when_there_is_no_pin_then_refused_without_a_call(access, enter, fake):
    enter(access)
    with pytest.raises(RefreshRefused, match="FYERS_PIN"):
        access.login.refresh()

    assert "POST /api/v3/validate-refresh-token" not in fake.counts()


def test_link_when_asked_for_then_it_says_when_it_ends_and_shows_no_secret(access, clock, fake):
    link = access.login.link()

    assert timestamp(link.expires_at) == timestamp(clock() + timedelta(minutes=10))
    assert fake.secret not in link.url
    assert link.url.startswith(fyers_settings(fake)["fyers_api_url"])


def test_view_when_nobody_has_logged_in_then_missing(access):
    assert access.login.view() == {
        "state": "missing",
        "issued_at": None,
        "expires_at": None,
        "probed_at": None,
    }


def test_view_when_the_day_is_over_then_dead(access, enter, clock):
    enter(access)
    clock.move(hours=21)

    assert access.login.view()["state"] == "dead"
