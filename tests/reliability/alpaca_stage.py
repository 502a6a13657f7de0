"""Torture with the simulated Alpaca, whose prices jump and whose market closes for moments."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from app.domain.orders import bot_of_order
from tests.reliability.alerts import Alert
from tests.reliability.alpaca_alerts import PRICES, make_bots, stream
from tests.reliability.alpaca_audit import complete, gather, naked, reconciled
from tests.reliability.alpaca_simulator import SPELLS, restless_market, simulate_alpaca
from tests.reliability.alpaca_truth import alpaca_truth
from tests.reliability.audit import Findings
from tests.reliability.broker_stage import BrokerStage
from tests.reliability.documents import Database, unanswered
from tests.reliability.evidence import Evidence
from tests.reliability.ledger import Ledger
from tests.reliability.report import Report
from tests.reliability.server import Lost, Service
from tests.reliability.simulator import Trouble, spells
from tests.reliability.truth import Row, Truth

SENDERS = 12
PAUSE_SECONDS = 0.5
QUIET_LOOKS = 3
RETRY_SECONDS = 7


class AlpacaStage(BrokerStage):
    """Twelve senders and two prices that never rest."""

    broker = "alpaca"
    longest_delay_seconds = 1.5

    def __init__(self, folder: Path, seed: int, *, settle_seconds: float = 100) -> None:
        super().__init__(folder, simulate_alpaca(folder / "simulator.log"), seed, settle_seconds)
        self._simulator.ask("POST", "prices", {name: str(price) for name, price in PRICES.items()})
        self.settings |= {
            "ALPACA_API_KEY": "simulated-key",
            "ALPACA_SECRET_KEY": "simulated-secret",
            "ALPACA_TRADING_URL": self._simulator.url,
            "ALPACA_DATA_URL": self._simulator.url,
            "ALPACA_STREAMS": os.environ.get("ALPACA_STREAMS", "false"),
            "CLEANUP_SECONDS": "2",
            "CIRCUIT_BREAKER_SECONDS": "3",
        }

    def streams(self, server: Service, seed: int) -> list[Iterator[Alert]]:
        """Make the bots; return what each sender sends."""
        self._database, self._names = server.database, dict[str, str]()
        secrets = make_bots(server)
        return [stream(Random(f"{seed}-{number}"), secrets, f"a{number}") for number in range(SENDERS)]

    def settle(self, server: Service) -> None:
        """Wait until nothing moves and nothing is in doubt.

        A refused exit is tried again after some seconds: so long the last look may find positions naked.
        """
        self._quieten(server)
        deadline = time.monotonic() + RETRY_SECONDS
        while any(naked(self._truth(), self._ledger(server))) and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
        self._quieten(server)

    def account(self, server: Service, report: Report) -> Findings:
        """Add what the reconciliation had to say."""
        findings = super().account(server, report)
        findings.disagreeing += reconciled(server.activity_logs)
        return findings

    def _quieten(self, server: Service) -> None:
        """Wait until several looks in a row change nothing."""
        deadline, quiet, before = time.monotonic() + self._settle_seconds, 0, None
        while quiet < QUIET_LOOKS and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
            with suppress(Lost):
                # With much left to recover a tick takes longer than anybody waits; the next one sees.
                server.call("POST", "/tasks/tick")
            now = self._state(server)
            pending = unanswered(server.database) or self._ledger(server).is_in_doubt
            before, quiet = now, quiet + 1 if now == before and not pending else 0

    def _state(self, server: Service) -> Any:
        orders, trades = super()._state(server)
        return [(row["id"], row["status"], row["filled_qty"]) for row in orders], trades

    def _troubles(self, random: Random) -> list[Trouble]:
        market = restless_market(self._simulator, random, PRICES)
        return [market, spells(self._simulator, Random(random.random()), SPELLS)]

    def _calm(self) -> None:
        self._simulator.ask("POST", "clock", {"session": "open"})

    def _complete(self, findings: Findings, ledger: Ledger) -> None:
        complete(findings, self._truth(), ledger)

    def _gather(self, database: Database, ledger: Ledger) -> Evidence:
        return gather(database, self._truth(), ledger)

    def _truth(self) -> Truth:
        rows = [self._named(row) for row in self._simulator.ask("GET", "orders")]
        return alpaca_truth(rows, self._simulator.ask("GET", "positions"))

    def _named(self, row: Row) -> Row:
        """Name an order that Alpaca made when a rest was closed: its ticket knows it by Alpaca's id."""
        if bot_of_order(row["client_order_id"]) is not None or row["parent"] is not None:
            return row
        if row["id"] not in self._names:
            records = Ledger(self._database, self.broker).order_records()
            self._names = {record["broker_order_id"]: record["client_order_id"] for record in records}
        return row | {"client_order_id": self._names.get(row["id"], row["client_order_id"])}
