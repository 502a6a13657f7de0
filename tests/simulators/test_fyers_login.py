"""Logging in to the simulated Fyers, and how its tokens die."""

import base64
import hashlib
import json
from datetime import datetime, timedelta

import pytest
import requests

from tests.simulators.fyers.clock import IST
from tests.simulators.fyers.driving import REDIRECT

pytestmark = pytest.mark.integration
PROFILE = "/api/v3/profile"


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def refused(answer):
    return answer.status_code, answer.json()["code"]


def refresh(fyers, **changes):
    tokens = fyers.exchange(fyers.authorize()["auth_code"]).json()
    body = {
        "grant_type": "refresh_token",
        "appIdHash": fyers.fake.tokens.app_hash,
        "refresh_token": tokens["refresh_token"],
        "pin": "1234",
    }
    return fyers.call("POST", "/api/v3/validate-refresh-token", json=body | changes)


def test_app_hash_when_computed_then_is_that_of_the_reference():
    known = hashlib.sha256(b"APP-100:SEC").hexdigest()

    assert known == "d8cabe9422adb8dd049535eceaeae8c9a870eefd89fb6dc35433d8e322e4b761"


def test_login_when_the_browser_asks_then_redirects_with_code_and_state(fyers):
    back = fyers.authorize(state="xyz")

    assert (back["s"], back["code"], back["state"]) == ("ok", "200", "xyz")
    assert claims(back["auth_code"])["sub"] == "auth_code"


def test_login_when_the_person_cancels_then_redirects_without_code(fyers):
    fyers.admin("switches", {"login_works": False})

    assert "auth_code" not in fyers.authorize()


@pytest.mark.parametrize(
    ("change", "code"),
    [({"client_id": "X"}, -352), ({"redirect_uri": ""}, -50), ({"response_type": "x"}, -50)],
)
def test_login_when_a_parameter_is_wrong_then_refuses(fyers, change, code):
    query = {"client_id": fyers.fake.app_id, "redirect_uri": REDIRECT, "response_type": "code"} | change
    answer = fyers.call("GET", "/api/v3/generate-authcode", params=query, allow_redirects=False)

    assert refused(answer) == (400, code)


def test_code_when_exchanged_then_token_dies_at_half_past_six(fyers):
    token = fyers.exchange(fyers.authorize()["auth_code"]).json()["access_token"]
    death = datetime.fromtimestamp(claims(token)["exp"], IST)

    assert death == datetime(2026, 11, 26, 6, 30, tzinfo=IST)


def test_code_when_used_twice_then_refused(fyers):
    code = fyers.authorize()["auth_code"]
    fyers.exchange(code)

    assert refused(fyers.exchange(code)) == (400, -437)


def test_code_when_old_then_refused(fyers):
    code = fyers.authorize()["auth_code"]
    fyers.fake.clock.advance(61)

    assert refused(fyers.exchange(code)) == (400, -437)


def test_code_when_the_hash_is_wrong_then_refused(fyers):
    code = fyers.authorize()["auth_code"]

    assert refused(fyers.exchange(code, appIdHash="0" * 64)) == (400, -5)
    assert fyers.exchange(code).status_code == 200


def test_refresh_when_nothing_is_said_then_is_discontinued(fyers):
    answer = refresh(fyers)

    assert refused(answer) == (400, -501)
    assert "discontinued" in answer.json()["message"]


def test_refresh_when_switched_on_then_gives_a_living_token(fyers):
    fyers.admin("switches", {"refresh": "on"})
    fyers.wear(refresh(fyers).json()["access_token"])

    assert fyers.call("GET", PROFILE).status_code == 200


def test_refresh_when_switched_on_then_wants_pin_and_token(fyers):
    fyers.admin("switches", {"refresh": "on"})

    assert refused(refresh(fyers, pin="0000")) == (400, -501)
    assert refused(refresh(fyers, refresh_token="x")) == (400, -501)


def test_refresh_when_dead_then_token_only_looks_alive(fyers):
    fyers.admin("switches", {"refresh": "dead"})
    fyers.wear(refresh(fyers).json()["access_token"])

    assert claims(fyers.token)["exp"] > fyers.fake.clock.epoch
    assert refused(fyers.call("GET", PROFILE)) == (401, -16)


@pytest.mark.parametrize("header", [None, "", "nonsense", "Bearer x", "SIMULATED-100:wrong", "OTHER-100:{}"])
def test_call_when_not_authorized_then_401(fyers, header):
    fyers.session.headers["Authorization"] = None if header is None else header.format(fyers.token)

    assert refused(fyers.call("GET", PROFILE)) == (401, -16)
    assert refused(fyers.call("GET", "/data/quotes")) == (401, -15)


def test_token_when_half_past_six_has_come_then_is_dead(fyers):
    fyers.fake.clock.set(datetime(2026, 11, 26, 6, 30, tzinfo=IST))

    assert refused(fyers.call("GET", PROFILE)) == (401, -8)
    assert refused(fyers.call("GET", "/data/quotes")) == (401, -17)


def test_token_when_a_second_before_half_past_six_then_lives(fyers):
    fyers.fake.clock.set(datetime(2026, 11, 26, 6, 30, tzinfo=IST) - timedelta(seconds=2), frozen=True)

    assert fyers.call("GET", PROFILE).status_code == 200


@pytest.mark.parametrize("code", [-8, -15, -16, -17])
def test_token_when_killed_then_answers_the_code_and_a_new_login_helps(fyers, code):
    assert fyers.admin("tokens", {"code": code}, "DELETE") == {"killed": 1}
    assert refused(fyers.call("GET", PROFILE)) == (401, code)
    fyers.wear(fyers.admin("tokens")["access_token"])

    assert fyers.call("GET", PROFILE).status_code == 200


def test_logout_when_done_then_token_is_dead(fyers):
    fyers.call("POST", "/api/v3/logout")

    assert refused(fyers.call("GET", PROFILE)) == (401, -17)


def test_sdk_when_it_logs_in_then_its_token_works(fyers, sdk):
    from fyers_apiv3 import fyersModel

    session = fyersModel.SessionModel(
        client_id=fyers.fake.app_id,
        secret_key=fyers.fake.secret,
        redirect_uri=REDIRECT,
        response_type="code",
        state="s",
        grant_type="authorization_code",
    )
    answer = requests.get(session.generate_authcode(), allow_redirects=False, timeout=5)
    session.set_token(answer.headers["Location"].partition("auth_code=")[2].partition("&")[0])
    fyers.wear(session.generate_token()["access_token"])

    assert fyers.get(PROFILE)["data"]["fy_id"] == "X******"


def test_sdk_when_the_token_is_dead_then_says_so(fyers, sdk):
    fyers.fake.tokens.kill(-17)

    assert sdk.get_profile()["code"] == -17
