"""What the list of Indian contracts costs: to read, to hold, to load and to search.

`python -m benchmarks.symbols` measures in a process of its own and prints JSON.
"""
# ruff: noqa: T201  # its result is what it prints

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

from app.domain.contracts import ContractIndex, ListedContract, read_master
from app.services.instruments import ContractLists
from app.storage.sqlite import SqliteStore
from tests.simulators.fyers.master import Master

ROOT = Path(__file__).parents[1]
DAY = date(2026, 11, 25)
ROUNDS = 5
SOUGHT = 10_000
# Figure, unit and the most that it may be.
LIMITS = {
    "build": ("CPU ms", 1000),
    "memory": ("MB", 60),
    "ready from the store": ("CPU ms", 100),
    "lookup by terms": ("µs", 10),
    "lookup by ticker": ("µs", 10),
    "lookup by canonical name": ("µs", 10),
    "stored form": ("kB", None),
}


def show_symbols() -> None:
    """Print a row for each figure beside the most that it may be."""
    command = [sys.executable, "-m", "benchmarks.symbols"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603
    figures: dict[str, Any] = json.loads(printed)
    print(f"\n| {figures.pop('rows'):,} Indian contracts | unit | measured | at most |\n|---|---|---:|---:|")
    for name, (unit, most) in LIMITS.items():
        print(f"| {name} | {unit} | {figures[name]:.1f} | {'' if most is None else most} |", flush=True)


def main() -> None:
    """Measure, each figure as the median of some rounds."""
    content = Master(DAY).as_csv()
    gc.collect()
    empty = resident_megabytes()
    begun = time.process_time()
    index = read_master(content)
    built = [milliseconds(begun)]
    gc.collect()
    held = resident_megabytes()
    built += [timed(lambda: read_master(content)) for _ in range(ROUNDS - 1)]
    figures = {
        "rows": len(index),
        "build": median(built),
        "memory": held - empty,
        "ready from the store": measure_load(index),
        "stored form": len(index.pack()) / 1000,
    }
    print(json.dumps(figures | lookups(index)))


def measure_load(index: ContractIndex) -> float:
    """Return the processor time in milliseconds until a stored list can be searched."""
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "x.sqlite3")) as store:
        lists = ContractLists(store)
        record = lists.put(index, "http://127.0.0.1/NSE_FO.csv", datetime.now(UTC))
        return median(timed(lambda: lists.load(record)) for _ in range(ROUNDS))


def lookups(index: ContractIndex) -> dict[str, float]:
    """Return the microseconds of one lookup of each kind, contracts from everywhere in turn."""
    step = max(1, len(index) // SOUGHT)
    some: list[ListedContract] = list(index)[::step]
    names = [contract.instrument.symbol for contract in some]
    ways: dict[str, Callable[[], list[ListedContract | None]]] = {
        "lookup by terms": lambda: [index.find(c.underlying, c.expiry, c.strike, c.kind) for c in some],
        "lookup by ticker": lambda: [index.find_ticker(c.ticker) for c in some],
        "lookup by canonical name": lambda: [index.find_canonical(name) for name in names],
    }
    return {name: median(timed(way) for _ in range(ROUNDS)) * 1000 / len(some) for name, way in ways.items()}


def timed(work: Callable[[], object]) -> float:
    """Return the processor time of some work in milliseconds."""
    begun = time.process_time()
    work()
    return milliseconds(begun)


def milliseconds(begun: float) -> float:
    """Return the processor time since then."""
    return (time.process_time() - begun) * 1000


def resident_megabytes() -> float:
    """Return what this process holds now."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
