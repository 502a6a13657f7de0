"""With the settings of a deployment every line of the console is an entry of Cloud Logging."""

import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from app.schemas.dialects import DIALECTS
from deploy.cloud_settings import cloud_settings
from deploy.options import CloudNames
from deploy.running import Running
from tests.builders import ACCOUNT_SECRET, bridge_alert, trade_idea
from tests.reliability.alerts import strategy_alert
from tests.reliability.server import OPERATOR_TOKEN, WEBHOOK_SECRET, ColdServer, Server, ask
from tests.simulators.gcs import FakeGcs

pytestmark = pytest.mark.integration

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
LEGS = {name: value for name, value in DIALECTS["bot_command"].sample.items() if name != "command"}
SEVERITIES = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
OPTION = {
    "token": WEBHOOK_SECRET,
    "symbol": "NSE:NIFTY",
    "strikeprice": "25000",
    "optionType": "CE",
    "expiry": "weekly",
    "action": "SELL",
    "qty": 65,
}


def deployed(bucket: str) -> dict[str, str]:
    """Return what a deployment in its bucket tells the service, but for the secrets."""
    names = CloudNames("demo", "us-east4")
    return cloud_settings({"GCS_BUCKET_NAME": bucket}, Running(), names, "123", sql=False).plain


@pytest.fixture
def gcs():
    with FakeGcs() as fake:
        yield fake


@pytest.fixture(params=[Server])
def server(request, tmp_path, gcs):
    settings = deployed(gcs.bucket.name) | {"ACCOUNT_SECRET": ACCOUNT_SECRET}
    # The sender is this machine, which no proxy stands before.
    settings |= {
        "STORAGE_EMULATOR_HOST": gcs.url,
        "ALLOWED_SOURCE_IPS": "127.0.0.1",
        "TRUSTED_PROXY_COUNT": "0",
    }
    server = request.param(tmp_path, **settings)
    del server.settings["DATABASE_PATH"]
    yield server
    server.kill()


def entries(server: Server) -> list[dict]:
    lines = server.log.read_text(encoding="ascii").splitlines()
    found = [json.loads(line) for line in lines]
    assert {entry["severity"] for entry in found} <= SEVERITIES
    assert max(map(len, lines)) < 256 * 1024
    return found


def alerts(server: Server) -> list[dict]:
    return [entry for entry in entries(server) if entry.get("event") == "alert"]


def post(server: Server, path: str, body: bytes | dict, **headers: str):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask(server.port, "POST", path, data, headers=headers)


def secretly(alert: dict) -> dict:
    return alert | {"secret": WEBHOOK_SECRET}


def until(found, seconds: float = 60):
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return value


def test_console_when_alerts_come_then_each_has_one_entry_and_every_line_is_one(server):
    server.start()
    strategy = strategy_alert("one").body
    answers = [
        post(server, "/webhook", strategy, **PARENT),
        post(server, "/webhook", strategy),
        post(server, "/tradingview/webhook", secretly(bridge_alert())),
        post(server, "/webhook", OPTION),
        post(server, "/webhooks/optionomics/trade-ideas", secretly(trade_idea()), **PARENT),
        post(server, f"/webhook/{ACCOUNT_SECRET}/enter", LEGS),
    ]
    told = until(lambda: (found := alerts(server)) and len(found) >= len(answers) and found)

    assert [(line["dialect"], line["outcome"]) for line in told] == [
        ("strategy", "accepted"),
        ("strategy", "duplicate"),
        ("bridge", "accepted"),
        ("option", "accepted"),
        ("trade_idea", "accepted"),
        ("bot_command", "accepted"),
    ]
    assert [line["status"] for line in told] == [answer.status for answer in answers]
    assert told[0]["ticket"] == told[1]["ticket"] == answers[0].body["ticket"]
    assert len({line["ticket"] for line in told} - {None}) == len(told) - 1
    assert all(line["bot"] == "default" and line["milliseconds"] > 0 for line in told)
    first = told[0]
    assert first["logging.googleapis.com/trace"] == f"projects/demo/traces/{TRACE}"
    assert (first["logging.googleapis.com/spanId"], first["logging.googleapis.com/trace_sampled"]) == (
        SPAN,
        True,
    )
    # Where no disk is, what would stand in logs.jsonl does here.
    assert (first["alert"]["secret"], first["alert"]["strategy_order_id"]) == ("***", "long")
    assert first["source"] == "127.0.0.1"


def test_console_when_there_is_no_disk_then_exchanges_and_the_activity_log_are_entries(server, tmp_path):
    server.start()
    ticket = post(server, "/webhook", strategy_alert("one").body, **PARENT).body["ticket"]
    found = entries(server)

    assert [entry["broker"] for entry in found if entry.get("event") == "exchange"][:1] == ["paper"]
    activity = [entry for entry in found if entry.get("event") == "activity"]
    assert any(str(ticket) in entry["message"] for entry in activity)
    assert {path.name for path in tmp_path.iterdir()} == {"server.log"}


def test_idea_when_it_is_worked_off_in_the_background_then_its_lines_bear_its_trace(server):
    server.start()
    answer = post(server, "/webhooks/optionomics/trade-ideas", secretly(trade_idea()), **PARENT)

    def background() -> list[dict]:
        belonging = [entry for entry in entries(server) if answer.body["ticket"] in str(entry)]
        return [entry for entry in belonging if entry["logger"] != "gatehouse.http"]

    # The alert itself, what the broker was asked, and what became of it.
    until(lambda: {entry["event"] for entry in background()} >= {"alert", "exchange", "activity"})
    assert {entry.get("logging.googleapis.com/trace") for entry in background()} == {
        f"projects/demo/traces/{TRACE}"
    }


REFUSED = {
    "malformed": (b"{buy", {}, 400, "ALERT_MALFORMED"),
    "wrong secret": (json.dumps(bridge_alert(secret="a-wrong-guess")).encode(), {}, 401, "NOT_AUTHENTICATED"),
    "no such bot": (strategy_alert("x").body[:-1] + b', "bot": "nobody"}', {}, 404, "NOT_FOUND"),
    "too large": (b" " * 5000, {}, 413, "BODY_TOO_LARGE"),
}


def test_console_when_alerts_are_refused_then_each_kind_has_its_entry(server, gcs):
    server.start(RATE_LIMIT_PER_SECOND="1", STORE_TIMEOUT_SECONDS="1")
    for body, headers, status, _ in REFUSED.values():
        assert post(server, "/webhook", body, **headers).status == status
    statuses = [post(server, "/webhook", strategy_alert(f"many-{n}").body).status for n in range(8)]
    gcs.go_away()
    away = post(server, "/webhook", secretly(bridge_alert()))
    away = post(server, "/tradingview/webhook", secretly(bridge_alert()))
    gcs.come_back()
    told = {
        (line["status"], line["reason"]): line["severity"]
        for line in alerts(server)
        if line["outcome"] == "refused"
    }

    assert 429 in statuses
    assert away.status == 503
    for _, _, status, reason in REFUSED.values():
        assert told[status, reason] == "WARNING"
    assert told[429, "TOO_MANY_REQUESTS"] == "WARNING"
    assert told[503, "STORE_UNAVAILABLE"] == "ERROR"


def test_console_when_an_address_is_not_allowed_then_the_refusal_is_an_entry(server):
    server.start(ALLOWED_SOURCE_IPS="10.0.0.0/8")

    assert post(server, "/webhook", strategy_alert("x").body).status == 403
    (line,) = alerts(server)
    assert (line["status"], line["reason"], line["source"]) == (403, "SOURCE_NOT_ALLOWED", "127.0.0.1")


def test_console_when_strangers_send_what_is_no_http_then_gunicorns_own_lines_are_entries(server):
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(f"POST /webhook?secret={WEBHOOK_SECRET} and more HTTP/1.1\r\n\r\n".encode())
        assert b" 400 " in connection.recv(1000)
    (line,) = [entry for entry in entries(server) if entry["logger"] == "gunicorn.error"]

    assert line["severity"] == "WARNING"
    assert WEBHOOK_SECRET not in str(line)


@pytest.mark.parametrize("server", [ColdServer], indirect=True)
def test_console_when_it_starts_and_is_told_to_stop_then_nothing_else_is_written(server):
    server.start()
    post(server, "/webhook", strategy_alert("one").body)

    assert server.drain() == 0
    found = entries(server)
    assert any("Gatehouse listens on port" in entry["message"] for entry in found)
    assert {entry["severity"] for entry in found} == {"INFO"}


def test_console_when_everything_was_tried_then_no_secret_stands_in_it(server):
    server.start()
    post(server, f"/webhook?secret={WEBHOOK_SECRET}", strategy_alert("one").body)
    post(server, f"/webhook/{ACCOUNT_SECRET}/misspelt", {})
    server.call("GET", "/status")
    server.drain()
    written = server.log.read_text()

    assert [secret for secret in (WEBHOOK_SECRET, OPERATOR_TOKEN, ACCOUNT_SECRET) if secret in written] == []


def failed_start(server: Server, **settings: str) -> list[dict]:
    with pytest.raises(RuntimeError, match="did not start"):
        server.start(**settings)
    return entries(server)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"DRY_RUN": "maybe"}, "Gatehouse cannot start: DRY_RUN must be true or false"),
        ({"GCS_BUCKET_NAME": "another-bucket"}, "Gatehouse cannot start: GCS_BUCKET_NAME: "),
        ({"NOTIFICATION_URL": "https://gate.example/x"}, "Gatehouse cannot start: NOTIFICATION_URL"),
    ],
)
def test_start_when_a_setting_is_unusable_then_that_is_one_entry(server, settings, sentence):
    (entry,) = failed_start(server, **settings)

    assert entry["severity"] == "CRITICAL"
    assert entry["message"].startswith(sentence)


PROGRAM = """
import sys, threading, warnings
sys.argv = ["main.py"]
import app.server, main
def fail(settings):
    {body}
app.server.serve = fail
main.main()
"""
FAILURES = {
    "an error": ("raise RuntimeError('why\\nnot')", "CRITICAL", "RuntimeError: why\nnot"),
    "an error in a thread": (
        "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()",
        "ERROR",
        "ZeroDivisionError: division by zero",
    ),
    "an error in a destructor": (
        "type('Gone', (), {'__del__': lambda self: 1 / 0})()",
        "ERROR",
        "ZeroDivisionError: division by zero",
    ),
}


WORKER = """
import app, main
class Failing:
    extensions = {{}}
    def __call__(self, environ, start):
        raise RuntimeError("why not")
def build(*_arguments, **_options):
    {body}
app.create_app = build
main.main()
"""


def test_worker_when_it_cannot_be_built_then_its_traceback_is_one_entry(tmp_path):
    found = run(tmp_path, "raise RuntimeError('why not')", program=WORKER)
    traced = [entry for entry in found if "stack_trace" in entry]

    assert traced
    assert all(entry["stack_trace"].endswith("RuntimeError: why not") for entry in traced)


def test_request_when_the_application_itself_fails_then_gunicorns_traceback_is_one_entry(tmp_path):
    server = Server(tmp_path, program_of(WORKER, "return Failing()"), USE_CLOUD_LOGGING="true")
    server.launch()
    until(
        lambda: (
            server._is_listening() and post(server, f"/webhook?secret={WEBHOOK_SECRET}", b"{}").status == 500
        )
    )
    server.kill()
    (entry,) = [each for each in entries(server) if "stack_trace" in each]

    assert (entry["severity"], entry["logger"]) == ("ERROR", "gunicorn.error")
    assert WEBHOOK_SECRET not in str(entry)


def program_of(program: str, body: str) -> tuple[str, ...]:
    return os.sys.executable, "-c", program.format(body=body)


def run(tmp_path, body: str, *, program: str = PROGRAM, **settings: str) -> list[dict]:
    server = Server(tmp_path, program_of(program, body), USE_CLOUD_LOGGING="true")
    server.launch(**settings)
    server._process.wait(timeout=60)
    return entries(server)


@pytest.mark.parametrize("case", FAILURES)
def test_error_when_nobody_catches_it_then_it_is_one_entry_with_its_traceback(tmp_path, case):
    body, severity, last = FAILURES[case]
    (entry,) = run(tmp_path, body)

    assert entry["severity"] == severity
    assert entry["stack_trace"].startswith("Traceback (most recent call last):")
    assert entry["stack_trace"].endswith(last)


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("warnings.warn('mind this')", "WARNING"),
        ("print('mind this')", "INFO"),
        ("print('mind this', end='', file=sys.stderr, flush=True)", "WARNING"),
    ],
)
def test_print_when_somebody_elses_code_does_then_it_is_an_entry(tmp_path, body, severity):
    (entry,) = run(tmp_path, body)

    assert entry["severity"] == severity
    assert "mind this" in entry["message"]


def test_console_when_one_of_several_processes_is_killed_then_every_line_is_an_entry(tmp_path):
    server = Server(tmp_path, USE_CLOUD_LOGGING="true", WEB_CONCURRENCY="2")
    server.start()
    before = workers(server)
    for number in range(10):
        post(server, "/webhook", strategy_alert(f"many-{number}").body)
    os.kill(before.pop(), signal.SIGKILL)
    until(lambda: len(workers(server)) == 2 and workers(server) > before)
    server.drain()
    found = entries(server)

    assert len([entry for entry in found if entry.get("event") == "alert"]) == 10
    assert any(entry["logger"] == "gunicorn.error" and "SIGKILL" in entry["message"] for entry in found)


def workers(server: Server) -> set[int]:
    text = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    return {int(child) for child in text.split()}


def test_level_when_it_is_the_clouds_then_the_consoles_own_does_not_count(server):
    server.start(LOG_LEVEL="ERROR", CLOUD_LOG_LEVEL="INFO")
    post(server, "/webhook", strategy_alert("one").body)
    loud = {entry["severity"] for entry in entries(server)}
    server.drain()
    server.log.unlink()
    server.start(LOG_LEVEL="DEBUG", CLOUD_LOG_LEVEL="WARNING")
    post(server, "/webhook", strategy_alert("two").body)
    post(server, "/webhook", b"{buy")

    assert loud == {"INFO"}
    assert {entry["severity"] for entry in entries(server)} == {"WARNING"}
