"""The daily login over HTTP, against the simulated Fyers."""

from dataclasses import replace

import pytest

from app import create_app
from tests.builders import OPERATOR_TOKEN, client_of, services_of
from tests.fyers_logins import PIN, TRADING_DAY, fyers_settings, log_in, simulated_fyers

pytestmark = pytest.mark.integration
DUE = "fyers wants its daily login: GET /auth-url has the link"


@pytest.fixture
def fake(clock):
    clock.now = TRADING_DAY
    with simulated_fyers(stocks=1, frozen=True) as fake:
        yield fake


@pytest.fixture
def app(make_app, fake):
    return make_app(**fyers_settings(fake))


@pytest.fixture
def come_back(operator, anonymous):
    """Log in as a person does; return the page that the browser ends up with."""

    def come_back(**changes):
        back = log_in(operator.get("/auth-url").json["url"]) | changes
        return anonymous.get("/auth-callback", query_string=back)

    return come_back


def test_auth_url_when_asked_for_then_one_redirect_logs_in(operator, come_back):
    page = come_back()
    login = operator.get("/api/logins").json["logins"]["fyers"]

    assert (page.status_code, login["state"]) == (200, "valid")
    assert "Valid until 26 November 2026, 06:30 in India" in page.text


def test_callback_when_it_answers_then_neither_page_nor_log_nor_api_has_a_secret(
    operator, anonymous, caplog, fake, store, app
):
    caplog.set_level("DEBUG")
    back = log_in(operator.get("/auth-url").json["url"])
    page = anonymous.get("/auth-callback", query_string=back)
    held = store.get("tokens/fyers").value
    shown = page.text + caplog.text + operator.get("/readyz").text + operator.get("/api/logins").text

    secrets = [back["auth_code"], held["access_token"], held["refresh_token"], fake.secret]
    assert [secret for secret in secrets if secret in shown] == []
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_callback_when_the_code_comes_as_code_then_taken(come_back, fake):
    assert come_back(auth_code="", code=fake.tokens.code()).status_code == 200


def test_callback_when_only_a_status_comes_as_code_then_it_is_no_code(come_back, fake):
    assert come_back(auth_code="", code="200").status_code == 422
    assert "POST /api/v3/validate-authcode" not in fake.counts()


@pytest.mark.parametrize("state", ["", "forged", "é"])
def test_callback_when_the_state_is_not_ours_then_403_and_fyers_hears_nothing(come_back, fake, state):
    page = come_back(state=state)

    assert (page.status_code, page.mimetype) == (403, "text/html")
    assert "POST /api/v3/validate-authcode" not in fake.counts()
    assert "href" not in page.text


def test_callback_when_the_person_cancels_then_fyers_words_are_shown_as_text(come_back, fake):
    fake.login_works = False
    page = come_back(message="<script>alert(1)</script>")

    assert page.status_code == 422
    assert "&lt;script&gt;" in page.text
    assert "Log in again" in page.text


def test_auth_url_when_a_browser_asks_then_it_is_sent_there(operator, fake):
    browser = operator.get("/auth-url", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    asked = operator.get("/auth-url?redirect=1")

    for answer in (browser, asked):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"{fake.api_url}/generate-authcode?")


def test_generate_token_when_the_code_is_pasted_then_logged_in(operator, fake):
    answer = operator.post("/generate-token", json={"auth_code": fake.tokens.code()})

    assert (answer.status_code, answer.json["login"]["state"]) == (200, "valid")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"auth_code": "old"}, 422, "LOGIN_REFUSED"),
        ({}, 400, "REQUEST_INVALID"),
        ({"auth_code": 5}, 400, "REQUEST_INVALID"),
    ],
)
def test_generate_token_when_the_code_is_no_good_then_says_so(operator, body, status, code):
    answer = operator.post("/generate-token", json=body)

    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)


def test_generate_token_when_fyers_is_down_then_503(operator, fake):
    fake.inject("html", path="/validate-authcode")
    answer = operator.post("/generate-token", json={"auth_code": fake.tokens.code()})

    assert (answer.status_code, answer.json["error"]["code"]) == (503, "BROKER_UNAVAILABLE")


def test_refresh_when_fyers_has_ended_it_then_409_with_the_link_to_log_in(make_app, fake):
    app = make_app(**fyers_settings(fake), fyers_pin=PIN)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    operator.post("/generate-token", json={"auth_code": fake.tokens.code()})
    answer = operator.post("/refresh-token")

    assert (answer.status_code, answer.json["error"]["code"]) == (409, "REFRESH_REFUSED")
    assert log_in(answer.json["login_url"])["s"] == "ok"


def test_refresh_when_fyers_still_does_it_then_200(make_app, fake):
    fake.tokens.refresh = "on"
    app = make_app(**fyers_settings(fake), fyers_pin=PIN)
    operator = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}")
    operator.post("/generate-token", json={"auth_code": fake.tokens.code()})

    assert operator.post("/refresh-token").json["login"]["state"] == "valid"


def test_ready_when_no_bot_trades_at_fyers_then_a_due_login_is_a_warning(operator, anonymous):
    details = operator.get("/readyz").json

    assert anonymous.get("/readyz").json == {"status": "ready"}
    assert (details["warnings"], details["logins"]["fyers"]["state"]) == ([DUE], "missing")


def test_ready_when_a_bot_trades_at_fyers_then_a_due_login_is_not_ready(operator, anonymous, configure):
    configure(broker="fyers")

    assert anonymous.get("/readyz").status_code == 503
    assert operator.get("/readyz").json["checks"]["broker fyers"] == DUE


def test_login_when_it_was_in_one_application_then_another_on_the_store_uses_it(make_app, fake, come_back):
    other = services_of(make_app(**fyers_settings(fake)))
    come_back()

    assert fake.tokens.admit(f"{fake.app_id}:{other.brokers.fyers.source.token()}", is_data=False) is None


def test_tick_when_fyers_is_set_up_then_the_login_is_looked_after(operator):
    assert "login" in operator.post("/tasks/tick").json["done"]


def test_redirect_address_when_not_set_then_the_services_own(settings, store, fake, clock):
    changes = fyers_settings(fake) | {"fyers_redirect_uri": None, "public_url": "https://gate.example"}
    app = create_app(replace(settings, **changes), store=store, clock=clock)
    url = services_of(app).brokers.fyers.login.link().url
    services_of(app).observability.journal.close()

    assert "redirect_uri=https%3A%2F%2Fgate.example%2Fauth-callback" in url


class TestWithoutAnApp:
    @pytest.fixture
    def app(self, make_app):
        return make_app()

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/auth-url"), ("POST", "/generate-token"), ("POST", "/refresh-token")]
    )
    def test_login_when_nothing_is_set_up_then_says_what_to_set(self, operator, method, path):
        answer = operator.open(path, method=method, json={"auth_code": "x"})

        assert (answer.status_code, answer.json["error"]["code"]) == (409, "FYERS_NOT_CONFIGURED")
        assert "FYERS_APP_ID" in answer.json["error"]["message"]

    def test_callback_when_nothing_is_set_up_then_a_page_says_so(self, anonymous):
        assert anonymous.get("/auth-callback").status_code == 409
