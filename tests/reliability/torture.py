"""Kill a real server again and again under load, and account for every alert afterwards.

`python -m tests.reliability.torture --kills 100` exits with 1 when a promise was broken.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from tests.reliability.alerts import make_bots, stream
from tests.reliability.audit import Drain, Findings, audit
from tests.reliability.documents import unanswered
from tests.reliability.evidence import Evidence
from tests.reliability.sender import Sender, Sent
from tests.reliability.server import Server

SENDERS = 24
LONGEST_DELAY_SECONDS = 0.3
LONGEST_START_SECONDS = 1.0
DRAINED_SHARE = 0.15
KILLED_AT_START_SHARE = 0.15
# Now and then what is found after a crash counts as too old, so that expiring is tortured too.
IMPATIENT = {"STALE_ALERT_SECONDS": "1"}
IMPATIENT_SHARE = 0.2
SETTLE_SECONDS = 30
SHOWN_FINDINGS = 20


@dataclass(slots=True)
class Report:
    """What happened and what was found."""

    seed: int
    kills: int = 0
    drains: list[Drain] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    evidence: Evidence | None = None
    tracebacks: int = 0
    findings: Findings = field(default_factory=Findings)

    @property
    def tickets(self) -> list[Any]:
        """Every ticket that was found."""
        if self.evidence is None:
            return []
        return [ticket for found in self.evidence.tickets.values() for ticket in found]


class Torture:
    """One run; the seed decides every delay and every alert."""

    def __init__(
        self, folder: Path, seed: int, *, processes: int = 1, partial_fills: Decimal = Decimal(0)
    ) -> None:
        self._random = Random(seed)
        self._server = Server(
            folder,
            ALLOW_SHORT_SELLING="true",
            WEB_CONCURRENCY=str(processes),
            PAPER_PARTIAL_FILL_PROBABILITY=str(partial_fills),
        )
        self._server.start()
        bots = make_bots(self._server)
        self._evidence = Evidence(self._server.database)
        streams = [stream(Random(f"{seed}-{number}"), bots, f"a{number}") for number in range(SENDERS)]
        self._sender = Sender(self._server.port, streams)
        self.report = Report(seed)

    def run(self, kills: int, seconds: float) -> Report:
        """Kill until there were enough kills or the time is over; then settle and account."""
        try:
            self._sender.start()
            self._torment(kills, time.monotonic() + seconds)
            self._settle()
            self._account()
        finally:
            self._server.kill()
        return self.report

    def _torment(self, kills: int, deadline: float) -> None:
        try:
            while self.report.kills < kills and time.monotonic() < deadline:
                self._stop_somehow()
                self._start_somehow()
        finally:
            self._sender.stop()

    def _stop_somehow(self) -> None:
        self._wait_for_load()
        self._evidence.look_at_broker()
        time.sleep(self._random.uniform(0, LONGEST_DELAY_SECONDS))
        if self._random.random() < DRAINED_SHARE:
            started = time.time()
            code = self._server.drain()
            self.report.drains.append(Drain(started, time.time(), code))
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

    def _settle(self) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            self._server.call("POST", "/tasks/tick")
            if not unanswered(self._server.database):
                return
            time.sleep(0.5)

    def _account(self) -> None:
        report = self.report
        positions = self._server.call("GET", "/api/positions").body["positions"]
        self._evidence.close()
        report.sent, report.evidence = self._sender.sent, self._evidence
        report.tracebacks = self._server.tracebacks()
        report.findings = audit(report.sent, report.drains, self._evidence, positions)


def show(report: Report) -> None:
    """Print the figures, how the tickets ended, then each finding."""
    tickets = report.tickets
    for name, figure in figures(report, tickets).items():
        print(f"{name:24}{figure:>8}")
    for (status, reason), count in Counter(
        (item["status"], item["reason"]) for item in tickets
    ).most_common():
        print(f"{count:10} {status} {reason or ''}")
    for name in Findings.__slots__:
        for finding in getattr(report.findings, name)[:SHOWN_FINDINGS]:
            print(f"{name}: {finding}")


def figures(report: Report, tickets: list[Any]) -> dict[str, int]:
    """Return the result by name."""
    findings = report.findings
    others = (findings.disagreeing, findings.unbalanced, findings.failures)
    return {
        "seed": report.seed,
        "kills": report.kills,
        "drained stops": len(report.drains),
        "alerts": len(report.sent),
        "attempts": sum(len(item.attempts) for item in report.sent),
        "acknowledged": sum(item.is_acknowledged for item in report.sent),
        "tickets": len(tickets),
        "broker orders": len(report.evidence.orders) if report.evidence is not None else 0,
        "recovered": sum(_was_recovered(ticket) for ticket in tickets),
        "expired": sum(ticket["status"] == "expired" for ticket in tickets),
        "lost": len(findings.lost),
        "doubled": len(findings.doubled),
        "orders without ticket": len(findings.strays),
        "dropped while draining": len(findings.dropped),
        "other findings": sum(map(len, others)),
        "tracebacks in the log": report.tracebacks,
    }


def _was_recovered(ticket: Any) -> bool:
    return any(stage["stage"] == "recovered" for stage in ticket["timeline"])


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=600, help="give up killing after this time")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--processes", type=int, default=1, help="WEB_CONCURRENCY of the server")
    parser.add_argument("--partial-fills", type=Decimal, default=Decimal(0), help="chance of each order")
    parser.add_argument("--keep", type=Path, help="folder for database and logs, kept afterwards")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        report = Torture(folder, options.seed, processes=options.processes).run(
            options.kills, options.seconds
        )
    show(report)
    sys.exit(0 if report.findings.are_none else 1)


if __name__ == "__main__":
    main()
