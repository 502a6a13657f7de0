"""A real server that ends in the middle of a backtest: nothing of it runs on, and the row goes on later."""

import os
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from examples.make import HERE
from tests.reliability.server import Server

pytestmark = pytest.mark.integration

BARS = 40_000
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
# A job gives way to all else: on a machine that is busy it takes a minute to begin.
PATIENCE_SECONDS = 300
SHORT = {
    "kind": "backtest",
    "alerts": {"name": "alerts.csv", "text": (HERE / "alerts.csv").read_text(encoding="utf-8")},
}


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


def long_bars() -> dict:
    rows = (
        f"{(BEGIN + number * timedelta(minutes=5)).isoformat()},100,101,99,{100 + number % 2}"
        for number in range(BARS)
    )
    return {"name": "AAPL.csv", "text": "\n".join(["time,open,high,low,close", *rows])}


def until(truth) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while not truth() and time.monotonic() < end:
        time.sleep(0.1)
    return bool(truth())


def begun(server: Server) -> list[str]:
    """Let a long job run and a short one wait; return their ids."""
    wanted = (SHORT | {"bars": [long_bars()]}, SHORT)
    jobs = [server.call("POST", "/api/jobs", each).body["id"] for each in wanted]
    assert until(lambda: state(server, jobs[0]) == "running" and playing(server))
    return jobs


def state(server: Server, job: str) -> str:
    return server.call("GET", f"/api/jobs/{job}").body["state"]


def playing(server: Server) -> list[int]:
    """Return the processes of the server's group that play a backtest."""
    return [pid for pid in group(server) if b"app.services.jobs.apart" in command(pid)]


def group(server: Server) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if os.getpgid(int(folder.name)) == server.pid:
                    found.append(int(folder.name))
            except ProcessLookupError:
                continue
    return found


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def orphaned(server: Server) -> list[int]:
    """Kill all of the server but what plays a backtest; return what is left."""
    # The master first: as long as it lives it starts a worker for each that dies, which goes on with the row.
    for pid in (server.pid, *(set(group(server)) - set(playing(server)))):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return playing(server)


def test_server_when_told_to_end_while_a_backtest_runs_then_it_ends_soon_and_the_row_goes_on(server):
    long, short = begun(server)
    started = time.monotonic()
    assert server.drain() == 0
    seconds = time.monotonic() - started
    server.start()

    assert seconds < 15
    assert state(server, long) == "interrupted"
    assert until(lambda: state(server, short) == "done")
    assert server.tracebacks() == 0


def test_server_when_killed_while_a_backtest_runs_then_nothing_plays_on_and_the_row_goes_on(server):
    long, short = begun(server)
    alone = orphaned(server)
    assert until(lambda: not playing(server))
    server.kill()
    server.start()

    assert alone
    assert until(lambda: state(server, short) == "done")
    assert state(server, long) == "interrupted"
