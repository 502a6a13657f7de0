"""Send alerts to an application in this very process: no server, no threads, so that work can be counted.

`python -m benchmarks.in_process` prints the processor time of 1,000 alerts on paper, `--baseline` that of the
forty-line application, `--postgres` that of ours over a PostgreSQL server of its own, whose own time does not
count; `--compare` prints SQLite beside PostgreSQL, in turn. A busy machine makes processor time longer;
instructions are the same on any:
`valgrind --tool=cachegrind --cache-sim=no python -m benchmarks.in_process --alerts 321`, less the same with
`--alerts 1`, divided by 320.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from statistics import median

from flask import Flask
from werkzeug.test import EnvironBuilder

from app import create_app
from app.config import Settings
from app.wiring.container import EXTENSION
from benchmarks import baseline
from tests.reliability.alerts import strategy_alert
from tests.reliability.server import OPERATOR_TOKEN, WEBHOOK_SECRET
from tests.storage.postgres_server import PostgresServer

# Caches are filled by then, the simulated account's among them.
WARM_UP_ALERTS = 60


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5, help="of --compare")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--baseline", action="store_true", help="the forty-line application in our place")
    which.add_argument("--postgres", action="store_true", help="over PostgreSQL")
    which.add_argument("--compare", action="store_true", help="SQLite beside PostgreSQL")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        path = f"{folder}/x.sqlite3"
        if options.compare:
            show_stores(path, servers.enter_context(postgres()), options.rounds, options.alerts)
            return
        if options.postgres:
            app = application(path, servers.enter_context(postgres()))
        else:
            app = _baseline(path) if options.baseline else application(path)
        _send(app, WARM_UP_ALERTS, "warm-up")
        used = _measure(app, options.alerts, "load")
    print(f"{used:.2f} s of processor time for 1,000 alerts")


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server with an empty database, and give its address."""
    with postgres_server() as server:
        yield server.url()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server with an empty database."""
    server = PostgresServer()
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.remove()


def show_stores(path: str, url: str, rounds: int, alerts: int) -> None:
    """Print what alerts cost over each store, round after round in turn: a busy machine hurts both."""
    apps = {"SQLite": application(path), "PostgreSQL": application(path, url)}
    taken: dict[str, list[float]] = {name: [] for name in apps}
    for app in apps.values():
        _send(app, WARM_UP_ALERTS, "warm-up")
    for number in range(rounds):
        for name, app in apps.items():
            taken[name].append(_measure(app, alerts, f"round-{number}"))
    print("| store | CPU s per 1,000 alerts |\n|---|---:|")
    for name, figures in taken.items():
        print(f"| {name} | {median(figures):.2f} |")
    ratios = [one / other for other, one in zip(*taken.values(), strict=True)]
    print(f"| ratio | {median(ratios):.2f} |")


def _measure(app: Flask, alerts: int, name: str) -> float:
    started = time.process_time()
    _send(app, alerts, name)
    return (time.process_time() - started) * 1000 / alerts


def application(path: str, url: str | None = None, more: Mapping[str, str] | None = None) -> Flask:
    """Build Gatehouse over an SQLite file, or over the database of a URL, with more settings if need be."""
    settings = {"DATABASE_PATH": path, "WEBHOOK_SECRET": WEBHOOK_SECRET, "OPERATOR_TOKEN": OPERATOR_TOKEN}
    settings |= {"RATE_LIMIT_PER_SECOND": "0", "BACKGROUND_WORKER": "false"} | dict(more or {})
    app = create_app(Settings.from_environment(settings | ({} if url is None else {"DATABASE_URL": url})))
    bots = app.extensions[EXTENSION].operations.bots
    bot, version = bots.get("default")
    # A size that a long load does not run out of money with.
    bots.change("default", replace(bot.configuration, notional=Decimal(1)), version=version)
    return app


def _baseline(path: str) -> Flask:
    os.environ["DATABASE_PATH"] = path
    return baseline.create_app()


def _send(app: Flask, alerts: int, name: str) -> None:
    template = EnvironBuilder("/webhook", method="POST", content_type="text/plain").get_environ()
    answers: list[str] = []
    for number in range(alerts):
        body = strategy_alert(f"{name}-{number}", symbol="AAPL").body
        request = template | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        parts = app(request, lambda status, *_: answers.append(status) or _ignore)
        b"".join(parts)
        parts.close()  # type: ignore[attr-defined]  # werkzeug's iterators have it
    if set(answers) - {"200 OK"}:
        sys.exit(f"Alerts were answered with {set(answers)}")


def _ignore(_: bytes) -> None:
    """Take what an application writes past its iterator."""


if __name__ == "__main__":
    main()
