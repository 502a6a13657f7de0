"""The table of endpoints of the option alerts' document: each answers as it says there."""

import pytest

from tests.builders import client_of
from tests.fyers_logins import log_in

pytestmark = pytest.mark.integration


@pytest.fixture
def code(operator):
    """Log in as a person does; return the code that Fyers put into the address."""
    return lambda: log_in(operator.get("/auth-url").json["url"])["auth_code"]


def test_webhook_when_an_alert_comes_then_it_becomes_an_order(logged_in, ticker, post, fake):
    assert (post()[0], len(fake.orders())) == (200, 1)


def test_readyz_when_nobody_has_logged_in_then_not_ready_and_it_says_what_to_do(app, operator):
    shown = operator.get("/readyz")

    assert (client_of(app).get("/readyz").status_code, shown.status_code) == (503, 503)
    assert shown.json["logins"]["fyers"]["state"] == "missing"


def test_readyz_when_logged_in_then_token_and_broker_are_proven(app, logged_in, operator):
    shown = operator.get("/readyz")

    assert (client_of(app).get("/readyz").status_code, shown.status_code) == (200, 200)
    assert shown.json["logins"]["fyers"]["state"] == "valid"


def test_auth_url_when_asked_for_then_it_leads_to_the_login_of_fyers(operator, fake):
    link = operator.get("/auth-url").json["url"]

    assert link.startswith(f"{fake.api_url}/generate-authcode?client_id={fake.app_id}&")


def test_generate_token_when_given_the_code_then_logged_in(operator, code):
    answer = operator.post("/generate-token", json={"auth_code": code()})

    assert (answer.status_code, answer.json["login"]["state"]) == (200, "valid")


def test_generate_token_when_the_code_is_used_up_then_it_says_so(operator, code):
    used = {"auth_code": code()}
    operator.post("/generate-token", json=used)
    answer = operator.post("/generate-token", json=used)

    assert (answer.status_code, answer.json["error"]["code"]) == (422, "LOGIN_REFUSED")


def test_refresh_token_when_fyers_has_ended_it_then_it_says_what_to_do_instead(logged_in, operator, fake):
    answer = operator.post("/refresh-token")

    assert (answer.status_code, answer.json["error"]["code"]) == (409, "REFRESH_REFUSED")
    assert answer.json["login_url"].startswith(fake.api_url)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/auth-url"), ("POST", "/generate-token"), ("POST", "/refresh-token")]
)
def test_login_endpoints_when_a_stranger_asks_then_401(app, method, path):
    assert client_of(app).open(path, method=method, json={}).status_code == 401
