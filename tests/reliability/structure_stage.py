"""Torture of structures: ladders, exits and expiry are interrupted, at a broker that fails meanwhile."""

import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.reliability.alerts import Alert
from tests.reliability.audit import Findings
from tests.reliability.documents import read_documents, unanswered
from tests.reliability.moved_server import COMMAND, TORTURE_FILE, Torment
from tests.reliability.report import Report
from tests.reliability.server import Lost, Service
from tests.reliability.structure_alerts import ACCOUNT_SECRET, PRICES, alerts, commands, make_bots, numbers
from tests.reliability.structure_audit import StructureEvidence, audit_structures
from tests.reliability.structure_market import Market
from tests.reliability.structure_venues import AlpacaVenue, PaperVenue

SENDERS = 2
# Long enough for a ladder, and for the second look at what a broker has closed by itself.
DELAY_SECONDS, SHORT_DELAY_SECONDS = 15.0, 3.0
SETTLE_SECONDS = 180
# A second apart, and longer together than the ten seconds after which what is gone is believed to be.
QUIET_LOOKS = 15


class StructureStage:
    """Bots of several structures; prices and the clock are moved by somebody else.

    `is_short`: kills come soon, and ladders find somebody who takes their first price.
    """

    kills_between_looks = None
    refuses_nothing = False
    command = COMMAND

    def __init__(self, folder: Path, seed: int, broker: str = "paper", *, is_short: bool = False) -> None:
        self.longest_delay_seconds = SHORT_DELAY_SECONDS if is_short else DELAY_SECONDS
        self._seed = seed
        torment = Torment(folder / "torment.json")
        torment.write(ahead=0, share=0)
        self._venue = (
            AlpacaVenue(torment, folder / "simulator.log", is_narrow=is_short)
            if broker == "alpaca"
            else PaperVenue(torment)
        )
        self.settings = {
            "ACCOUNT_SECRET": ACCOUNT_SECRET,
            TORTURE_FILE: str(torment.file),
            **self._venue.settings,
        }

    def streams(self, server: Service, seed: int) -> list[Iterator[Alert]]:
        """Make the bots; return what each sender sends."""
        self._venue.serve(server.database)
        if self._venue.broker == "paper":
            server.call("PUT", "/api/paper/prices", {symbol: str(price) for symbol, price in PRICES.items()})
        secrets = make_bots(server)
        self._evidence = StructureEvidence(server.database, self._venue.orders)
        self._market = Market(server.database, self._venue, Random(f"{seed}-market"))
        sent = [alerts(Random(f"{seed}-{number}"), secrets, f"a{number}") for number in range(SENDERS)]
        return [*sent, commands(Random(f"{seed}-c"), numbers(server), "c")]

    def begin(self) -> None:
        """Let the market move, and the broker fail."""
        self._venue.torment(self._seed)
        self._market.start()

    def end(self) -> None:
        """Let both rest; bare legs are still looked for."""
        self._market.quiet()
        self._venue.heal()

    def look(self) -> None:
        """Read the desk's journal before it is pruned."""
        self._evidence.look_at_broker()

    def settle(self, server: Service) -> None:
        """Wait until no ladder is climbed, nothing is broken, and several looks show the same."""
        deadline, quiet, before = time.monotonic() + SETTLE_SECONDS, 0, None
        while time.monotonic() < deadline and quiet < QUIET_LOOKS:
            with suppress(Lost):
                server.call("POST", "/tasks/tick")
            trades = [trade for _, trade in read_documents(server.database, "structures/")]
            rests = all(trade["work"] is None and trade["state"] != "broken" for trade in trades)
            seen = self._account(server), [trade["legs"] for trade in trades]
            same = rests and seen == before and not unanswered(server.database)
            quiet, before = quiet + 1 if same else 0, seen
            time.sleep(1)

    def inspect(self, server: Service) -> None:
        """What stands in the end is enough."""

    def account(self, server: Service, report: Report) -> Findings:
        """Read the store and hold it against what was answered."""
        positions: list[Any] = server.call("GET", "/api/positions?fresh=true").body["positions"]
        self._market.stop()
        self._evidence.close()
        report.struck += self._venue.struck()
        report.done = {
            "moves of the clock": self._market.jumps,
            "trades seen broken": len(self._market.seen_broken),
            "longest broken, s": round(self._market.longest_broken),
            "orders at the desk": len(self._evidence.orders),
            "trades": len(self._evidence.trades) + len(self._evidence.closed),
        }
        report.found = [ticket for tickets in self._evidence.tickets.values() for ticket in tickets]
        return audit_structures(report.sent, self._evidence, positions, self._market.too_long)

    def close(self) -> None:
        """End the market and what is beside the server."""
        if self._market.is_alive():
            self._market.stop()
        self._venue.close()

    def _account(self, server: Service) -> Collection[Any]:
        shown = server.call("GET", "/api/positions?fresh=true").body["positions"]
        return sorted((position["symbol"], position["quantity"]) for position in shown)
