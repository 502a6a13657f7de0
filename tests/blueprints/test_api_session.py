"""Signing in: by a token or a printed link, as operator or viewer, for so long and no longer."""

from datetime import timedelta

import pytest

from app.domain.json_codec import timestamp
from tests.builders import ENTER_LONG, OPERATOR_TOKEN, WEBHOOK_SECRET, client_of, services_of, strategy_alert

pytestmark = pytest.mark.unit

VIEWER_TOKEN = "somebody-who-only-looks"
PATH = "/api/session"
UNATTENDED = {"X-Unattended": "true"}
SAME, OTHER = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site"}
HALT, GO = {"state": "HALTED"}, {"state": "ACTIVE"}
AGAIN = {"X-Operator-Token": OPERATOR_TOKEN}


@pytest.fixture
def app(make_app):
    return make_app(viewer_token=VIEWER_TOKEN)


@pytest.fixture
def browser(app):
    """A browser on a page of our own."""
    return client_of(app, sec_fetch_site="same-origin")


@pytest.fixture
def signed_in(browser):
    assert browser.post(PATH, json={"token": OPERATOR_TOKEN}).status_code == 200
    return browser


@pytest.fixture
def viewer(browser):
    assert browser.post(PATH, json={"token": VIEWER_TOKEN}).json["role"] == "viewer"
    return browser


@pytest.fixture
def audited(operator):
    def read(what: str) -> list[dict]:
        return operator.get(f"/api/audit?what={what}").json["audit"]

    return read


def code_of(response) -> tuple[int, str | None]:
    return response.status_code, response.json["error"]["code"] if response.json else None


def carrying(app, cookie: str):
    """A client that sends a cookie which another was given."""
    client = client_of(app)
    client.set_cookie("gatehouse", cookie)
    return client


def cookie_of(response) -> dict[str, str]:
    parts = [part.strip().partition("=") for part in response.headers["Set-Cookie"].split(";")]
    return {name: value for name, _, value in parts}


def test_token_when_it_is_right_then_a_cookie_that_no_script_reads_signs_in(browser, clock):
    response = browser.post(PATH, json={"token": OPERATOR_TOKEN})
    cookie = cookie_of(response)

    ends = timestamp(clock.now + timedelta(hours=12))
    assert response.json == {"role": "operator", "expires_at": ends}
    assert {"gatehouse", "HttpOnly"} <= set(cookie)
    assert (cookie["SameSite"], cookie["Path"], "Secure" in cookie) == ("Strict", "/", False)
    assert browser.get(PATH).json == response.json
    assert browser.get("/api/bots").status_code == 200


@pytest.mark.parametrize(
    ("settings_", "request_"),
    [
        (
            {"trusted_proxy_count": 1},
            {"headers": {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}},
        ),
        ({"public_url": "https://gate.example"}, {"base_url": "http://gate.example"}),
    ],
    ids=["a proxy says so", "the public address"],
)
def test_cookie_when_the_browser_came_by_https_then_it_stays_there(make_app, settings_, request_):
    client = client_of(make_app(**settings_))
    cookie = cookie_of(client.post(PATH, json={"token": OPERATOR_TOKEN}, **request_))

    assert {"__Host-gatehouse", "Secure", "HttpOnly"} <= set(cookie)
    assert (cookie["SameSite"], cookie["Path"], "Domain" in cookie) == ("Strict", "/", False)


@pytest.mark.parametrize("token", ["wrong", WEBHOOK_SECRET, OPERATOR_TOKEN.upper(), "é"])
def test_token_when_it_is_wrong_then_401_and_audit_and_refusals_have_it(browser, operator, audited, token):
    response = browser.post(PATH, json={"token": token})

    assert code_of(response) == (401, "NOT_AUTHENTICATED")
    assert "Set-Cookie" not in response.headers
    assert [line["after"] for line in audited("refuse_session")] == [{"address": "127.0.0.1", "by": "token"}]
    assert operator.get("/api/refusals").json["refusals"][0]["path"] == PATH


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"token": "a", "start": "b"}, {"user": "a"}, {"start": 5}, []]
)
def test_sign_in_when_it_is_malformed_then_400(browser, body):
    assert code_of(browser.post(PATH, json=body)) == (400, "REQUEST_INVALID")


def test_token_when_it_is_wrong_six_times_then_slowed_and_the_right_one_is_taken(browser, operator):
    answers = [browser.post(PATH, json={"token": f"wrong {n}"}) for n in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert operator.get("/api/bots").status_code == 200
    assert browser.post(PATH, json={"token": OPERATOR_TOKEN}).status_code == 200


def test_link_when_it_is_used_then_it_signs_in_once(app, browser):
    code, _ = services_of(app).operations.sessions.new_code()

    assert browser.post(PATH, json={"start": code}).json["role"] == "operator"
    assert code_of(browser.post(PATH, json={"start": code})) == (401, "NOT_AUTHENTICATED")


def test_link_when_a_quarter_of_an_hour_is_over_then_it_signs_nobody_in(app, browser, clock):
    code, until = services_of(app).operations.sessions.new_code()
    clock.now = until

    assert browser.post(PATH, json={"start": code}).status_code == 401


class TestEnd:
    """A session ends by itself, by its owner, and with its token."""

    def test_session_when_half_a_day_is_over_then_it_is_too(self, signed_in, clock, audited):
        for _ in range(12):
            assert signed_in.get("/api/bots").status_code == 200
            clock.move(minutes=59, seconds=59)
        clock.move(seconds=12)

        assert code_of(signed_in.get("/api/bots")) == (401, "NOT_AUTHENTICATED")
        assert audited("end_session")[0]["after"] == {"why": "12 hours are over"}

    @pytest.mark.parametrize(
        ("path", "status"), [("/api/bots", 200), ("/api/overview", 401), ("/api/changes", 401)]
    )
    def test_session_when_nobody_acts_for_an_hour_then_polls_do_not_keep_it(
        self, signed_in, clock, path, status
    ):
        clock.move(minutes=40)
        signed_in.get(path)
        clock.move(minutes=40)

        assert signed_in.get(PATH).status_code == status

    @pytest.mark.parametrize(("method", "status"), [("GET", 401), ("POST", 200)])
    def test_session_when_a_page_reads_unattended_then_it_does_not_keep_it(
        self, signed_in, clock, method, status
    ):
        clock.move(minutes=40)
        signed_in.open("/api/preview" if method == "POST" else "/api/bots", method=method, headers=UNATTENDED)
        clock.move(minutes=40)

        assert signed_in.get(PATH).status_code == status

    def test_session_when_its_owner_signs_out_then_it_is_over_and_the_cookie_gone(self, signed_in, audited):
        answer = signed_in.delete(PATH)

        assert (answer.status_code, cookie_of(answer)["Max-Age"]) == (204, "0")
        assert signed_in.get(PATH).status_code == 401
        (began,), (ended,) = audited("begin_session"), audited("end_session")
        assert began["subject"] == ended["subject"]
        assert (ended["who"], ended["after"]) == ("operator", {"why": "signed out"})

    def test_cookie_when_it_is_sent_after_the_end_then_it_counts_no_more(self, app, browser):
        cookie = cookie_of(browser.post(PATH, json={"token": OPERATOR_TOKEN}))["gatehouse"]
        browser.delete(PATH)
        thief = carrying(app, cookie)

        assert thief.get("/api/bots").status_code == 401

    def test_sign_out_when_everywhere_then_every_session_is_over(self, app, signed_in):
        others = [client_of(app, sec_fetch_site="same-origin") for _ in range(2)]
        for other, token in zip(others, (OPERATOR_TOKEN, VIEWER_TOKEN), strict=True):
            other.post(PATH, json={"token": token})
        signed_in.delete(f"{PATH}?everywhere=true")

        assert [client.get(PATH).status_code for client in (signed_in, *others)] == [401] * 3

    def test_session_when_the_service_starts_anew_then_it_counts_until_the_token_changes(
        self, make_app, browser
    ):
        cookie = cookie_of(browser.post(PATH, json={"token": OPERATOR_TOKEN}))["gatehouse"]

        again = carrying(make_app(), cookie)
        changed = carrying(make_app(operator_token="another-token-altogether"), cookie)
        assert (again.get(PATH).status_code, changed.get(PATH).status_code) == (200, 401)

    def test_session_when_another_process_ends_it_then_within_five_seconds(
        self, make_app, app, browser, clock
    ):
        cookie = cookie_of(browser.post(PATH, json={"token": OPERATOR_TOKEN}))["gatehouse"]
        other = carrying(make_app(), cookie)
        assert other.get(PATH).status_code == 200
        browser.delete(PATH)
        clock.move(seconds=5)

        assert other.get(PATH).status_code == 401


class TestOtherSites:
    """A cookie lets nobody change anything from a page that is not ours."""

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Sec-Fetch-Site": "same-origin"}, 200),
            ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 200),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "none"}, 403),
            ({"Origin": "http://localhost"}, 200),
            ({"Origin": "http://localhost:9000"}, 403),
            ({"Origin": "https://localhost"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": "http://[evil"}, 403),
            ({}, 403),
        ],
    )
    def test_change_when_it_comes_with_a_cookie_then_a_page_of_our_own_must_ask(self, app, headers, status):
        client = client_of(app)
        client.post(PATH, json={"token": OPERATOR_TOKEN})
        response = client.put("/api/trading-state", json=HALT, headers=headers)

        assert response.status_code == status
        assert status == 200 or response.json["error"]["code"] == "REQUEST_CROSS_SITE"

    def test_change_when_a_bearer_asks_then_from_anywhere(self, operator):
        assert operator.put("/api/trading-state", json=HALT, headers=OTHER).status_code == 200

    def test_public_address_when_a_proxy_changes_the_host_then_its_origin_is_our_own(self, make_app):
        client = client_of(make_app(public_url="https://gate.example"))
        client.post(PATH, json={"token": OPERATOR_TOKEN})
        own = {"Origin": "https://gate.example:443"}

        assert client.put("/api/trading-state", json=HALT, headers=own).status_code == 200

    def test_sign_in_when_another_site_tries_then_it_uses_up_no_attempt(self, browser):
        for _ in range(6):
            answer = browser.post(PATH, json={"token": "wrong"}, headers=OTHER)
            assert code_of(answer) == (403, "REQUEST_CROSS_SITE")

        assert browser.post(PATH, json={"token": "wrong"}).status_code == 401


class TestViewer:
    """Who has VIEWER_TOKEN sees everything and changes nothing."""

    @pytest.fixture(params=["session", "bearer"])
    def looking(self, request, app):
        if request.param == "session":
            return request.getfixturevalue("viewer")
        return client_of(app, authorization=f"Bearer {VIEWER_TOKEN}")

    @pytest.mark.parametrize("path", ["/api/bots", "/status", "/metrics", "/api/audit", PATH])
    def test_viewer_when_he_looks_then_he_sees_it(self, looking, path):
        assert looking.get(path).status_code == 200

    def test_viewer_when_he_asks_what_is_missing_then_he_is_told(self, looking):
        assert "checks" in looking.get("/readyz").json

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("put", "/api/trading-state"),
            ("post", "/api/preview"),
            ("post", "/cleanup"),
            ("delete", "/api/positions/paper/AAPL"),
            ("post", "/api/bots/default/secret"),
            ("get", "/auth-url"),
            ("delete", f"{PATH}?everywhere=true"),
        ],
    )
    def test_viewer_when_he_changes_something_then_403(self, looking, method, path):
        response = looking.open(path, method=method.upper(), json=strategy_alert())

        assert code_of(response) == (403, "ROLE_VIEWER")

    def test_viewer_when_he_signs_out_then_his_session_is_over(self, viewer):
        assert viewer.delete(PATH).status_code == 204
        assert viewer.get(PATH).status_code == 401


class TestTokenAgain:
    """What is dangerous wants a token that was given within ten minutes; stopping never does."""

    @pytest.fixture
    def late(self, signed_in, clock):
        clock.move(minutes=10)
        return signed_in

    @pytest.fixture
    def live(self, make_app, operator):
        """A bot that trades with real money."""
        answer = operator.post("/api/bots", json={"id": "real", "live": True})
        assert answer.status_code == 201, answer.json

    @pytest.fixture(
        params=[
            ("post", "/api/bots", {"id": "new", "live": True}),
            ("patch", "/api/bots/default", {"live": True}),
            ("post", "/api/bots/default/secret", None),
            ("post", "/api/account/secret", None),
        ],
        ids=lambda call: f"{call[0]} {call[1]}",
    )
    def dangerous(self, request):
        method, path, body = request.param
        return lambda client, **more: client.open(
            path, method=method.upper(), json=body, headers={"If-Match": "*", **more.get("headers", {})}
        )

    def test_dangerous_when_the_token_is_old_then_it_is_asked_for_and_passes_with_the_call(
        self, late, dangerous
    ):
        assert code_of(dangerous(late)) == (403, "TOKEN_AGAIN")
        assert dangerous(late, headers=AGAIN).status_code in {200, 201}
        # It counts for ten minutes more.
        assert late.post("/api/bots/default/secret").status_code == 200

    def test_dangerous_when_the_token_is_new_then_nothing_is_asked(self, signed_in, dangerous):
        assert dangerous(signed_in).status_code in {200, 201}

    def test_dangerous_when_a_bearer_asks_then_nothing_is_asked(self, operator, late, dangerous):
        assert dangerous(operator).status_code in {200, 201}

    @pytest.mark.parametrize("token", ["wrong", VIEWER_TOKEN, ""])
    def test_token_when_it_is_wrong_again_and_again_then_slowed(self, late, audited, token):
        wrong = {"X-Operator-Token": token}
        answers = [late.post("/api/bots/default/secret", headers=wrong) for _ in range(6)]

        assert [answer.status_code for answer in answers] == [403] * 5 + [429]
        assert {line["after"]["by"] for line in audited("refuse_session")} == {"X-Operator-Token"}

    @pytest.mark.parametrize("path", ["/api/trading-state", "/api/bots/real/trading-state"])
    def test_trading_when_it_goes_on_with_real_money_then_the_token_is_asked_for(self, live, late, path):
        assert late.put(path, json=HALT).status_code == 200
        assert code_of(late.put(path, json=GO)) == (403, "TOKEN_AGAIN")
        assert late.put(path, json={"state": "REDUCING"}).status_code == 200
        assert code_of(late.put(path, json=GO)) == (403, "TOKEN_AGAIN")
        assert late.put(path, json=GO, headers=AGAIN).status_code == 200

    @pytest.mark.parametrize("path", ["/api/trading-state", "/api/bots/real/trading-state"])
    def test_stop_when_it_is_to_end_sooner_by_itself_then_the_token_is_asked_for_too(
        self, live, late, clock, path
    ):
        def until(hours: int) -> dict:
            return HALT | {"until": timestamp(clock.now + timedelta(hours=hours))}

        assert late.put(path, json=HALT).status_code == 200
        assert code_of(late.put(path, json=until(2))) == (403, "TOKEN_AGAIN")
        assert late.put(path, json=until(2), headers=AGAIN).status_code == 200
        clock.move(minutes=11)
        assert code_of(late.put(path, json=until(1))) == (403, "TOKEN_AGAIN")
        assert late.put(path, json=until(3)).status_code == 200
        assert late.put(path, json=HALT).status_code == 200

    def test_breaker_when_arming_it_lets_trading_go_on_then_the_token_is_asked_for(
        self, live, signed_in, operator, client, services, clock
    ):
        path, armed = "/api/circuit-breaker", {"glb_sl": "0.99", "base_equity": "100000", "active": True}
        client.post("/webhook", json=strategy_alert(**ENTER_LONG))
        clock.move(minutes=10)
        assert signed_in.put(path, json=armed).status_code == 200
        operator.put("/api/paper/prices", json={"AAPL": "10"})
        clock.move(seconds=10)
        services.supervisor.tick(everything=True)

        assert code_of(signed_in.put(path, json={"active": False})) == (403, "TOKEN_AGAIN")
        assert operator.get("/api/trading-state").json["state"] == "REDUCING"
        assert signed_in.put(path, json={"active": False}, headers=AGAIN).status_code == 200

    @pytest.mark.parametrize("path", ["/api/trading-state", "/api/bots/default/trading-state"])
    def test_trading_when_it_goes_on_without_real_money_then_nothing_is_asked(self, late, path):
        assert [late.put(path, json=state).status_code for state in (HALT, GO)] == [200, 200]

    def test_bot_when_its_state_is_changed_with_it_then_the_token_is_asked_for_too(self, live, late):
        late.put("/api/bots/real/trading-state", json=HALT)
        answer = late.patch("/api/bots/real", json={"state": "ACTIVE"}, headers={"If-Match": "*"})

        assert code_of(answer) == (403, "TOKEN_AGAIN")


def test_nobody_when_he_asks_who_he_is_then_401_and_no_refusal_to_tell_of(browser, operator):
    assert code_of(browser.get(PATH)) == (401, "NOT_AUTHENTICATED")
    assert operator.get("/api/refusals").json["refusals"] == []


def test_basic_of_a_proxy_when_a_cookie_comes_along_then_the_cookie_counts(app, signed_in):
    assert signed_in.get("/api/bots", headers={"Authorization": "Basic b3A6b3A="}).status_code == 200
    assert signed_in.get("/api/bots", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_session_when_it_is_asked_for_then_nothing_is_read_from_the_store(app, signed_in, monkeypatch):
    signed_in.get(PATH)
    asked: list[str] = []
    store = services_of(app).store
    read = type(store).get
    monkeypatch.setattr(store, "get", lambda key: asked.append(key) or read(store, key), raising=False)
    assert (signed_in.get(PATH).status_code, asked) == (200, [])

    assert (carrying(app, "a guess").get(PATH).status_code, asked) == (401, ["state/sessions"])


def test_alert_when_a_cookie_comes_along_then_nobody_looks_it_up(app, signed_in, clock, monkeypatch):
    clock.move(seconds=6)
    asked: list[str] = []
    store = services_of(app).store
    read = type(store).get
    monkeypatch.setattr(store, "get", lambda key: asked.append(key) or read(store, key), raising=False)
    signed_in.post("/webhook", json=strategy_alert(secret=WEBHOOK_SECRET))

    assert asked
    assert "state/sessions" not in asked


def test_log_when_sessions_begin_end_and_are_refused_then_people_read_it(browser, tmp_path):
    browser.post(PATH, json={"token": "wrong"})
    browser.post(PATH, json={"token": OPERATOR_TOKEN})
    browser.delete(PATH)
    lines = (tmp_path / "logs/activity.log").read_text(encoding="utf-8")

    assert "a request refused at /api/session from 127.0.0.1: NOT_AUTHENTICATED" in lines
    assert "operator signed in from 127.0.0.1 by token (session " in lines
    assert "of the operator is over: signed out" in lines
    assert OPERATOR_TOKEN not in lines


def test_store_when_read_then_neither_cookie_nor_token_nor_code_stand_in_it(app, browser, store):
    code, _ = services_of(app).operations.sessions.new_code()
    cookie = cookie_of(browser.post(PATH, json={"token": OPERATOR_TOKEN}))["gatehouse"]
    stored = str([document.value for document in store.list("")])

    assert "session" in stored
    assert [secret for secret in (code, cookie, OPERATOR_TOKEN) if secret in stored] == []
