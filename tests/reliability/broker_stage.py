"""Torture with a simulated broker beside the server, which knows every order that it ever took."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from tests.reliability.audit import Findings, audit
from tests.reliability.documents import Database, read_documents
from tests.reliability.evidence import Evidence
from tests.reliability.ledger import Ledger
from tests.reliability.report import Report
from tests.reliability.server import GATEHOUSE, Service
from tests.reliability.simulator import Simulator, Trouble, unrest

# Faulty for so long, a call is given up: short, so that a run has many of them.
BROKER_SECONDS = 1
GRACE_SECONDS = 3
PURSUIT_SECONDS = 60
SETTINGS = {
    "DRY_RUN": "false",
    "BROKER_TIMEOUT_SECONDS": str(BROKER_SECONDS),
    "EXITS_SECONDS": "2",
    "ORDERS_SECONDS": "2",
    "RECONCILE_SECONDS": "10",
    "UNKNOWN_GRACE_SECONDS": str(GRACE_SECONDS),
    # An exit at a limit rests for as long as the price stays away: it must have come to its end at the audit.
    "EXIT_PURSUIT_SECONDS": str(PURSUIT_SECONDS),
}


class BrokerStage(ABC):
    """A simulator beside the server; `settle_seconds` is how long what is in doubt may stay so."""

    kills_between_looks = 8
    refuses_nothing = False
    command: Sequence[str] = GATEHOUSE
    broker: ClassVar[str]

    def __init__(self, folder: Path, simulator: Simulator, seed: int, settle_seconds: float) -> None:
        self.settings = SETTINGS | {"DEFAULT_BROKER": self.broker}
        self._simulator, self._seed, self._settle_seconds = simulator, seed, settle_seconds
        self._dump = folder / f"{self.broker}_orders.json"
        self._unrest = ExitStack()
        self._struck: list[Any] = []
        self._looks: list[Findings] = []

    def begin(self) -> None:
        """Let faults strike, and the broker's troubles go on, from now on."""
        seed = self._seed + len(self._looks)
        self._simulator.spoil(seed)
        self._unrest.enter_context(unrest(self._troubles(Random(seed))))

    def end(self) -> None:
        """Heal the broker."""
        self._unrest.close()
        self._struck += self._simulator.heal()
        self._calm()

    def look(self) -> None:  # noqa: B027  # the paper broker's stage needs it
        """The simulator forgets nothing."""

    def inspect(self, server: Service) -> None:
        """Hold positions, exits and trades against each other."""
        findings = Findings()
        self._complete(findings, self._ledger(server))
        self._looks.append(findings)
        self._dump.write_text(json.dumps(self._simulator.ask("GET", "orders"), indent=1))

    def account(self, server: Service, report: Report) -> Findings:
        """Hold the broker's orders and positions against the store and what was answered."""
        positions = server.call("GET", "/api/positions?fresh=true").body["positions"]
        evidence = report.evidence = self._gather(server.database, self._ledger(server))
        for fault in self._struck:
            report.struck[fault["kind"]] += fault["struck"]
        findings = audit(report.sent, report.drains, evidence, positions)
        for number, look in enumerate(self._looks, start=1):
            findings.add(look, f"look {number}: ")
        findings.failures += [f"simulator: {misfit}" for misfit in self._simulator.ask("GET", "misfits")]
        return findings

    def close(self) -> None:
        """End what is beside the server."""
        self._unrest.close()
        self._simulator.close()

    def _state(self, server: Service) -> Any:
        """Return what does not move any more when all is done."""
        trades = dict(read_documents(server.database, "trades/"))
        return self._simulator.ask("GET", "orders"), trades

    def _ledger(self, server: Service) -> Ledger:
        """Read what the store says of this broker."""
        return Ledger(server.database, self.broker)

    @abstractmethod
    def _troubles(self, random: Random) -> list[Trouble]:
        """Return what makes life hard beside the faults."""

    @abstractmethod
    def _calm(self) -> None:
        """End what faults leave behind."""

    @abstractmethod
    def _complete(self, findings: Findings, ledger: Ledger) -> None:
        """Add what only this broker's own word can tell."""

    @abstractmethod
    def _gather(self, database: Database, ledger: Ledger) -> Evidence:
        """Put the broker's orders where the paper broker's would stand."""
