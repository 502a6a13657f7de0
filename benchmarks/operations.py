"""What alerts and an idle minute ask of each store, and what Google charges for that.

`python -m benchmarks.operations --alerts 1000` sends alerts to an application in a process of its own for
each store, counts operations and bytes of log, and prints markdown tables at the prices in deploy/prices.py.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import replace
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.config import Settings
from app.logs import configure_logging
from app.wiring.container import EXTENSION
from benchmarks.operation_counts import STORES, Counting
from deploy import prices
from tests.reliability.alerts import strategy_alert
from tests.reliability.server import OPERATOR_TOKEN, WEBHOOK_SECRET

WARM_UP_ALERTS = 60
MOST_CHARACTERS = 2_000
SYMBOLS = ("AAPL", "MSFT", "NVDA", "BTCUSD", "ETHUSD")
MINUTES_A_MONTH = prices.HOURS_A_MONTH * 60
DAYS_A_MONTH = 30
GIBIBYTE = 1024**3
DOLLARS = {"class A": prices.CLASS_A_OPERATION, "class B": prices.CLASS_B_OPERATION}


def main() -> None:
    """Measure each store in a process of its own, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--idle-seconds", type=int, default=60)
    parser.add_argument("--store", choices=STORES, help="only this one, in this process; prints JSON")
    options = parser.parse_args()
    if options.store:
        with tempfile.TemporaryDirectory() as folder:
            result = measure(options.store, Path(folder), options.alerts, options.idle_seconds)
        print(json.dumps(result))
        return
    stores = [name for name in STORES if name != "PostgreSQL" or find_spec("psycopg")]
    with ThreadPoolExecutor(len(stores)) as measuring:
        measured = measuring.map(
            lambda name: measured_apart(name, options.alerts, options.idle_seconds), stores
        )
        results = dict(zip(stores, measured, strict=True))
    show_alerts(results, options.alerts)
    show_backups(results)
    show_idle(results)


def measured_apart(store: str, alerts: int, idle_seconds: int) -> dict[str, Any]:
    """Measure in a process of its own: what counts stays in its way for good."""
    words = ["--store", store, "--alerts", str(alerts), "--idle-seconds", str(idle_seconds)]
    command = [sys.executable, "-m", "benchmarks.operations", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    if done.returncode:
        sys.exit(f"{store} could not be measured:\n{done.stderr[-MOST_CHARACTERS:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure(store: str, folder: Path, alerts: int, idle_seconds: int) -> dict[str, Any]:
    """Return what the alerts cost, and what the clock costs in a minute without any."""
    log = Measured()
    with STORES[store](folder) as counting, redirect_stdout(log):
        configure_logging(
            level="INFO", file=None, file_level="INFO", cloud=True, cloud_level="INFO", project="benchmark"
        )
        app = _application(counting, background=False)
        # As the clock does at its start: until somebody has looked, each alert looks for what was left.
        app.extensions[EXTENSION].intake.recovery.recover()
        _send(app, WARM_UP_ALERTS, "warm-up")
        before, already = counting.counts(), log.size
        _send(app, alerts, "counted")
        asked, written = counting.counts() - before, log.size - already
        backup = _backup(app, counting, folder)
        app.extensions[EXTENSION].store.close()
        idle = _idle_minute(counting, idle_seconds)
    return {"alerts": asked, "log bytes": written, "backup": backup, "idle minute": idle}


class Measured(io.TextIOBase):
    """Takes text in, and keeps its length."""

    size = 0

    def write(self, text: str) -> int:
        """Count the bytes."""
        self.size += len(text.encode())
        return len(text)


def _backup(app: Flask, counting: Counting, folder: Path) -> dict[str, Any]:
    """Make a backup, into the bucket where there is one, and return what it asks and holds."""
    to = None if "GCS_BUCKET_NAME" in counting.settings else str(folder)
    before = counting.counts()
    made = app.extensions[EXTENSION].operations.backups.take_to(to, keep=None)
    return {"asked": counting.counts() - before, "documents": made.documents}


def _idle_minute(counting: Counting, seconds: int) -> dict[str, float]:
    """Let the clock run beside open positions, and return what it asks in a minute."""
    app = _application(counting, background=True)
    time.sleep(seconds)
    before, started = counting.counts(), time.monotonic()
    time.sleep(seconds)
    asked, minutes = counting.counts() - before, (time.monotonic() - started) / 60
    wired = app.extensions[EXTENSION]
    wired.supervisor.stop()
    wired.store.close()
    return {kind: count / minutes for kind, count in asked.items()}


def _application(counting: Counting, *, background: bool) -> Flask:
    told = {"WEBHOOK_SECRET": WEBHOOK_SECRET, "OPERATOR_TOKEN": OPERATOR_TOKEN, "RATE_LIMIT_PER_SECOND": "0"}
    # What is counted must not depend on how busy the machine is.
    told |= {"USE_CLOUD_LOGGING": "true", "STORE_TIMEOUT_SECONDS": "60"}
    app = create_app(Settings.from_environment(told | counting.settings), background=background)
    bots = app.extensions[EXTENSION].operations.bots
    bot, version = bots.get("default")
    # A size that a long load does not run out of money with.
    bots.change("default", replace(bot.configuration, notional=Decimal(1)), version=version)
    return app


def _send(app: Flask, alerts: int, name: str) -> None:
    client = app.test_client()
    for number in range(alerts):
        alert = strategy_alert(f"{name}-{number}", symbol=SYMBOLS[number % len(SYMBOLS)])
        answer = client.post(alert.path, data=alert.body, content_type="text/plain")
        if answer.status_code != 200:  # noqa: PLR2004  # anything else is no alert to count
            sys.exit(f"An alert was answered with {answer.status_code} {answer.text}")


def show_alerts(results: dict[str, Any], alerts: int) -> None:
    """Print what alerts ask of each store, and cost."""
    print(f"| {alerts:,} alerts | operations | bytes of log | US dollars |")
    print("|---|---|---:|---:|")
    for store, result in results.items():
        log = result["log bytes"] / GIBIBYTE * float(prices.LOG_GIBIBYTE)
        dollars = float(_dollars(result["alerts"])) + log
        print(f"| {store} | {_listed(result['alerts'])} | {result['log bytes']:,} | {dollars:.4f} |")


def show_backups(results: dict[str, Any]) -> None:
    """Print what a backup asks of each store, and what one a day costs."""
    print("\n| a backup | documents | operations | US dollars a month |")
    print("|---|---:|---|---:|")
    for store, result in results.items():
        backup = result["backup"]
        dollars = float(_dollars(backup["asked"])) * DAYS_A_MONTH
        print(f"| {store} | {backup['documents']:,} | {_listed(backup['asked'])} | {dollars:.4f} |")


def show_idle(results: dict[str, Any]) -> None:
    """Print what the clock asks of each store while nothing happens."""
    print("\n| without alerts | operations a minute | US dollars a month |")
    print("|---|---|---:|")
    for store, result in results.items():
        dollars = float(_dollars(result["idle minute"])) * MINUTES_A_MONTH
        print(f"| {store} | {_listed(result['idle minute'])} | {dollars:.2f} |")


def _dollars(asked: dict[str, float]) -> Decimal:
    return sum(
        (Decimal(str(count)) * DOLLARS.get(kind, Decimal(0)) for kind, count in asked.items()), Decimal(0)
    )


def _listed(asked: dict[str, float]) -> str:
    return ", ".join(f"{kind} {count:,.0f}" for kind, count in sorted(Counter(asked).items())) or "none"


if __name__ == "__main__":
    main()
