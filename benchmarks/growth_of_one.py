"""Measure one ledger, in a process of its own: `python -m benchmarks.growth_of_one ADDRESS` prints JSON.

ADDRESS is an SQLite file's path or PostgreSQL's URL; `--only-alerts N` sends alerts and nothing else.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from app.services.runtime.supervisor import Task
from app.wiring.container import EXTENSION, Services
from benchmarks.counting import CountingPostgresStore, CountingSqliteStore
from benchmarks.processes import memory_megabytes
from tests.reliability.alerts import strategy_alert
from tests.reliability.server import OPERATOR_TOKEN, WEBHOOK_SECRET

Store = CountingPostgresStore | CountingSqliteStore
WARM_UP_ALERTS, ALERTS, ROUNDS, LOOKS = 60, 200, 5, 5
OPERATOR = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
LISTS = (
    "/api/tickets?limit=50",
    "/api/tickets?limit=50&bot=bot-3",
    "/api/tickets?limit=50&status=denied&bot=bot-4",
    "/api/tickets?limit=50&status=researching",
    "/api/tickets?limit=50&view=rows&symbol=SYAM",
    "/api/tickets?limit=50&view=rows&symbol=SYAM&status=denied&dialect=strategy",
    "/api/tickets?limit=50&date={day}",
    "/api/tickets?limit=50&view=rows&from={early}&to={day}&bot=bot-1",
    "/api/tickets?limit=50&view=rows&q=denied",
    "/api/tickets?limit=50&view=rows&q=SYAM+denied",
    "/api/tickets?limit=50&view=rows&q=no+such+words",
    "/api/tickets?limit=50&view=rows&q=a+e+i+o",
    "/api/orders?limit=50",
    "/api/orders?limit=50&status=open",
    "/api/orders?limit=50&status=closed",
    "/api/trades?limit=50",
    "/api/trades?limit=50&state=closed&bot=bot-2",
    "/api/audit?limit=50",
    "/api/audit?limit=50&subject=bot-2",
    "/api/audit?limit=50&date={day}",
    "/api/overview",
)
REPORTS = ("performance", "equity", "latency", "slippage", "refusals", "opinions")
PERIODS = (365, 90, 30)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--only-alerts", type=int)
    options = parser.parse_args()
    store = opened(options.address)
    app = application(store, options.address)
    if options.only_alerts is not None:
        send(app.test_client(), options.only_alerts, str(time.time_ns()))
        return
    client, services = app.test_client(), app.extensions[EXTENSION]
    found: dict[str, Any] = {"first": max(ask(client, f"/api/analytics/{name}")[0] for name in REPORTS)}
    found["adding up"] = add_up(services)
    found["lists"] = {address: fastest(client, store, filled_in(address)) for address in LISTS}
    found["reports"] = {
        f"{name}, {days} days": fastest(client, store, f"/api/analytics/{name}?from={day_before(days - 1)}")
        for name in REPORTS
        for days in PERIODS
    }
    found["clock"] = {task.name: cost_of(store, task) for task in services.supervisor.tasks}
    # Last: reports look at the alerts of the last minutes one by one.
    found["alert"] = measure_alerts(client, store)
    found["resident"] = memory_megabytes(os.getpid())[0]["Rss"]
    found["megabytes"] = size_of(options.address)
    print(json.dumps(found))


def opened(address: str) -> Store:
    """Open a store that counts."""
    return CountingPostgresStore(address) if "://" in address else CountingSqliteStore(Path(address))


def application(store: Store, address: str) -> Flask:
    """Build the application over a ledger; its default bot orders little enough for a long load."""
    settings = {"WEBHOOK_SECRET": WEBHOOK_SECRET, "OPERATOR_TOKEN": OPERATOR_TOKEN}
    settings |= {"RATE_LIMIT_PER_SECOND": "0", "BACKGROUND_WORKER": "false"}
    settings |= {"DATABASE_URL" if "://" in address else "DATABASE_PATH": address}
    app = create_app(Settings.from_environment(settings), store=store)
    bots = app.extensions[EXTENSION].operations.bots
    bot, version = bots.get("default")
    bots.change("default", replace(bot.configuration, notional=Decimal(1)), version=version)
    return app


def send(client: FlaskClient, alerts: int, name: str) -> list[float]:
    """Send alerts, and return how many milliseconds each took."""
    taken = list[float]()
    for number in range(alerts):
        alert = strategy_alert(f"{name}-{number}", symbol="AAPL")
        started = time.perf_counter()
        answer = client.post(alert.path, data=alert.body, content_type="text/plain")
        taken.append((time.perf_counter() - started) * 1000)
        if answer.get_json()["status"] != "filled":
            raise SystemExit(f"An alert was answered with {answer.get_json()}")
    return taken


def measure_alerts(client: FlaskClient, store: Store) -> dict[str, float]:
    """Return an alert's processor time and latency in ms, its calls to the store and documents read."""
    name = str(time.time_ns())
    send(client, WARM_UP_ALERTS, f"{name}-warm-up")
    used, taken = list[float](), list[float]()
    store.start_afresh()
    begun = system_calls()
    for number in range(ROUNDS):
        started = time.process_time()
        taken += send(client, ALERTS, f"{name}-{number}")
        used.append((time.process_time() - started) * 1000 / ALERTS)
    sent = ROUNDS * ALERTS
    percentiles = quantiles(taken, n=20)
    reads, writes = (after - before for after, before in zip(system_calls(), begun, strict=True))
    return {
        "cpu": median(used),
        "p50": percentiles[9],
        "p95": percentiles[18],
        "calls": store.calls.total() / sent,
        "documents": store.documents / sent,
        "reads": reads / sent,
        "writes": writes / sent,
    }


def system_calls() -> tuple[int, int]:
    """Return how many reads and writes this process has asked the system for."""
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["syscr"]), int(lines["syscw"])


def add_up(services: Services) -> float:
    """Let the clock add up every day, and return how many seconds that takes it."""
    tasks = {task.name: task.run for task in services.supervisor.tasks}
    started = time.perf_counter()
    tasks["statistics"]()
    while tasks["older statistics"]():
        pass
    return time.perf_counter() - started


def cost_of(store: Store, task: Task) -> tuple[int, int]:
    """Run a task, and return its calls to the store and the documents that came back."""
    store.start_afresh()
    task.run()
    return store.calls.total(), store.documents


def fastest(client: FlaskClient, store: Store, address: str) -> tuple[float, float, int]:
    """Return an answer's milliseconds, and those of our processor, when least else went on; and its calls."""
    store.start_afresh()
    taken = [ask(client, address) for _ in range(LOOKS)]
    return min(each for each, _ in taken), min(used for _, used in taken), store.calls.total() // LOOKS


def ask(client: FlaskClient, address: str) -> tuple[float, float]:
    """Return the milliseconds of one answer, and how many of them were our processor's."""
    started, used = time.perf_counter(), time.process_time()
    answer = client.get(address, headers=OPERATOR)
    taken = ((time.perf_counter() - started) * 1000, (time.process_time() - used) * 1000)
    if answer.status_code != 200:  # noqa: PLR2004
        raise SystemExit(f"{address} was answered with {answer.status_code} {answer.get_data(as_text=True)}")
    return taken


def filled_in(address: str) -> str:
    """Name the days that a list is asked for."""
    return address.format(day=day_before(3), early=day_before(300))


def day_before(days: int) -> str:
    """Return a day so many days ago."""
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def size_of(address: str) -> float:
    """Return what a ledger takes on disk, in megabytes; a server's own folder is not looked into."""
    return 0.0 if "://" in address else Path(address).stat().st_size / 1_000_000


if __name__ == "__main__":
    main()
