"""From an alert until Alpaca has its order, beside an application that only claims and posts."""
# ruff: noqa: T201  # its result is what it prints

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from http import HTTPStatus
from pathlib import Path
from statistics import median, quantiles
from typing import TypeAlias

from benchmarks.measure import WARM_UP_ALERTS, baseline, ours, prepare, run_load
from benchmarks.processes import cpu_seconds
from tests.reliability.server import ROOT, Lost, Server, ask, free_port

Make: TypeAlias = Callable[[Path], Server]

# How far Alpaca is, by what a round trip takes, and how many alerts are on their way at one time.
ROUND_TRIPS_MILLISECONDS = (0, 50)
CONCURRENCIES = (1, 8)
AT_ONCE = 200
# Few enough that the warm-up has met them all, so many that alerts seldom wait for each other.
SYMBOLS = 200
HEADINGS = (
    "alerts/s",
    "p50 ms to the order",
    "p99 ms to the order",
    "last ms to the order",
    "p50 ms to the answer",
    "p99 ms to the answer",
    "CPU s per 1,000",
)


@dataclass(frozen=True, slots=True)
class Way:
    """What one load showed; times in milliseconds since the alert was sent, processor time for 1,000."""

    alerts_per_second: float
    order_p50: float
    order_p99: float
    order_last: float
    answer_p50: float
    answer_p99: float
    cpu_seconds: float


def _with_streams(folder: Path) -> Server:
    server = ours(folder)
    server.settings["ALPACA_STREAMS"] = "true"
    return server


SERVERS: dict[str, Make] = {
    "with streams": _with_streams,
    "Gatehouse": ours,
    "baseline": lambda folder: baseline(folder, "baseline_alpaca"),
}


def show_orders(rounds: int, alerts: int) -> None:
    """Print a row for each distance, concurrency and server, and how the two servers compare."""
    print(
        "\nAlert to order at Alpaca: `benchmarks/receiver.py` fills at once and answers after a round trip; "
        f"market orders of one dollar, {SYMBOLS} symbols in turn, no exits; timed when the order leaves.\n"
    )
    print(f"| round trip ms | at one time | server | {' | '.join(HEADINGS)} |", flush=True)
    print("|---:|---:|---|" + "---:|" * len(HEADINGS))
    for round_trip in ROUND_TRIPS_MILLISECONDS:
        for concurrency in CONCURRENCIES:
            _show(rounds, concurrency=concurrency, alerts=alerts, round_trip=round_trip)
        _show(rounds, concurrency=AT_ONCE, alerts=AT_ONCE, round_trip=round_trip)


def _show(rounds: int, *, concurrency: int, alerts: int, round_trip: int) -> None:
    taken: dict[str, list[Way]] = {name: [] for name in SERVERS}
    for _ in range(rounds):
        for name, make in SERVERS.items():
            way = measure_way(make, concurrency=concurrency, alerts=alerts, round_trip=round_trip)
            taken[name].append(way)
    rows = {
        name: [median(figures) for figures in zip(*map(astuple, ways), strict=True)]
        for name, ways in taken.items()
    }
    place = f"| {round_trip} | {concurrency}"
    for name, row in rows.items():
        print(f"{place} | {name} | {' | '.join(f'{figure:.2f}' for figure in row)} |")
    for name in ("with streams", "Gatehouse"):
        ratios = (one / other for one, other in zip(rows[name], rows["baseline"], strict=True))
        print(f"{place} | {name}, ratio | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |", flush=True)


def measure_way(make: Make, *, concurrency: int, alerts: int, round_trip: int) -> Way:
    """Warm up, then load and measure, on a fresh database and an Alpaca of its own."""
    with tempfile.TemporaryDirectory() as folder, receiver(round_trip) as port:
        server = make(Path(folder))
        server.settings |= alpaca_settings(port)
        server.start()
        try:
            prepare(server)
            run_load(server, concurrency=concurrency, alerts=WARM_UP_ALERTS, name="warm-up", symbols=SYMBOLS)
            before = cpu_seconds(server.pid)
            result = run_load(server, concurrency=concurrency, alerts=alerts, name="load", symbols=SYMBOLS)
            used = cpu_seconds(server.pid) - before
        finally:
            server.kill()
        received = ask(port, "GET", "/received").body
    if len(result["sent"]) != alerts:
        sys.exit("Not every alert became an order.")
    until_order = [(received[order] - at) * 1000 for order, at in result["sent"].items()]
    return Way(
        alerts / result["seconds"],
        *_middle_and_end(until_order),
        max(until_order),
        *_middle_and_end(result["milliseconds"]),
        used * 1000 / alerts,
    )


def _middle_and_end(milliseconds: list[float]) -> tuple[float, float]:
    percentiles = quantiles(milliseconds, n=100)
    return percentiles[49], percentiles[98]


def alpaca_settings(port: int) -> dict[str, str]:
    """Return what makes Gatehouse trade at the receiver."""
    url = f"http://127.0.0.1:{port}"
    return {
        "DEFAULT_BROKER": "alpaca",
        "DRY_RUN": "false",
        "ALPACA_API_KEY": "key-of-a-benchmark",
        "ALPACA_SECRET_KEY": "secret-of-a-benchmark",
        "ALPACA_TRADING_URL": url,
        "ALPACA_DATA_URL": url,
    }


@contextmanager
def receiver(round_trip: int) -> Iterator[int]:
    """Run an Alpaca that is so many milliseconds away, and give its port."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.receiver", str(port), str(round_trip)]
    with subprocess.Popen(command, cwd=ROOT) as process:  # noqa: S603
        try:
            while not _listens(port):
                time.sleep(0.01)
            yield port
        finally:
            process.kill()


def _listens(port: int) -> bool:
    try:
        return ask(port, "GET", "/v2/clock").status == HTTPStatus.OK
    except Lost:
        return False
