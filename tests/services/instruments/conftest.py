from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from app.services.instruments import SymbolMaster
from tests.notices import HeardNotifier
from tests.simulators.fyers import FakeFyers

WEDNESDAY_AT_TEN = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)


@pytest.fixture
def clock(clock):
    clock.now = WEDNESDAY_AT_TEN
    return clock


@pytest.fixture
def fyers(clock):
    with FakeFyers(stocks=0) as fake:
        fake.clock.set(clock.now)
        yield fake


@pytest.fixture
def notifier() -> HeardNotifier:
    return HeardNotifier()


@pytest.fixture
def told(notifier) -> list:
    """What the owner was told."""
    return notifier.events


@pytest.fixture
def seconds() -> list[float]:
    """What the monotonic clock shows."""
    return [0.0]


@pytest.fixture
def make_master(store, fyers, clock, notifier, seconds):
    """Make the list of contracts of one process."""

    def make(**changes) -> SymbolMaster:
        options = {
            "store": store,
            "url": fyers.master_url,
            "max_age_days": 3,
            "clock": clock,
            "notifier": notifier,
            "in_background": False,
            "monotonic": lambda: seconds[0],
        }
        return SymbolMaster(**options | changes)

    return make


@pytest.fixture
def master(make_master) -> SymbolMaster:
    return make_master()


@pytest.fixture
def downloads(fyers):
    """Count the downloads of the file itself."""
    return lambda: fyers.counts().get("GET /sym_details/NSE_FO.csv", 0)


@pytest.fixture
def responder():
    """Answer every request with a status and headers, and no more than that."""
    servers = []

    def answer(status, headers):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"1,2\n")

            def log_message(self, *_):
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/NSE_FO.csv"

    yield answer
    for server in servers:
        server.shutdown()
        server.server_close()
