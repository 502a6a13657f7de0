"""The process that an owner starts and stops."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.storage.sqlite import SqliteStore
from tests.reliability.alerts import strategy_alert
from tests.reliability.server import OPERATOR_TOKEN, WEBHOOK_SECRET, ColdServer, Server, ask, free_port

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[1]


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def cold(tmp_path):
    """A server that begins as its owner's does."""
    server = ColdServer(tmp_path)
    yield server
    server.kill()


def lease(server) -> str | None:
    """Return the owner of the clock's lease."""
    store = SqliteStore(server.database)
    document = store.get("leases/supervisor")
    store.close()
    return None if document is None else document.value["owner"]


def leader_of(server, not_among: set[str]) -> str:
    """Wait for a leader that is none of these."""
    deadline = time.monotonic() + 15
    while (owner := lease(server)) is None or owner in not_among:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return owner


@pytest.mark.parametrize("processes", ["1", "2"])
def test_server_when_it_is_stopped_cleanly_then_the_database_is_one_file(cold, tmp_path, processes):
    cold.start(WEB_CONCURRENCY=processes)
    ask(cold.port, "POST", "/webhook", strategy_alert("stop").body)
    during = {path.name for path in tmp_path.glob("gatehouse.sqlite3*")}

    assert cold.drain() == 0
    assert during > {"gatehouse.sqlite3"}
    assert [path.name for path in tmp_path.glob("gatehouse.sqlite3*")] == ["gatehouse.sqlite3"]


def test_server_when_the_leading_process_is_killed_then_another_leads(server):
    server.start(WEB_CONCURRENCY="2")
    first = leader_of(server, not_among=set())
    os.kill(int(first.partition("-")[0]), signal.SIGKILL)

    assert leader_of(server, not_among={first})
    assert "changed hands" not in server.log.read_text()


def test_server_when_it_is_stopped_cleanly_then_nobody_holds_the_lease(server):
    server.start()
    leader_of(server, not_among=set())
    server.drain()

    assert lease(server) is None


def test_server_when_it_starts_then_a_link_that_signs_in_once_stands_above_everything(server):
    server.start()
    told = server.log.read_text()
    address, code = re.search(r"(http://127\.0\.0\.1:\d+)/#start=(\S+)", told).groups()

    assert address == f"http://127.0.0.1:{server.port}"
    assert told.index("#start=") < told.index("Gatehouse listens")
    assert told.count("#start=") == 1
    answers = [
        ask(server.port, "POST", "/api/session", json.dumps({"start": code}).encode()) for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [200, 401]


def test_server_when_its_console_is_a_clouds_log_then_no_link_is_printed(server):
    server.start(USE_CLOUD_LOGGING="true")

    assert "#start=" not in server.log.read_text()


def test_server_when_its_secrets_are_known_then_it_says_where_it_listens_and_no_secret(server):
    server.start()
    told = server.log.read_text()

    assert f"Gatehouse listens on port {server.port}" in told
    assert WEBHOOK_SECRET not in told
    assert OPERATOR_TOKEN not in told


def test_server_when_strangers_send_what_is_no_http_then_its_log_stays_short_and_tells_no_secret(server):
    server.start()
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(f"POST /webhook?secret={WEBHOOK_SECRET} and more HTTP/1.1\r\n\r\n".encode())
            assert b" 400 " in connection.recv(1000)
    told = server.log.read_text()

    assert 1 <= told.count("Invalid request") <= 10
    assert WEBHOOK_SECRET not in told


def refused_start(folder: Path, port: str, **changes: str) -> str:
    """Start a server that cannot; return what it says."""
    known = {"PATH": os.environ["PATH"], "PYTHON_DOTENV_DISABLED": "1", "PORT": port}
    environment = known | {"DATABASE_PATH": str(folder / "gatehouse.sqlite3")} | changes
    command = [sys.executable, "main.py"]
    ended = subprocess.run(
        command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 1
    return ended.stderr


def test_server_when_its_port_is_taken_then_it_says_so_and_leaves_no_trace(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        said = refused_start(tmp_path, port)

    assert f"Gatehouse cannot start: PORT: {port} cannot be listened on" in said
    assert list(tmp_path.iterdir()) == []


def test_server_when_its_certificates_are_nowhere_then_it_says_so(tmp_path):
    keys = {"ALPACA_API_KEY": "PKTESTKEY", "ALPACA_SECRET_KEY": "a-secret-of-alpaca"}
    said = refused_start(tmp_path, str(free_port()), REQUESTS_CA_BUNDLE="/nowhere.pem", **keys)

    assert said.splitlines()[-1].startswith(
        "Gatehouse cannot start: REQUESTS_CA_BUNDLE: /nowhere.pem holds no"
    )


def test_server_when_it_makes_the_accounts_secret_then_it_is_printed_once_and_never_logged(server, tmp_path):
    server.start(LOG_LEVEL="DEBUG", WEB_CONCURRENCY="2")
    (kept,) = tmp_path.glob("*.secrets.json")
    secret = json.loads(kept.read_text())["account_secret"]
    for rest in ("bots", "trades", "bot", "enter/1", "exit"):
        method = "POST" if "e" in rest[:2] else "GET"
        ask(server.port, method, f"/webhook/{secret}/{rest}", b"{}")
    server.drain()
    first = server.log.read_text()
    journals = "".join(path.read_text() for path in (tmp_path / "logs").iterdir())
    server.start()

    assert first.count(secret) == 1
    assert f"/webhook/{secret}/bots" in first
    assert "/webhook/<secret>/enter/<bot> 400" in first
    assert secret not in journals
    assert secret not in server.log.read_text().removeprefix(first)
