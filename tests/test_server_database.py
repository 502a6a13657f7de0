"""The process that an owner starts, on a PostgreSQL that goes and comes back."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import psycopg
import pytest
from gunicorn.arbiter import Arbiter

from app.errors import StoreUnavailable
from app.server import built
from tests.reliability.alerts import strategy_alert
from tests.reliability.server import ROOT, ColdServer, Lost, Server, ask
from tests.storage.postgres_server import PostgresServer

pytestmark = pytest.mark.integration

PASSWORD = "s3cret-word"
# What the design promises; it takes a fraction of it.
BACK_WITHIN_SECONDS = 15
OURS = """
SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gatehouse' AND datname = current_database()
"""


@pytest.fixture
def postgres():
    postgres = PostgresServer()
    postgres.make()
    postgres.start()
    yield postgres
    postgres.remove()


@pytest.fixture
def url(postgres) -> str:
    """The database's address; nobody asks for the password in it, which must be seen nowhere."""
    return postgres.url().replace("postgres@", f"postgres:{PASSWORD}@", 1)


@pytest.fixture(params=[Server])
def server(request, tmp_path, url):
    server = request.param(tmp_path, DATABASE_URL=url, STORE_TIMEOUT_SECONDS="1")
    yield server
    server.kill()
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in text for text in written)


def post(server, name: str) -> int:
    return ask(server.port, "POST", "/webhook", strategy_alert(name).body).status


def get(server, path: str) -> int:
    return ask(server.port, "GET", path).status


def status_within(seconds: float, call, wanted: int) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if call() == wanted:
                return True
        except Lost:
            pass
        time.sleep(0.1)
    return False


def test_server_when_the_database_goes_and_comes_back_then_alerts_are_taken_again(server, postgres):
    server.start()
    pid, before = server.pid, post(server, "before")
    postgres.stop(hard=True)
    meanwhile = [post(server, "meanwhile"), *(get(server, path) for path in ("/health", "/readyz"))]
    postgres.start()

    assert (before, meanwhile) == (200, [503, 200, 503])
    assert status_within(BACK_WITHIN_SECONDS, lambda: post(server, "meanwhile"), 200)
    # Its answer did not wait for the disk: where it was lost, the clock finishes the alert anew.
    assert status_within(BACK_WITHIN_SECONDS, lambda: post(server, "before"), 200)
    assert (server.pid, server.is_running) == (pid, True)
    with psycopg.connect(postgres.url()) as database:
        count = "SELECT count(*) FROM webhook_events"
        assert database.execute(count).fetchone() == (2,)


@pytest.mark.parametrize("server", [ColdServer], indirect=True)
def test_server_when_the_database_is_not_there_at_the_start_then_one_sentence(server, postgres):
    postgres.stop()
    server.launch()
    ends = time.monotonic() + 20
    while server.is_running:
        assert time.monotonic() < ends
        time.sleep(0.05)

    (line,) = server.log.read_text().splitlines()
    assert line.startswith("Gatehouse cannot start: DATABASE_URL: Nobody listens")


def test_server_when_a_process_dies_while_the_database_is_away_then_another_waits_for_it(server, postgres):
    server.start()
    worker = children_of(server.pid)[0]
    postgres.stop(hard=True)
    os.kill(worker, signal.SIGKILL)
    time.sleep(3)
    still = server.is_running
    postgres.start()

    assert still
    assert status_within(BACK_WITHIN_SECONDS, lambda: post(server, "after"), 200)


def test_server_when_it_has_several_processes_then_each_has_sessions_of_its_own(server, postgres):
    server.start(WEB_CONCURRENCY="2", DATABASE_CONNECTIONS="3")
    answers = {post(server, f"alert-{number}") for number in range(30)}
    with psycopg.connect(postgres.url()) as database:
        ((sessions,),) = database.execute(OURS).fetchall()

    assert answers == {200}
    assert 2 <= sessions <= 2 * (3 + 1)
    assert server.drain() == 0


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_command_when_the_database_is_not_there_then_one_sentence_names_the_setting(tmp_path, url, postgres):
    postgres.stop()
    settings = Server(tmp_path, DATABASE_URL=url).settings
    command = [sys.executable, "-m", "flask", "--app", "main:application", "status"]
    done = subprocess.run(command, env=settings, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: Gatehouse cannot start: DATABASE_URL: Nobody listens")


def test_process_when_the_database_goes_while_it_begins_then_it_ends_so_that_another_one_follows(settings):
    waits: list[float] = []
    lost = StoreUnavailable("The connection to the database is lost.")
    at_a_database = replace(settings, database_url="postgresql://postgres@127.0.0.1:1/postgres")

    with pytest.raises(SystemExit) as ended:
        built(at_a_database, Mock(side_effect=lost), waits.append)

    # gunicorn begins another process after any code but those by which it stops all of them.
    assert ended.value.code not in {Arbiter.WORKER_BOOT_ERROR, Arbiter.APP_LOAD_ERROR}
    assert len(waits) == 1


def test_process_when_another_store_fails_while_it_begins_then_the_server_stops(settings):
    with pytest.raises(StoreUnavailable):
        built(settings, Mock(side_effect=StoreUnavailable("The disk is full.")))
