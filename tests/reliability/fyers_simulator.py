"""The simulated Fyers, and what makes life hard there: faults, moving prices, dying tokens."""

import threading
from contextlib import suppress
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import requests

from tests.fyers_logins import log_in
from tests.reliability.fyers_alerts import STOCKS
from tests.reliability.server import Lost, Service, ask
from tests.reliability.simulator import NEVER_SECONDS, Fault, Simulator, Trouble, moving

CASH = "10000000000"
APP_ID, SECRET = "SIMULATED-100", "simulated-secret"
SPOILING: tuple[Fault, ...] = (
    {"kind": "latency", "seconds": 0.15},
    {"kind": "timeout", "when": "after", "seconds": NEVER_SECONDS},
    {"kind": "reset", "when": "before"},
    {"kind": "reset", "when": "after"},
    {"kind": "status", "status": 500, "when": "after"},
    {"kind": "status", "status": 502, "when": "before"},
    {"kind": "status", "status": 504, "when": "after"},
    {"kind": "rate_limit", "seconds": 0.2},
    {"kind": "html", "status": 200},
    {"kind": "empty"},
    {"kind": "torn"},
    {"kind": "refused"},
    {"kind": "unacknowledged"},
    {"kind": "ip_refused"},
)
ODD: tuple[Fault, ...] = (
    {"kind": "partial_fill", "seconds": 0.5},
    {"kind": "late_fill", "seconds": 0.7},
    {"kind": "transit", "seconds": 0.5},
    {"kind": "mpp_pending", "seconds": 3},
    {"kind": "rejection"},
)
# What an exit is pursued through: no positions, no account, no orders, nobody there.
SPELLS: tuple[Fault, ...] = (
    {"kind": "status", "status": 503, "methods": ["GET"], "path": "/positions", "times": 6},
    {"kind": "status", "status": 503, "methods": ["GET"], "path": "/funds", "times": 6},
    {"kind": "rate_limit", "seconds": 1.0, "methods": ["POST"], "path": "/orders", "times": 2},
    {"kind": "reset", "when": "before", "times": 6},
)
MOVE_SECONDS = 0.2
TOKEN_LIFE_SECONDS = 12.0


def simulate_fyers(log: Path) -> Simulator:
    """Start Fyers with a short list of stocks."""
    return Simulator(log, "fyers", "--cash", CASH, "--stocks", str(STOCKS), kinds=(SPOILING, ODD))


def log_in_once(server: Service) -> bool:
    """Log in as the owner does with the link; tell whether that went well."""
    with suppress(Lost, requests.RequestException, KeyError):
        query = urlencode(log_in(server.call("GET", "/auth-url").body["url"]))
        return ask(server.port, "GET", f"/auth-callback?{query}").status == 200
    return False


def restless_market(simulator: Simulator, random: Random, prices: dict[str, float]) -> Trouble:
    """Move prices."""

    def publish(now: dict[str, float]) -> None:
        simulator.ask("POST", "prices", {name: f"{price:.1f}" for name, price in now.items()})

    return moving(MOVE_SECONDS, random, prices, publish)


def dying_tokens(simulator: Simulator, server: Service) -> Trouble:
    """Let tokens die, and the owner log in again."""

    def run(stop: threading.Event) -> None:
        while not stop.wait(TOKEN_LIFE_SECONDS):
            with suppress(Lost):
                simulator.ask("DELETE", "tokens", {"code": -16})
            while not stop.wait(0.2) and not log_in_once(server):
                pass

    return run
