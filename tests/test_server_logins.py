"""Two server processes and one database: the login at Fyers is of one, and serves both."""

import itertools
import json
import os
import signal
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.fyers_logins import log_in
from tests.reliability.server import WEBHOOK_SECRET, Server, ask
from tests.simulators.fyers import FakeFyers
from tests.simulators.fyers.driving import option

pytestmark = pytest.mark.integration
SECONDS = 20


@pytest.fixture
def fake():
    pytest.importorskip("fyers_apiv3")
    with FakeFyers(stocks=2) as fake:
        yield fake


@pytest.fixture
def server(tmp_path, fake):
    """Serve from two processes, with the list of contracts at hand."""
    server = Server(
        tmp_path,
        WEB_CONCURRENCY="2",
        DEFAULT_BROKER="fyers",
        DRY_RUN="false",
        ALLOW_LIVE_TRADING="true",
        FYERS_APP_ID=fake.app_id,
        FYERS_SECRET_ID=fake.secret,
        FYERS_REDIRECT_URI="http://127.0.0.1:1/auth-callback",
        FYERS_API_URL=fake.api_url,
        FYERS_DATA_URL=fake.data_url,
        FYERS_SYMBOL_MASTER_URL=fake.master_url,
        BROKER_TIMEOUT_SECONDS="2",
    )
    server.start()
    server.configure_bot("default", live=True)
    await_contracts(server, fake)
    yield server
    server.kill()


def await_contracts(server, fake) -> None:
    """Only the process that leads fetches the list; the other one reads what that has stored."""
    deadline = time.monotonic() + SECONDS
    question = json.loads(alert(fake, 0))
    while server.call("POST", "/api/preview", question).body["reason"] == "SYMBOL_MASTER_MISSING":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def alert(fake, number: int) -> bytes:
    contract = option(fake)
    return json.dumps(
        {
            "token": WEBHOOK_SECRET,
            "symbol": "NIFTY",
            "strikeprice": str(contract.strike),
            "optionType": "CE",
            "expiry": contract.expiry.isoformat(),
            "action": "SELL",
            "qty": contract.lot,
            "idempotency_key": str(number),
        }
    ).encode()


@pytest.fixture
def processes(server):
    """Return the two server processes' ids."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    pids = [int(pid) for pid in children.read_text().split()]
    yield pids
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def only(processes):
    """Let one of the processes answer everything from now on."""

    def let(number: int) -> None:
        os.kill(processes[number], signal.SIGCONT)
        os.kill(processes[1 - number], signal.SIGSTOP)

    return let


@pytest.fixture
def log_in_here(server):
    """Log in in whichever process answers."""

    def come_and_go() -> int:
        query = urlencode(log_in(server.call("GET", "/auth-url").body["url"]))
        return ask(server.port, "GET", f"/auth-callback?{query}").status

    return come_and_go


@pytest.fixture
def sell(server, fake):
    """Send an alert, again for as long as a process has not read the list of contracts; return its status."""
    numbers = itertools.count()

    def send() -> str:
        deadline = time.monotonic() + SECONDS
        while True:
            body = ask(server.port, "POST", "/webhook", alert(fake, next(numbers))).body
            if body.get("reason") != "SYMBOL_MASTER_MISSING" or time.monotonic() > deadline:
                return body.get("reason") or body["status"]
            time.sleep(0.1)

    return send


def test_login_when_made_in_one_process_then_the_other_trades_with_it(only, log_in_here, sell):
    only(0)
    assert log_in_here() == 200
    only(1)

    assert sell() == "ordered"


def test_login_when_renewed_in_one_process_then_the_other_drops_the_dead_token(only, log_in_here, sell, fake):
    only(0)
    log_in_here()
    assert sell() == "ordered"
    fake.tokens.kill()
    only(1)
    assert sell() == "BROKER_LOGIN_REQUIRED"
    log_in_here()
    only(0)

    assert sell() == "ordered"
