"""`/tasks/*`: opened by the operator and by one service account of Google's, safe to call twice at once."""

import hashlib
import hmac
import json
import socket
import threading
import time

import pytest

from app.blueprints import tasks
from app.services.intake.wrong_secrets import ALLOWED
from app.services.runtime.supervisor import Supervisor, Task
from tests.builders import OPERATOR_TOKEN, client_of, services_of, strategy_alert, trade_idea
from tests.reliability.server import Server
from tests.simulators.google import FakeGoogle, signing_key
from tests.simulators.google.tokens import encoded
from tests.simulators.loopback.messages import in_json
from tests.test_house import guards, routes

pytestmark = pytest.mark.integration

ACCOUNT, AUDIENCE = "clock@demo.iam.gserviceaccount.com", "https://gate.example"
KEY, OTHER = signing_key("old"), signing_key("new")
IDEAS = "/webhooks/optionomics/trade-ideas"
VIEWER = "token-of-somebody-who-looks"


@pytest.fixture
def google():
    with FakeGoogle(KEY) as fake:
        yield fake
        assert fake.misfits == []


@pytest.fixture
def app(make_app, google):
    return make_app(
        tasks_service_account=ACCOUNT,
        public_url=AUDIENCE,
        tasks_certs_url=google.certs_url,
        viewer_token=VIEWER,
    )


def token(key=KEY, **changes) -> str:
    return key.token(**{"aud": AUDIENCE, "email": ACCOUNT} | changes)


@pytest.fixture
def call(app):
    def send(presented, path="/tasks/tick", *, method="POST", **headers):
        sent = {"Authorization": f"Bearer {presented}"} | headers
        return client_of(app).open(path, method=method, headers=sent)

    return send


def resigned(header: dict, sign) -> str:
    """Return a good token whose header and signature are others."""
    _, claims, _ = token().split(".")
    signed = f"{encoded(json.dumps(header).encode())}.{claims}"
    return f"{signed}.{encoded(sign(signed.encode()))}"


def by_hmac(content: bytes) -> bytes:
    return hmac.new(KEY.certificate.encode(), content, hashlib.sha256).digest()


def parts(whole: str) -> list[str]:
    return whole.split(".")


GOOD = {
    "as it comes": lambda: token(sub="1"),
    "issuer without https": lambda: token(iss="accounts.google.com"),
    "capitals in the e-mail": lambda: token(email=ACCOUNT.upper()),
    "a clock that is ahead": lambda: token(iat=int(time.time()) + 20),
    "expired within the skew": lambda: token(seconds=-20),
}
WRONG = {
    "no token": lambda: "x.y.z",
    "algorithm none": lambda: resigned({"alg": "none", "kid": "old"}, lambda _: b"-"),
    "HS256 with the public key": lambda: resigned({"alg": "HS256", "kid": "old"}, by_hmac),
    "ES256": lambda: resigned({"alg": "ES256", "kid": "old"}, KEY.sign),
    "no key's id": lambda: resigned({"alg": "RS256"}, KEY.sign),
    "a list as the key's id": lambda: resigned({"alg": "RS256", "kid": ["old"]}, KEY.sign),
    "an unknown key": lambda: token(OTHER),
    "another key under a known name": lambda: OTHER.token(header={"kid": "old"}, aud=AUDIENCE, email=ACCOUNT),
    "another payload": lambda: ".".join([parts(token())[0], parts(token(sub="118"))[1], parts(token())[2]]),
    "expired": lambda: token(seconds=-60),
    "issued later": lambda: token(iat=int(time.time()) + 120, seconds=7200),
    "never expires": lambda: token(exp=None),
    "a text as the time": lambda: token(exp="tomorrow"),
    "another audience": lambda: token(aud="https://other.example"),
    "no audience": lambda: token(aud=None),
    "a list of audiences": lambda: token(aud=[AUDIENCE]),
    "another issuer": lambda: token(iss="https://securetoken.google.com/demo"),
    "no issuer": lambda: token(iss=None),
    "nested without end": lambda: f"{encoded(b'[' * 3000)}.e30.eA",
    "no object": lambda: f"{encoded(b'[]')}.{encoded(b'[]')}.eA",
    "two tokens": lambda: f"{token()},Bearer {token()}",
    "token and nothing": lambda: f"{token()},Bearer x",
    "a word more": lambda: f"{token()} x",
}
OTHERS = {
    "another account": lambda: token(email="somebody@demo.iam.gserviceaccount.com"),
    "no e-mail": lambda: token(email=None),
    "not verified": lambda: token(email_verified=False),
    "verified in words": lambda: token(email_verified="true"),
}


@pytest.mark.parametrize("case", GOOD)
def test_token_when_it_is_the_accounts_then_the_clock_runs(call, case):
    answer = call(GOOD[case]())

    assert (answer.status_code, answer.json["status"]) == (200, "ok")


@pytest.mark.parametrize("case", WRONG)
def test_token_when_it_does_not_fit_then_401_and_it_is_counted_as_a_guess(call, operator, case):
    answer = call(WRONG[case]())
    (row,) = operator.get("/api/refusals").json["refusals"]

    assert (answer.status_code, answer.json["error"]["code"]) == (401, "NOT_AUTHENTICATED")
    assert (row["path"], row["code"]) == ("/tasks/tick", "NOT_AUTHENTICATED")


def test_token_when_cloud_run_took_its_signature_then_the_sentence_says_what_to_do(call, google):
    stripped = ".".join([*parts(token())[:2], "SIGNATURE_REMOVED_BY_GOOGLE"])
    answer = call(stripped)

    assert answer.status_code == 401
    assert "--allow-unauthenticated" in answer.json["error"]["message"]
    assert google.requests == []


@pytest.mark.parametrize("case", OTHERS)
def test_token_when_it_is_another_accounts_then_403_and_it_is_seen(call, operator, case):
    answer = call(OTHERS[case]())
    (row,) = operator.get("/api/refusals").json["refusals"]

    assert (answer.status_code, answer.json["error"]["code"]) == (403, "SERVICE_ACCOUNT_NOT_ALLOWED")
    assert row["code"] == "SERVICE_ACCOUNT_NOT_ALLOWED"


def test_token_when_it_is_refused_then_it_is_repeated_nowhere(call, settings, operator):
    presented = token(aud="https://other.example")
    answer = call(presented)
    logs = settings.database_path.parent / "logs"
    written = [
        answer.text,
        operator.get("/api/refusals").text,
        *(path.read_text() for path in logs.iterdir()),
    ]

    assert [text for text in written if presented.split(".")[1] in text] == []


def test_guesses_when_they_are_more_than_ten_then_429_and_the_right_one_is_taken(call):
    answers = [call(token(aud="x")).status_code for _ in range(ALLOWED + 1)]

    assert answers == [401] * ALLOWED + [429]
    assert call(token()).status_code == 200


def test_certificates_when_they_cannot_be_had_then_503_and_the_operator_is_let_in(call, google):
    google.behaviour = in_json({}, 500)

    assert (call(token()).status_code, call(token()).json["error"]["code"]) == (
        503,
        "CERTIFICATES_UNAVAILABLE",
    )
    assert call(OPERATOR_TOKEN).status_code == 200


def test_garbage_when_strangers_send_it_then_google_is_not_asked(call, google):
    for presented in ("x.y.z", "garbage", token().replace(".", ""), WRONG["algorithm none"]()):
        call(presented)

    assert google.requests == []


def test_certificates_when_the_key_is_changed_then_new_tokens_are_taken(call, google):
    google.headers = {"Cache-Control": "max-age=0"}
    statuses = [call(token()).status_code]
    google.keys = (OTHER,)
    statuses += [call(token(OTHER)).status_code, call(token()).status_code]

    assert statuses == [200, 200, 401]


def test_token_when_it_is_shown_anywhere_else_then_it_opens_nothing(app, call):
    shown = token()
    opened = {
        f"{method} {path}": call(
            shown, path, method=method, **{"X-Forwarded-For": f"10.0.0.{number}"}
        ).status_code
        for number, (blueprint, method, path) in enumerate(routes(app))
        if {"operator", "caller_by_any_method"} & guards(app, blueprint)
    }

    assert len(opened) > 50
    assert set(opened.values()) <= {401, 429}, opened
    assert "POST /tasks/tick" not in opened


@pytest.mark.parametrize("presented", ["", "wrong", VIEWER])
def test_tasks_when_the_caller_is_neither_then_headers_of_cloud_tasks_prove_nothing(call, presented):
    proof = {"X-CloudTasks-QueueName": "q", "X-CloudScheduler": "true", "X-AppEngine-Cron": "true"}

    assert call(presented, **proof).status_code == (403 if presented == VIEWER else 401)


def test_tasks_when_no_account_is_named_then_googles_tokens_open_nothing(make_app, google):
    app = make_app(public_url=AUDIENCE, tasks_certs_url=google.certs_url)
    headers = {"Authorization": f"Bearer {token()}"}

    assert client_of(app).post("/tasks/tick", headers=headers).status_code == 401
    assert google.requests == []


def test_audience_when_it_is_set_then_it_counts_alone(make_app, google):
    known = {"tasks_service_account": ACCOUNT, "tasks_certs_url": google.certs_url}
    app = make_app(public_url=AUDIENCE, tasks_oidc_audience="https://gate-x.run.app", **known)
    statuses = [
        client_of(app, authorization=f"Bearer {token(aud=aud)}").post("/tasks/tick").status_code
        for aud in (AUDIENCE, "https://gate-x.run.app")
    ]

    assert statuses == [401, 200]


def at_once(*calls) -> None:
    threads = [threading.Thread(target=each) for each in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_ticket_when_it_is_worked_off_many_times_at_once_then_it_is_ordered_once(call, client, holding):
    ticket = client.post(IDEAS, json=trade_idea()).json["ticket"]
    shown, answers = token(), []
    at_once(*[lambda: answers.append(call(shown, f"/tasks/inbox/{ticket}").status_code)] * 8)
    again = call(shown, f"/tasks/inbox/{ticket}")

    assert set(answers) == {200}
    assert again.json["status"] == "filled"
    assert holding("NVDA") == "1.754385964"


def test_clock_when_it_is_called_many_times_at_once_then_no_alert_is_carried_out_twice(
    call, client, operator
):
    client.post("/webhook", json=strategy_alert())
    shown, answers = token(), []
    at_once(*[lambda: answers.append(call(shown))] * 6)

    assert {answer.status_code for answer in answers} == {200}
    assert len(operator.get("/api/orders?status=all").json["orders"]) == 1


def test_clock_when_another_call_is_at_work_then_it_waits_no_longer_than_told():
    begun, go_on = threading.Event(), threading.Event()

    def work() -> int:
        begun.set()
        go_on.wait(60)
        return 1

    supervisor = Supervisor([Task("slow", 1, work)])
    first = threading.Thread(target=supervisor.turn, kwargs={"within_seconds": 1})
    first.start()
    begun.wait(60)
    second = supervisor.turn(within_seconds=0.05)
    go_on.set()
    first.join()

    assert (second.busy, second.done) == (True, {})
    assert supervisor.turn(within_seconds=1).done == {"slow": 1}


def test_clock_when_time_is_over_then_the_next_call_begins_with_what_was_left():
    now, ran = [0.0], []

    def slow(name: str):
        def work() -> int:
            ran.append(name)
            now[0] += 20
            return 0

        return work

    tasks = [Task(name, 1, slow(name)) for name in ("one", "two", "three")]
    supervisor = Supervisor(tasks, monotonic=lambda: now[0])
    first, second = (supervisor.turn(within_seconds=30) for _ in range(2))

    assert (list(first.done), first.left) == (["one", "two"], ("three",))
    assert list(second.done) == ["three", "one"]


def test_services_when_no_account_is_named_then_nothing_of_google_is_wired(make_app):
    assert services_of(make_app()).operations.google_callers is None


def test_server_when_the_header_comes_twice_then_neither_counts(google, tmp_path):
    known = {"PUBLIC_URL": AUDIENCE, "TASKS_SERVICE_ACCOUNT": ACCOUNT, "TASKS_CERTS_URL": google.certs_url}
    server = Server(tmp_path, **known)
    ours = server.settings["OPERATOR_TOKEN"]
    server.start()
    try:
        statuses = [
            asked(server.port, *headers) for headers in ([token()], [token(), token()], [token(), "x"])
        ]
        statuses.append(asked(server.port, ours, ours))
    finally:
        server.drain()

    assert statuses == [200, 401, 401, 401]


def asked(port: int, *presented: str) -> int:
    lines = ["POST /tasks/tick HTTP/1.1", "Host: x", "Content-Length: 0"]
    lines += [f"Authorization: Bearer {each}" for each in presented]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(connection.recv(1000).split()[1])


def test_backup_when_it_takes_longer_than_a_call_may_then_it_is_said_to_go_on(app, monkeypatch):
    monkeypatch.setattr(tasks, "BACKUP_SECONDS", 0.0)
    answer = client_of(app, authorization=f"Bearer {OPERATOR_TOKEN}").post("/tasks/backup")
    services_of(app).operations.backups.wait(60)

    assert (answer.status_code, answer.json["status"]) == (202, "running")
