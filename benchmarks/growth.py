"""What a growing ledger costs: an alert, lists, reports and a turn of the clock, on each store.

`python -m benchmarks.growth` (`make bench-growth`) fills a ledger of each size (`benchmarks/history.py`),
measures each in a process of its own and prints markdown tables; `--folder` keeps SQLite's for the next time.
All takes longer on a busy machine; instructions (`--instructions`, by perf or valgrind), calls and documents
do not.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from app.storage.postgres import PostgresStore
from app.storage.sqlite import SqliteStore
from benchmarks.history import History
from tests.reliability.server import ROOT
from tests.storage.postgres_server import PostgresServer

SIZES, DAYS = "1000,100000,1000000", 365
ALERTS, MORE_ALERTS = 1, 161
WITHIN = 0.10
MOST_MILLISECONDS = 100
Measured = dict[str, Any]


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="tickets, in ascending order")
    parser.add_argument("--days", type=int, default=DAYS, help="over how many they are spread")
    parser.add_argument("--stores", default="sqlite,postgres")
    parser.add_argument("--folder", type=Path, help="where SQLite's files are kept")
    parser.add_argument("--instructions", action="store_true", help="count those of an alert: takes minutes")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    for store in options.stores.split(","):
        with ExitStack() as places:
            folder = options.folder or Path(places.enter_context(tempfile.TemporaryDirectory()))
            show_store(store, sizes, options.days, folder, counted=options.instructions)


def show_store(store: str, sizes: list[int], days: int, folder: Path, *, counted: bool) -> None:
    """Print the tables of one store."""
    taken: dict[int, Measured] = {}
    for size in sizes:
        with ledger(store, size, days, folder) as (address, seconds):
            taken[size] = {"seconds to fill": seconds} | measured(address)
            if counted:
                taken[size]["instructions"] = instructions(address)
    print(f"\n## {store}\n")
    show_alerts(taken)
    show_times("lists", taken)
    show_times("reports", taken)
    show_clock(taken)


@contextmanager
def ledger(store: str, size: int, days: int, folder: Path) -> Iterator[tuple[str, float]]:
    """Give the address of a ledger of a size, and how long it took to fill; one that is there is used."""
    if store == "sqlite":
        path = folder / f"{size}.sqlite3"
        if path.exists():
            yield str(path), 0.0
            return
        lite = SqliteStore(path)
        seconds = History(size, days).write(lite)
        lite.close()
        yield str(path), seconds
        return
    server = PostgresServer()
    try:
        server.make()
        server.start()
        full = PostgresStore(server.url(), timeout_seconds=60)
        seconds = History(size, days).write(full)
        full.close()
        yield server.url(), seconds
    finally:
        server.remove()


def measured(address: str) -> Measured:
    """Measure a ledger in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.growth_of_one", address]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    found: Measured = json.loads(done.stdout.splitlines()[-1])
    return found


def instructions(address: str) -> int | None:
    """Return how many instructions of ours an alert takes; None where nothing counts them."""
    few, many = (_instructions(address, alerts) for alerts in (ALERTS, MORE_ALERTS))
    return None if few is None or many is None else (many - few) // (MORE_ALERTS - ALERTS)


def _instructions(address: str, alerts: int) -> int | None:
    command = [sys.executable, "-m", "benchmarks.growth_of_one", address, "--only-alerts", str(alerts)]
    for counter, pattern in (
        (("perf", "stat", "-x", ",", "-e", "instructions:u"), r"^(\d+),"),
        (
            ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"),
            r"I\s+refs:\s+([\d,]+)",
        ),
    ):
        if shutil.which(counter[0]) is None:
            continue
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        done = subprocess.run(  # noqa: S603
            [*counter, *command], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
        )
        found = re.search(pattern, done.stderr, re.MULTILINE)
        if done.returncode == 0 and found is not None:
            return int(found.group(1).replace(",", ""))
    return None


def show_alerts(taken: dict[int, Measured]) -> None:
    """Print what alerts cost, and how far that is from the smallest ledger's."""
    columns = ("tickets", "filled in s", "on disk MB", "resident MB", "CPU ms an alert", "p50 ms", "p95 ms")
    columns += ("calls", "documents", "reads", "writes", "million instructions")
    print(f"| {' | '.join(columns)} |\n|" + "---:|" * len(columns))
    for size, found in taken.items():
        alert = found["alert"]
        counted = found.get("instructions")
        figures = [
            f"{found['seconds to fill']:.0f}",
            f"{found['megabytes']:,.0f}",
            f"{found['resident']:.0f}",
            *(f"{alert[name]:.2f}" for name in ("cpu", "p50", "p95")),
            f"{alert['calls']:.1f}",
            *(f"{alert[name]:.1f}" for name in ("documents", "reads", "writes")),
            "" if counted is None else f"{counted / 1_000_000:.2f}",
        ]
        print(f"| {size:,} | {' | '.join(figures)} |")
    costs = [found.get("instructions") or found["alert"]["cpu"] for found in taken.values()]
    apart = max(costs) / min(costs) - 1
    print(f"\nAn alert's cost differs by {apart:.1%} over these sizes; {WITHIN:.0%} are allowed.")


def show_times(what: str, taken: dict[int, Measured]) -> None:
    """Print the milliseconds of answers at each size, those of our processor, and the calls to the store."""
    sizes = " | ".join(f"{size:,}" for size in taken)
    print(f"\n| {what}: ms, of our CPU, calls | {sizes} |\n|---|" + "---:|" * len(taken))
    for address in next(iter(taken.values()))[what]:
        print(f"| {address} | {' | '.join(_shown(*found[what][address]) for found in taken.values())} |")


def _shown(taken: float, used: float, calls: int) -> str:
    """Show what an answer took; that it is slow only by our processor where a machine may be busy."""
    slow = " **slow**" if used > MOST_MILLISECONDS else ""
    return f"{taken:.1f}, {used:.1f}, {calls}{slow}"


def show_clock(taken: dict[int, Measured]) -> None:
    """Print what each of the clock's tasks reads in one turn, with all days added up."""
    print("\nBefore days are added up, the first reading of each report takes, in ms, and adding up in s:\n")
    print("| tickets | longest report | adding up |\n|---:|---:|---:|")
    for size, found in taken.items():
        print(f"| {size:,} | {found['first']:.0f} | {found['adding up']:.1f} |")
    sizes = " | ".join(f"{size:,}" for size in taken)
    print(f"\n| a turn of the clock: calls, documents | {sizes} |\n|---|" + "---:|" * len(taken))
    for task in next(iter(taken.values()))["clock"]:
        counts = [found["clock"][task] for found in taken.values()]
        print(f"| {task} | {' | '.join(f'{calls}, {documents}' for calls, documents in counts)} |")


if __name__ == "__main__":
    main()
