"""The simulated Alpaca, and what makes life hard there: faults, moving and thin prices, closed markets."""

import threading
from pathlib import Path
from random import Random

from tests.reliability.simulator import NEVER_SECONDS, Fault, Simulator, Trouble, moving

CASH = "10000000"
SPOILING: tuple[Fault, ...] = (
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
ODD: tuple[Fault, ...] = (
    {"kind": "partial_fill", "seconds": 0.5},
    {"kind": "late_fill", "seconds": 0.7},
    {"kind": "late_cancel", "seconds": 0.4},
    {"kind": "closed", "seconds": 0.6},
)
# What an exit is pursued through: slow cancels, no positions, no account, no orders, nobody there, no login.
SPELLS: tuple[Fault, ...] = (
    {"kind": "late_cancel", "seconds": 4, "times": 4},
    {"kind": "status", "status": 503, "methods": ["GET"], "path": "/v2/positions", "times": 30},
    {"kind": "status", "status": 503, "methods": ["GET"], "path": "/v2/account", "times": 30},
    {"kind": "rate_limit", "methods": ["POST"], "path": "/v2/orders", "times": 8},
    {"kind": "reset", "when": "before", "times": 40},
    {"kind": "status", "status": 401, "times": 40},
)
MOVE_SECONDS = 0.1
THIN_SHARE = 0.1
CLOSING_SHARE = 0.01
CLOSED_SECONDS = 0.7


def simulate_alpaca(log: Path) -> Simulator:
    """Start Alpaca."""
    return Simulator(log, "alpaca", "--cash", CASH, kinds=(SPOILING, ODD))


def restless_market(simulator: Simulator, random: Random, prices: dict[str, float]) -> Trouble:
    """Move prices, now and then with little to fill at them, and close the market for moments."""

    def run(stop: threading.Event) -> None:
        def publish(now: dict[str, float]) -> None:
            thin = {"volume": "1"} if random.random() < THIN_SHARE else {}
            moves = {symbol: {"price": f"{price:.2f}", **thin} for symbol, price in now.items()}
            simulator.ask("POST", "prices", moves)
            if random.random() < CLOSING_SHARE:
                simulator.ask("POST", "clock", {"session": "briefly closed"})
                stop.wait(CLOSED_SECONDS)
                simulator.ask("POST", "clock", {"session": "open"})

        moving(MOVE_SECONDS, random, prices, publish)(stop)

    return run
