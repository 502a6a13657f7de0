"""Torture with the simulated Alpaca, which knows every order that it ever took."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.reliability.alerts import Alert
from tests.reliability.alpaca_alerts import PRICES, make_bots, stream
from tests.reliability.alpaca_audit import Ledger, complete, gather, naked, reconciled
from tests.reliability.alpaca_simulator import Simulator, unrest
from tests.reliability.alpaca_truth import Truth
from tests.reliability.audit import Findings, audit
from tests.reliability.documents import read_documents, unanswered
from tests.reliability.report import Report
from tests.reliability.server import Lost, Server

# Faulty for so long, a call is given up: short, so that a run has many of them.
BROKER_SECONDS = 1
GRACE_SECONDS = 3
SENDERS = 12
PAUSE_SECONDS = 0.5
QUIET_LOOKS = 3
RETRY_SECONDS = 7


class AlpacaStage:
    """A simulator beside the server; `settle_seconds` is how long what is in doubt may stay so."""

    longest_delay_seconds = 1.5
    kills_between_looks = 8

    def __init__(self, folder: Path, seed: int, *, settle_seconds: float = 60) -> None:
        self._seed, self._settle_seconds = seed, settle_seconds
        self._simulator = Simulator(folder / "simulator.log")
        self._simulator.ask("POST", "prices", {name: str(price) for name, price in PRICES.items()})
        self._dump = folder / "alpaca_orders.json"
        self._unrest = ExitStack()
        self._struck: list[Any] = []
        self._looks: list[Findings] = []
        self.settings = {
            "DEFAULT_BROKER": "alpaca",
            "DRY_RUN": "false",
            "ALPACA_API_KEY": "simulated-key",
            "ALPACA_SECRET_KEY": "simulated-secret",
            "ALPACA_TRADING_URL": self._simulator.url,
            "ALPACA_DATA_URL": self._simulator.url,
            "BROKER_TIMEOUT_SECONDS": str(BROKER_SECONDS),
            "CLEANUP_SECONDS": "2",
            "EXITS_SECONDS": "2",
            "ORDERS_SECONDS": "2",
            "RECONCILE_SECONDS": "10",
            "CIRCUIT_BREAKER_SECONDS": "3",
            "UNKNOWN_GRACE_SECONDS": str(GRACE_SECONDS),
        }

    def streams(self, server: Server, seed: int) -> list[Iterator[Alert]]:
        """Make the bots; return what each sender sends."""
        secrets = make_bots(server)
        return [stream(Random(f"{seed}-{number}"), secrets, f"a{number}") for number in range(SENDERS)]

    def begin(self) -> None:
        """Let faults strike and prices move from now on."""
        seed = self._seed + len(self._looks)
        self._simulator.spoil(seed)
        self._unrest.enter_context(unrest(self._simulator, Random(seed), PRICES))

    def end(self) -> None:
        """Heal Alpaca."""
        self._unrest.close()
        self._struck += self._simulator.heal()

    def look(self) -> None:
        """The simulator forgets nothing."""

    def settle(self, server: Server) -> None:
        """Wait until nothing moves and nothing is in doubt.

        A refused exit is tried again after some seconds: so long the last look may find positions naked.
        """
        self._quieten(server)
        deadline = time.monotonic() + RETRY_SECONDS
        while self._is_naked(server) and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
        self._quieten(server)

    def _quieten(self, server: Server) -> None:
        """Wait until several looks in a row change nothing."""
        deadline, quiet, before = time.monotonic() + self._settle_seconds, 0, None
        while quiet < QUIET_LOOKS and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
            with suppress(Lost):
                # With much left to recover a tick takes longer than anybody waits; the next one sees.
                server.call("POST", "/tasks/tick")
            now = self._state(server)
            pending = unanswered(server.database) or _in_doubt(server)
            before, quiet = now, quiet + 1 if now == before and not pending else 0

    def inspect(self, server: Server) -> None:
        """Hold positions, exits and trades against each other."""
        truth, ledger = self._truth(), Ledger(server.database)
        findings = Findings()
        complete(findings, gather(server.database, truth, ledger), truth, ledger)
        self._looks.append(findings)
        self._dump.write_text(json.dumps(self._simulator.ask("GET", "orders"), indent=1))

    def account(self, server: Server, report: Report) -> Findings:
        """Hold Alpaca's orders and positions against the store and what was answered."""
        positions = server.call("GET", "/api/positions?fresh=true").body["positions"]
        evidence = report.evidence = gather(server.database, self._truth(), Ledger(server.database))
        for fault in self._struck:
            report.struck[fault["kind"]] += fault["struck"]
        findings = audit(report.sent, report.drains, evidence, positions)
        for number, look in enumerate(self._looks, start=1):
            findings.add(look, f"look {number}: ")
        findings.failures += [f"simulator: {misfit}" for misfit in self._simulator.ask("GET", "misfits")]
        findings.disagreeing += reconciled(server.database.parent / "logs" / "activity.log")
        return findings

    def _truth(self) -> Truth:
        return Truth(self._simulator.ask("GET", "orders"), self._simulator.ask("GET", "positions"))

    def close(self) -> None:
        """End what is beside the server."""
        self._unrest.close()
        self._simulator.close()

    def _is_naked(self, server: Server) -> bool:
        return any(naked(self._truth(), Ledger(server.database)))

    def _state(self, server: Server) -> Any:
        orders = self._simulator.ask("GET", "orders")
        trades = dict(read_documents(server.database, "trades/"))
        return [(row["id"], row["status"], row["filled_qty"]) for row in orders], trades


def _in_doubt(server: Server) -> bool:
    return any(ticket["status"] == "unknown" for _, ticket in read_documents(server.database, "tickets/"))
