"""Send alerts to an application in this very process: no server, no threads, so that work can be counted.

`python -m benchmarks.in_process` prints the processor time of 1,000 alerts on paper, `--baseline` that of the
forty-line application. A busy machine makes processor time longer; instructions are the same on any:
`valgrind --tool=cachegrind --cache-sim=no python -m benchmarks.in_process --alerts 321`, less the same with
`--alerts 1`, divided by 320.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

from flask import Flask
from werkzeug.test import EnvironBuilder

from app import create_app
from app.config import Settings
from app.wiring.container import EXTENSION
from benchmarks import baseline
from tests.reliability.alerts import strategy_alert
from tests.reliability.server import OPERATOR_TOKEN, WEBHOOK_SECRET

# Caches are filled by then, the simulated account's among them.
WARM_UP_ALERTS = 60


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--baseline", action="store_true", help="the forty-line application in our place")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        build: Callable[[str], Flask] = _baseline if options.baseline else _ours
        app = build(f"{folder}/x.sqlite3")
        _send(app, WARM_UP_ALERTS, "warm-up")
        started = time.process_time()
        _send(app, options.alerts, "load")
        used = time.process_time() - started
    print(f"{used * 1000 / options.alerts:.2f} s of processor time for 1,000 alerts")


def _ours(path: str) -> Flask:
    settings = {"DATABASE_PATH": path, "WEBHOOK_SECRET": WEBHOOK_SECRET, "OPERATOR_TOKEN": OPERATOR_TOKEN}
    app = create_app(Settings.from_environment(settings | {"RATE_LIMIT_PER_SECOND": "0"}))
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
