"""What an open page of the dashboard costs: its polls beside the alerts of a load.

`python -m benchmarks.tab` prints a markdown table: what an alert and each poll take, and which share of the
alerts' processor time one page uses that asks every second and a half.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from benchmarks.measure import WARM_UP_ALERTS, ours, prepare, run_load
from benchmarks.processes import cpu_seconds
from tests.reliability.server import OPERATOR_TOKEN, Server, ask

POLL_SECONDS = 1.5
POLLS = {"/api/changes": 1000, "/api/overview": 100, "/api/tickets?view=rows&limit=50": 100}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = ours(Path(folder))
        server.start()
        try:
            prepare(server)
            run_load(server, concurrency=8, alerts=WARM_UP_ALERTS, name="warm-up")
            show(server, options.alerts)
        finally:
            server.kill()


def show(server: Server, alerts: int) -> None:
    """Print a row for an alert and one for each poll."""
    before = cpu_seconds(server.pid)
    load = run_load(server, concurrency=8, alerts=alerts, name="load")
    used = (cpu_seconds(server.pid) - before) * 1000 / alerts
    rate = alerts / load["seconds"]
    print("| what | CPU ms | p50 ms | p99 ms | of the alerts' CPU at this rate |")
    print("|---|---:|---:|---:|---:|")
    print(f"| an alert, {rate:.0f} a second | {used:.2f} | {_tail(load['milliseconds'])} | |", flush=True)
    for address, times in POLLS.items():
        milliseconds, each = polled(server, address, times)
        share = each / POLL_SECONDS / (used * rate)
        print(f"| GET {address} | {each:.2f} | {_tail(milliseconds)} | {share:.3%} |", flush=True)


def polled(server: Server, address: str, times: int) -> tuple[list[float], float]:
    """Ask so many times; return how long each took, and the processor's milliseconds for one."""
    headers, taken = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}, list[float]()
    before = cpu_seconds(server.pid)
    for _ in range(times):
        started = time.perf_counter()
        ask(server.port, "GET", address, headers=headers)
        taken.append((time.perf_counter() - started) * 1000)
    return taken, (cpu_seconds(server.pid) - before) * 1000 / times


def _tail(milliseconds: list[float]) -> str:
    percentiles = quantiles(milliseconds, n=100)
    return f"{percentiles[49]:.2f} | {percentiles[98]:.2f}"


if __name__ == "__main__":
    main()
