"""Kill a real server again and again under load, and account for every alert afterwards.

`python -m tests.reliability.torture --kills 100` exits with 1 when a promise was broken; with
`--broker alpaca` or `--broker fyers` the orders go to a simulated one that fails in every way it can. With
`structures` it is ladders, exits and expiries of option structures that are interrupted, on paper or at
Alpaca.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.reliability.alpaca_stage import AlpacaStage
from tests.reliability.audit import Drain
from tests.reliability.fleet.grounds import Ground, PostgresGround, SqliteGround
from tests.reliability.fleet.siege import SERVERS, Siege
from tests.reliability.fyers_stage import FyersStage
from tests.reliability.paper_stage import PaperStage
from tests.reliability.report import Report, show
from tests.reliability.sender import Sender
from tests.reliability.server import Server
from tests.reliability.stage import Stage
from tests.reliability.structure_stage import StructureStage

LONGEST_START_SECONDS = 0.4
DRAINED_SHARE = 0.15
KILLED_AT_START_SHARE = 0.15
# Now and then what is found after a crash counts as too old, so that expiring is tortured too.
IMPATIENT = {"STALE_ALERT_SECONDS": "1"}
IMPATIENT_SHARE = 0.2
# Three servers, a database, its standby and the lines between them share one machine.
FLEET_SENDERS = 6
FLEET_SETTLE_SECONDS = 120


class Torture:
    """One run; the seed decides every delay and every alert."""

    def __init__(self, folder: Path, seed: int, stage: Stage, *, processes: int = 1) -> None:
        self._random = Random(seed)
        self._stage = stage
        self._server = Server(
            folder,
            stage.command,
            ALLOW_SHORT_SELLING="true",
            WEB_CONCURRENCY=str(processes),
            STORE_TIMEOUT_SECONDS="2",
            **stage.settings,
        )
        self._server.start()
        self._streams = stage.streams(self._server, seed)
        self.report = Report(seed)

    def run(self, kills: int, seconds: float) -> Report:
        """Kill until there were enough kills or the time is over; then settle and account."""
        try:
            deadline = time.monotonic() + seconds
            while self.report.kills < kills and time.monotonic() < deadline:
                step = self._stage.kills_between_looks or kills
                self._torment(min(kills, self.report.kills + step), deadline)
                self._stage.settle(self._server)
                self._stage.inspect(self._server)
            self._account()
        finally:
            self._server.kill()
            self._stage.close()
        return self.report

    def _torment(self, kills: int, deadline: float) -> None:
        self._stage.begin()
        self._sender = Sender([self._server.port], self._streams)
        self._sender.start()
        try:
            while self.report.kills < kills and time.monotonic() < deadline:
                self._stop_somehow()
                self._start_somehow()
        finally:
            self._stage.end()
            self._sender.stop()
            self.report.sent += self._sender.sent

    def _stop_somehow(self) -> None:
        self._wait_for_load()
        self._stage.look()
        time.sleep(self._random.uniform(0, self._stage.longest_delay_seconds))
        if self._random.random() < DRAINED_SHARE:
            started = time.time()
            code = self._server.drain()
            self.report.drains.append(Drain(self._server.port, started, time.time(), code))
        else:
            self._kill()

    def _start_somehow(self) -> None:
        while self._random.random() < KILLED_AT_START_SHARE:
            self._server.launch()
            time.sleep(self._random.uniform(0, LONGEST_START_SECONDS))
            self._kill()
        impatient = self._random.random() < IMPATIENT_SHARE
        self._server.start(**(IMPATIENT if impatient else {}))

    def _kill(self) -> None:
        self._server.kill()
        self.report.kills += 1

    def _wait_for_load(self) -> None:
        before, deadline = self._sender.acknowledged, time.monotonic() + 5
        while self._sender.acknowledged == before and time.monotonic() < deadline:
            time.sleep(0.002)

    def _account(self) -> None:
        report = self.report
        report.findings = self._stage.account(self._server, report)
        report.tracebacks = self._server.tracebacks()


def ground_of(store: str, folder: Path, seed: int) -> Ground:
    """Return what the servers of a fleet share."""
    return SqliteGround(folder) if store == "sqlite" else PostgresGround(SERVERS, seed)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["orders", "structures"], default="orders")
    parser.add_argument("--broker", choices=["paper", "alpaca", "fyers"], default="paper")
    parser.add_argument(
        "--store", choices=["alone", "sqlite", "postgres"], default="alone", help="three servers on one store"
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=600, help="give up killing after this time")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--processes", type=int, default=1, help="WEB_CONCURRENCY of the server")
    parser.add_argument(
        "--partial-fills", type=Decimal, default=Decimal(0), help="chance of each paper order"
    )
    parser.add_argument("--keep", type=Path, help="folder for database and logs, kept afterwards")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        many = options.store != "alone"
        stage: Stage = PaperStage(
            partial_fills=options.partial_fills,
            **({"senders": FLEET_SENDERS, "settle_seconds": FLEET_SETTLE_SECONDS} if many else {}),
        )
        if options.what == "structures":
            stage = StructureStage(folder, options.seed, options.broker)
        elif options.broker == "alpaca":
            stage = AlpacaStage(folder, options.seed)
        elif options.broker == "fyers":
            stage = FyersStage(folder, options.seed)
        torture: Torture | Siege
        if many:
            torture = Siege(folder, options.seed, stage, ground_of(options.store, folder, options.seed))
        else:
            torture = Torture(folder, options.seed, stage, processes=options.processes)
        report = torture.run(options.kills, options.seconds)
    show(report)
    sys.exit(0 if report.findings.are_none and not report.tracebacks else 1)


if __name__ == "__main__":
    main()
