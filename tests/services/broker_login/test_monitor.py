from datetime import datetime

import pytest

from tests.fyers_logins import PIN, move

pytestmark = pytest.mark.integration
PROFILE = "GET /api/v3/profile"


def at(clock, fake, text: str) -> None:
    """Make it this time in India, for both sides."""
    move(clock, fake, seconds=(datetime.fromisoformat(f"{text}+05:30") - clock()).total_seconds())


def test_watch_when_the_token_was_proven_a_while_ago_then_proven_anew(access, enter, clock, fake):
    enter(access)
    access.watch.run()
    move(clock, fake, minutes=10)
    access.watch.run()
    access.watch.run()

    assert fake.counts()[PROFILE] == 2  # at the login, and ten minutes later


def test_watch_when_the_token_has_died_then_told_at_once(access, enter, clock, fake, told):
    enter(access)
    fake.tokens.kill(-17)
    move(clock, fake, minutes=10)
    for _ in range(3):
        access.watch.run()

    assert access.login.view()["state"] == "dead"
    assert [event.key for event in told] == ["fyers died"]


@pytest.mark.parametrize("kind", ["status", "html", "reset"])
def test_watch_when_fyers_does_not_say_then_the_token_stays(access, enter, clock, fake, kind):
    enter(access)
    fake.inject(kind, path="/profile")
    move(clock, fake, minutes=10)

    assert access.watch.run() == 0
    assert access.login.view()["state"] == "valid"


def test_watch_when_the_day_is_over_then_dead_without_a_word_until_the_reminder(
    access, enter, clock, fake, told, store
):
    enter(access)
    at(clock, fake, "2026-11-26T06:30")
    access.watch.run()
    assert store.get("tokens/fyers").value["is_dead"]
    assert told == []
    at(clock, fake, "2026-11-26T08:30")
    access.watch.run()

    assert [event.key for event in told] == ["fyers reminder"]


def test_watch_when_several_processes_look_all_morning_then_one_reminder(make_access, clock, fake, told):
    accesses = [make_access(), make_access()]
    at(clock, fake, "2026-11-25T08:29")
    for _ in range(10):
        for access in accesses:
            access.watch.run()
        move(clock, fake, minutes=30)

    assert len(told) == 1
    assert "/generate-authcode?" in told[0].message


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-25T08:29",
        "2026-11-25T15:30",
        "2026-11-28T09:00",  # a Saturday
        "2026-12-25T09:00",  # Christmas
    ],
)
def test_watch_when_no_login_is_due_then_nobody_is_told(access, clock, fake, told, moment):
    at(clock, fake, moment)
    access.watch.run()

    assert told == []


def test_watch_when_another_time_is_set_then_that_one(make_access, clock, fake, told):
    at(clock, fake, "2026-11-25T07:45")
    make_access(login_reminder_time=datetime.fromisoformat("2026-11-25T07:45").time()).watch.run()

    assert len(told) == 1


def test_watch_when_there_is_a_login_then_no_reminder(access, enter, clock, fake, told):
    at(clock, fake, "2026-11-25T07:00")
    enter(access)
    at(clock, fake, "2026-11-25T08:30")
    access.watch.run()

    assert told == []


def test_watch_when_the_environment_has_a_code_then_used_once(make_access, fake):
    accesses = [make_access(fyers_auth_code=fake.tokens.code()) for _ in range(2)]
    for access in accesses * 2:
        access.watch.run()

    assert accesses[0].login.view()["state"] == "valid"
    assert fake.counts()["POST /api/v3/validate-authcode"] == 1


def test_watch_when_the_environments_code_is_refused_then_not_tried_again(make_access, fake):
    access = make_access(fyers_auth_code="an-old-code")
    access.watch.run()
    access.watch.run()

    assert access.login.view()["state"] == "missing"
    assert fake.counts()["POST /api/v3/validate-authcode"] == 1


def test_watch_when_the_token_can_be_renewed_then_renewed_at_the_end_of_its_day(
    make_access, enter, clock, fake, told
):
    fake.tokens.refresh = "on"
    access = make_access(fyers_pin=PIN)
    enter(access)
    at(clock, fake, "2026-11-26T06:30")
    access.watch.run()

    assert access.login.view()["state"] == "valid"
    assert told == []


def test_message_when_its_link_waits_then_good_for_hours(access, enter, told):
    access.source.refused(enter(access).access_token)

    assert "until 25 November, 22:00 in India." in told[0].message
