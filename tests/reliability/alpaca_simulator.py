"""The simulated Alpaca in a process of its own, and what makes life hard: faults, moves, closed markets."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from tests.reliability.server import ROOT, Lost, ask

CASH = "10000000"
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
    {"kind": "status", "status": 503, "when": "before"},
    {"kind": "status", "status": 504, "when": "after"},
    {"kind": "rate_limit"},
    {"kind": "html", "status": 502},
    {"kind": "torn"},
    # The only one that strikes nothing but new orders, which are few.
    {"kind": "duplicate", "probability": 0.05},
)
ODD: tuple[dict[str, Any], ...] = (
    {"kind": "partial_fill", "seconds": 0.5},
    {"kind": "late_fill", "seconds": 0.7},
    {"kind": "late_cancel", "seconds": 0.4},
    {"kind": "closed", "seconds": 0.6},
)
MOVE_SECONDS = 0.1
LARGEST_STEP = 0.006
FARTHEST = 0.06
THIN_SHARE = 0.1
CLOSING_SHARE = 0.01
CLOSED_SECONDS = 0.7


class Simulator:
    """One process; everything that is asked goes past its faults."""

    def __init__(self, log: Path) -> None:
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.simulators.alpaca", "--cash", CASH],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
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
        """End every fault and open the market; return how often each fault struck."""
        struck: list[Any] = self.ask("GET", "faults")
        self.ask("DELETE", "faults")
        self.ask("POST", "clock", {"session": "open"})
        return struck

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


@contextmanager
def unrest(simulator: Simulator, random: Random, prices: dict[str, float]) -> Iterator[None]:
    """Move prices, now and then with little to fill at them, and close the market for moments."""
    stop = threading.Event()
    thread = threading.Thread(target=_stir, args=(simulator, random, prices, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _stir(simulator: Simulator, random: Random, prices: dict[str, float], stop: threading.Event) -> None:
    now = dict(prices)
    while not stop.wait(MOVE_SECONDS):
        for symbol, base in prices.items():
            step = now[symbol] * (1 + random.uniform(-LARGEST_STEP, LARGEST_STEP))
            now[symbol] = min(max(step, base * (1 - FARTHEST)), base * (1 + FARTHEST))
        thin = {"volume": "1"} if random.random() < THIN_SHARE else {}
        moves = {symbol: {"price": f"{price:.2f}", **thin} for symbol, price in now.items()}
        try:
            simulator.ask("POST", "prices", moves)
            if random.random() < CLOSING_SHARE:
                simulator.ask("POST", "clock", {"session": "briefly closed"})
                stop.wait(CLOSED_SECONDS)
                simulator.ask("POST", "clock", {"session": "open"})
        except Lost:
            # On a busy machine; the next move comes in a moment.
            continue
