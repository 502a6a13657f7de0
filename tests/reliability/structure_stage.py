"""Torture of structures with the paper broker: ladders, exits and expiry are interrupted."""

import time
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.reliability.alerts import Alert
from tests.reliability.audit import Findings
from tests.reliability.documents import read_documents, unanswered
from tests.reliability.report import Report
from tests.reliability.server import Server
from tests.reliability.structure_alerts import ACCOUNT_SECRET, alerts, commands, make_bots, numbers
from tests.reliability.structure_audit import StructureEvidence, audit_structures
from tests.reliability.structure_market import CASH, Market

SENDERS = 2
SETTLE_SECONDS = 120
QUIET_LOOKS = 3


class StructureStage:
    """Bots of several structures; prices and the clock are moved by another process of the store."""

    longest_delay_seconds = 5.0
    kills_between_looks = None

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.settings = {
            "ACCOUNT_SECRET": ACCOUNT_SECRET,
            "PAPER_CASH": str(CASH),
            "PAPER_PARTIAL_FILL_PROBABILITY": "0.5",
            "PAPER_FOLLOW_ALERT_PRICES": "false",
        }

    def streams(self, server: Server, seed: int) -> list[Iterator[Alert]]:
        """Make the bots; return what each sender sends."""
        secrets = make_bots(server)
        self._evidence = StructureEvidence(server.database)
        self._market = Market(server.database, Random(f"{seed}-market"))
        sent = [alerts(Random(f"{seed}-{number}"), secrets, f"a{number}") for number in range(SENDERS)]
        return [*sent, commands(Random(f"{seed}-c"), numbers(server), "c")]

    def begin(self) -> None:
        """Let the market move."""
        self._market.start()

    def end(self) -> None:
        """Let it rest; bare legs are still looked for."""
        self._market.quiet()

    def look(self) -> None:
        """Read the desk's journal before it is pruned."""
        self._evidence.look_at_broker()

    def settle(self, server: Server) -> None:
        """Wait until no ladder is climbed, nothing is broken, and several looks show the same."""
        deadline, quiet, before = time.monotonic() + SETTLE_SECONDS, 0, None
        while time.monotonic() < deadline and quiet < QUIET_LOOKS:
            server.call("POST", "/tasks/tick")
            trades = [trade for _, trade in read_documents(server.database, "structures/")]
            rests = all(trade["work"] is None and trade["state"] != "broken" for trade in trades)
            shown = server.call("GET", "/api/positions?fresh=true").body["positions"]
            account = sorted((position["symbol"], position["quantity"]) for position in shown)
            seen = account, [trade["legs"] for trade in trades]
            same = rests and seen == before and not unanswered(server.database)
            quiet, before = quiet + 1 if same else 0, seen
            time.sleep(1)

    def inspect(self, server: Server) -> None:
        """What stands in the end is enough."""

    def account(self, server: Server, report: Report) -> Findings:
        """Read the store and hold it against what was answered."""
        positions: list[Any] = server.call("GET", "/api/positions?fresh=true").body["positions"]
        self._market.stop()
        self._evidence.close()
        report.struck["moves of the clock"] = self._market.jumps
        report.struck["trades seen broken"] = len(self._market.seen_broken)
        report.struck["orders at the desk"] = len(self._evidence.orders)
        report.struck["trades"] = len(self._evidence.trades) + len(self._evidence.closed)
        report.found = [ticket for tickets in self._evidence.tickets.values() for ticket in tickets]
        return audit_structures(report.sent, self._evidence, positions, self._market.too_long)

    def close(self) -> None:
        """End the market."""
        if self._market.is_alive():
            self._market.stop()
