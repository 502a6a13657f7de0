"""Measure Gatehouse beside a forty-line application that makes the same durable claim.

`python -m benchmarks.run` prints markdown tables. Rounds of both alternate: a busy machine hurts both.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import os
import platform
import sqlite3
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

from benchmarks.measure import (
    Load,
    baseline,
    measure_load,
    measure_memory,
    measure_start,
    ours,
)
from benchmarks.orders import show_orders
from benchmarks.symbols import show_symbols
from tests.reliability.server import Server

T = TypeVar("T")
Make = Callable[[Path], Server]

SERVERS: dict[str, Make] = {"Gatehouse": ours, "baseline": baseline}
CONCURRENCIES = (1, 8, 32)
FIGURES = {
    "alerts/s": "alerts_per_second",
    "p50 ms": "p50",
    "p99 ms": "p99",
    "CPU s per 1,000": "cpu_seconds",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--only-orders", action="store_true", help="only the way of an order to Alpaca")
    options = parser.parse_args()
    show_machine(options.rounds, options.alerts)
    if options.only_orders:
        show_orders(options.rounds, options.alerts)
        return
    show_loads(options.rounds, options.alerts)
    show_orders(options.rounds, options.alerts)
    show_starts(options.rounds)
    show_memory(options.alerts)
    show_symbols()


def show_machine(rounds: int, alerts: int) -> None:
    """Print what the figures depend on."""
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}, Linux {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"medians of {rounds} rounds of {alerts:,} alerts\n"
    )


def show_loads(rounds: int, alerts: int) -> None:
    """Print a row for each concurrency and server, and the ratio of the two."""
    print(f"| concurrency | server | {' | '.join(FIGURES)} |", flush=True)
    print("|---|---|" + "---:|" * len(FIGURES))
    for concurrency in CONCURRENCIES:
        taken = interleaved(rounds, partial(measure_load, concurrency=concurrency, alerts=alerts))
        rows = {
            name: [_median(loads, figure) for figure in FIGURES.values()] for name, loads in taken.items()
        }
        for name, row in rows.items():
            print(f"| {concurrency} | {name} | {' | '.join(f'{figure:.2f}' for figure in row)} |")
        ratios = (one / other for one, other in zip(*rows.values(), strict=True))
        print(f"| {concurrency} | ratio | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |", flush=True)


def show_starts(rounds: int) -> None:
    """Print the cost of a start; the first start of each, which may compile, does not count."""
    print("\n| start until /health answers | CPU s | seconds |\n|---|---:|---:|")
    for name, starts in interleaved(rounds + 1, measure_start).items():
        counted = starts[1:]
        processor, seconds = median(s.cpu_seconds for s in counted), median(s.seconds for s in counted)
        print(f"| {name} | {processor:.2f} | {seconds:.2f} |", flush=True)


def show_memory(alerts: int) -> None:
    """Print the resident memory of every process."""
    print("\n| memory, MB | RSS of each process | sum of RSS | sum of PSS |\n|---|---|---:|---:|")
    for name, taken in interleaved(1, partial(measure_memory, alerts=alerts)).items():
        for moment, processes in taken[0].items():
            each = " + ".join(f"{process['Rss']:.1f}" for process in processes)
            sums = (sum(process[kind] for process in processes) for kind in ("Rss", "Pss"))
            print(f"| {name} {moment} | {each} | {' | '.join(f'{total:.1f}' for total in sums)} |")


def interleaved(rounds: int, measure: Callable[[Server], T]) -> dict[str, list[T]]:
    """Measure every server in turn, round after round, each time on a fresh database."""
    taken: dict[str, list[T]] = {name: [] for name in SERVERS}
    for _ in range(rounds):
        for name, make in SERVERS.items():
            with tempfile.TemporaryDirectory() as folder:
                taken[name].append(measure(make(Path(folder))))
    return taken


def _median(loads: list[Load], figure: str) -> float:
    value: float = median(getattr(load, figure) for load in loads)
    return value


if __name__ == "__main__":
    main()
