"""The simulated Fyers in a process of its own, and what makes life hard: faults, moves, dying tokens."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from tests.fyers_logins import log_in
from tests.reliability.fyers_alerts import STOCKS
from tests.reliability.server import ROOT, Lost, Server, ask

CASH = "10000000000"
APP_ID, SECRET = "SIMULATED-100", "simulated-secret"
# With every kind active, a fifth of all requests is struck, and a fifth of the orders lives oddly.
STRUCK_SHARE = 0.2
NEVER_SECONDS = 5
SPOILING: tuple[dict[str, Any], ...] = (
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
ODD: tuple[dict[str, Any], ...] = (
    {"kind": "partial_fill", "seconds": 0.5},
    {"kind": "late_fill", "seconds": 0.7},
    {"kind": "transit", "seconds": 0.5},
    {"kind": "mpp_pending", "seconds": 3},
    {"kind": "rejection"},
)
MOVE_SECONDS = 0.2
LARGEST_STEP = 0.006
FARTHEST = 0.06
TOKEN_LIFE_SECONDS = 12.0


class Simulator:
    """One process; everything that is asked goes past its faults."""

    def __init__(self, log: Path) -> None:
        command = [sys.executable, "-m", "tests.simulators.fyers", "--cash", CASH, "--stocks", str(STOCKS)]
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        assert self._process.stdout is not None
        with self._process.stdout as output:
            self.url = output.readline().strip()

    def ask(self, method: str, name: str, body: Any = None) -> Any:
        """Ask the simulator about itself."""
        data = b"" if body is None else json.dumps(body).encode()
        answer = ask(urlsplit(self.url).port or 0, method, f"/_simulator/{name}", data)
        assert answer.status == 200, answer
        return answer.body

    def spoil(self, seed: int) -> None:
        """Let every kind of fault strike from now on."""
        for kinds in (SPOILING, ODD):
            chance = 1 - (1 - STRUCK_SHARE) ** (1 / len(kinds))
            for number, fault in enumerate(kinds):
                settings = {"probability": chance, "seed": seed * 100 + number}
                self.ask("POST", "faults", settings | fault)

    def heal(self) -> list[Any]:
        """End every fault, and let all that was late trade; return how often each fault struck."""
        struck: list[Any] = self.ask("GET", "faults")
        self.ask("DELETE", "faults")
        self.ask("POST", "release")
        return struck

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def log_in_once(server: Server) -> bool:
    """Log in as the owner does with the link; tell whether that went well."""
    with suppress(Lost, requests.RequestException, KeyError):
        query = urlencode(log_in(server.call("GET", "/auth-url").body["url"]))
        return ask(server.port, "GET", f"/auth-callback?{query}").status == 200
    return False


@contextmanager
def unrest(simulator: Simulator, server: Server, random: Random, prices: dict[str, float]) -> Iterator[None]:
    """Move prices; let tokens die, and the owner log in again."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_stir, args=(simulator, random, prices, stop)),
        threading.Thread(target=_kill_tokens, args=(simulator, server, stop)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _stir(simulator: Simulator, random: Random, prices: dict[str, float], stop: threading.Event) -> None:
    now = dict(prices)
    while not stop.wait(MOVE_SECONDS):
        for symbol, base in prices.items():
            step = now[symbol] * (1 + random.uniform(-LARGEST_STEP, LARGEST_STEP))
            now[symbol] = min(max(step, base * (1 - FARTHEST)), base * (1 + FARTHEST))
        # On a busy machine an answer may be late; the next move comes in a moment.
        with suppress(Lost):
            simulator.ask("POST", "prices", {name: f"{price:.1f}" for name, price in now.items()})


def _kill_tokens(simulator: Simulator, server: Server, stop: threading.Event) -> None:
    while not stop.wait(TOKEN_LIFE_SECONDS):
        with suppress(Lost):
            simulator.ask("DELETE", "tokens", {"code": -16})
        while not stop.wait(0.2) and not log_in_once(server):
            pass
