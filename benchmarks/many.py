"""What alerts cost when one, two and four processes serve one database, SQLite's and PostgreSQL's.

`python -m benchmarks.many` prints a markdown table: the processor time of our own processes for 1,000 alerts
of sixteen symbols, sixteen at a time, and of the database server's beside it. Rounds alternate. On a busy
machine `--counted` says more: applications in this process take alerts in turn, Python's calls are counted.
On paper all processes write one journal, and each reads what the others did; `--alpaca` has none of that.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any

from flask.testing import FlaskClient

from benchmarks.in_process import application, postgres, postgres_server
from benchmarks.load import SYMBOLS as NAMES
from benchmarks.measure import OK, WARM_UP_ALERTS, ours, prepare, run_load
from benchmarks.orders import alpaca_settings, receiver
from benchmarks.processes import cpu_seconds
from tests.reliability.alerts import strategy_alert
from tests.reliability.server import Server

PROCESSES, SYMBOLS, AT_ONCE = (1, 2, 4), 16, 16
ALLOWED = 0.15
COUNTED = 96
Figures = tuple[float, float, float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--stores", default="sqlite,postgres")
    parser.add_argument(
        "--counted", action="store_true", help="count Python's calls instead of measuring time"
    )
    parser.add_argument("--alpaca", action="store_true", help="trade there (`benchmarks/receiver.py`)")
    options = parser.parse_args()
    with ExitStack() as places:
        broker = alpaca_settings(places.enter_context(receiver(0))) if options.alpaca else {}
        if options.counted:
            show_calls(options.stores.split(","), broker)
            return
        show_times(options, broker)


def show_times(options: argparse.Namespace, broker: dict[str, str]) -> None:
    """Print what processes take, each store's in turn."""
    print(
        "| store | processes | alerts/s | CPU s per 1,000 | the server's | alerts per CPU second, of one's |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for store in options.stores.split(","):
        taken: dict[int, list[Figures]] = {count: [] for count in PROCESSES}
        for number in range(options.rounds):
            for count in PROCESSES:
                taken[count].append(measure(store, count, options.alerts, f"round-{number}", broker))
        show(store, taken)
    print(f"\n{ALLOWED:.0%} less than one process's are allowed.")


def show(store: str, taken: dict[int, list[Figures]]) -> None:
    """Print a row for each number of processes."""
    one = median(used for _, used, _ in taken[1])
    for count, figures in taken.items():
        rate, used, server = (median(column) for column in zip(*figures, strict=True))
        print(
            f"| {store} | {count} | {rate:.0f} | {used:.2f} | {server:.2f} | {one / used:.0%} |", flush=True
        )


def show_calls(stores: list[str], broker: dict[str, str]) -> None:
    """Print how many calls of Python's functions an alert takes with so many applications on one database."""
    print("| store | applications | calls an alert | of one's |\n|---|---:|---:|---:|")
    for store in stores:
        calls = {count: calls_of(store, count, broker) for count in PROCESSES}
        for count, found in calls.items():
            print(f"| {store} | {count} | {found:.0f} | {found / calls[1]:.2f} |", flush=True)


def calls_of(store: str, count: int, broker: dict[str, str]) -> float:
    """Return how many calls of Python's functions an alert takes where applications take them in turn."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        url = servers.enter_context(postgres()) if store == "postgres" else None
        clients = [application(f"{folder}/x.sqlite3", url, broker).test_client() for _ in range(count)]
        calls = [0]

        def note(_: FrameType, event: str, __: Any) -> None:
            calls[0] += event == "call"

        _in_turn(clients, COUNTED, "warm-up")
        sys.setprofile(note)
        try:
            _in_turn(clients, COUNTED, "counted")
        finally:
            sys.setprofile(None)
        return calls[0] / COUNTED


def _in_turn(clients: list[FlaskClient], alerts: int, name: str) -> None:
    for number in range(alerts):
        alert = strategy_alert(f"{name}-{number}", symbol=NAMES[number % SYMBOLS])
        answer = clients[number % len(clients)].post(alert.path, data=alert.body, content_type="text/plain")
        if answer.status_code != OK:
            raise SystemExit(f"An alert was answered with {answer.get_data(as_text=True)}")


def measure(store: str, count: int, alerts: int, name: str, broker: dict[str, str]) -> Figures:
    """Return alerts a second, and the processor time of 1,000: ours, and the database server's."""
    with tempfile.TemporaryDirectory() as folder:
        server = ours(Path(folder))
        server.settings |= broker | {"WEB_CONCURRENCY": str(count)}
        if store == "sqlite":
            return _measure(server, None, alerts, name)
        with postgres_server() as database:
            server.settings["DATABASE_URL"] = database.url()
            postmaster = int((database.data / "postmaster.pid").read_text().split()[0])
            return _measure(server, postmaster, alerts, name)


def _measure(server: Server, postmaster: int | None, alerts: int, name: str) -> Figures:
    server.start()
    try:
        prepare(server)
        load(server, WARM_UP_ALERTS * 2, f"{name}-warm-up")
        before = _used(server, postmaster)
        seconds = load(server, alerts, name)
        used, beside = (after - first for after, first in zip(_used(server, postmaster), before, strict=True))
    finally:
        server.kill()
    return alerts / seconds, used * 1000 / alerts, beside * 1000 / alerts


def load(server: Server, alerts: int, name: str) -> float:
    """Send alerts, and return the seconds that took."""
    result = run_load(server, concurrency=AT_ONCE, alerts=alerts, name=name, symbols=SYMBOLS)
    seconds: float = result["seconds"]
    return seconds


def _used(server: Server, postmaster: int | None) -> tuple[float, float]:
    return cpu_seconds(server.pid), 0.0 if postmaster is None else cpu_seconds(postmaster)


if __name__ == "__main__":
    main()
