"""Torture with the simulated Fyers, whose tokens die and whose book is the truth."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from tests.reliability.alerts import Alert
from tests.reliability.audit import Findings, audit
from tests.reliability.documents import read_documents, unanswered
from tests.reliability.fyers_alerts import PRICE, canonical, contracts, make_bots, option_alert, stream
from tests.reliability.fyers_audit import Books, complete, gather, naked, undecided
from tests.reliability.fyers_simulator import APP_ID, SECRET, Simulator, log_in_once, unrest
from tests.reliability.fyers_truth import Truth
from tests.reliability.report import Report
from tests.reliability.server import Server

BROKER_SECONDS = 1
GRACE_SECONDS = 3
# Fyers takes ten requests a second, and an alert needs several: more senders are only denied more often.
SENDERS, REST_SECONDS = 3, 0.3
PAUSE_SECONDS = 1.0
QUIET_LOOKS = 5
START_SECONDS = 30


class FyersStage:
    """A simulator beside the server; `settle_seconds` is how long what is in doubt may stay so."""

    longest_delay_seconds = 6.0
    kills_between_looks = 8

    def __init__(self, folder: Path, seed: int, *, settle_seconds: float = 60) -> None:
        self._seed, self._settle_seconds = seed, settle_seconds
        self._simulator = Simulator(folder / "simulator.log")
        self._options = contracts()
        self._symbols = {option.symbol: canonical(option) for option in self._options}
        self._prices = {option.symbol: PRICE for option in self._options}
        self._simulator.ask("POST", "circuits", {name: ["1", "1000"] for name in self._prices})
        self._simulator.ask("POST", "prices", {name: str(price) for name, price in self._prices.items()})
        self._dump = folder / "fyers_orders.json"
        self._unrest = ExitStack()
        self._struck: list[Any] = []
        self._looks: list[Findings] = []
        url = self._simulator.url
        self.settings = {
            "DEFAULT_BROKER": "fyers",
            "DRY_RUN": "false",
            "ALLOW_LIVE_TRADING": "true",
            "FYERS_APP_ID": APP_ID,
            "FYERS_SECRET_ID": SECRET,
            "FYERS_REDIRECT_URI": "http://127.0.0.1:1/auth-callback",
            "FYERS_API_URL": f"{url}/api/v3",
            "FYERS_DATA_URL": f"{url}/data",
            "FYERS_SYMBOL_MASTER_URL": f"{url}/sym_details/NSE_FO.csv",
            "BROKER_TIMEOUT_SECONDS": str(BROKER_SECONDS),
            "MPP_PENDING_SECONDS": "1",
            "EXITS_SECONDS": "2",
            "ORDERS_SECONDS": "2",
            "CLEANUP_SECONDS": "10",
            "RECONCILE_SECONDS": "10",
            "UNKNOWN_GRACE_SECONDS": str(GRACE_SECONDS),
        }

    def streams(self, server: Server, seed: int) -> list[Iterator[Alert]]:
        """Make the bots, log in, wait for the list of contracts; return what each sender sends."""
        self._server = server
        secrets = make_bots(server)
        assert log_in_once(server)
        deadline = time.monotonic() + START_SECONDS
        while not self._knows_contracts(server, secrets["default"]):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return [
            _paced(stream(Random(f"{seed}-{number}"), secrets, self._options, f"a{number}"))
            for number in range(SENDERS)
        ]

    def begin(self) -> None:
        """Let faults strike, prices move and tokens die from now on."""
        seed = self._seed + len(self._looks)
        self._simulator.spoil(seed)
        self._unrest.enter_context(unrest(self._simulator, self._server, Random(seed), self._prices))

    def end(self) -> None:
        """Heal Fyers."""
        self._unrest.close()
        self._struck += self._simulator.heal()

    def look(self) -> None:
        """The simulator forgets nothing."""

    def settle(self, server: Server) -> None:
        """Log in, and wait until several looks in a row change nothing and nothing is in doubt."""
        deadline, quiet, before = time.monotonic() + self._settle_seconds, 0, None
        while not log_in_once(server) and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
        while quiet < QUIET_LOOKS and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
            now, books = self._state(server), Books(server.database)
            is_open = unanswered(server.database) or undecided(books) or any(naked(self._truth(books), books))
            before, quiet = now, quiet + 1 if now == before and not is_open else 0

    def inspect(self, server: Server) -> None:
        """Hold positions, exits and trades against each other."""
        books, findings = Books(server.database), Findings()
        complete(findings, self._truth(books), books)
        self._looks.append(findings)
        self._dump.write_text(json.dumps(self._simulator.ask("GET", "orders"), indent=1))

    def account(self, server: Server, report: Report) -> Findings:
        """Hold Fyers' orders and positions against the store and what was answered."""
        positions = server.call("GET", "/api/positions?fresh=true").body["positions"]
        books = Books(server.database)
        evidence = report.evidence = gather(server.database, self._truth(books), books)
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

    def _truth(self, books: Books) -> Truth:
        orders, positions = self._simulator.ask("GET", "orders"), self._simulator.ask("GET", "positions")
        return Truth(orders, positions, self._symbols, books.names())

    def _knows_contracts(self, server: Server, secret: str) -> bool:
        body = json.loads(option_alert("first", secret, self._options[0]).body)
        return bool(server.call("POST", "/api/preview", body).body["reason"] != "SYMBOL_MASTER_MISSING")

    def _state(self, server: Server) -> Any:
        orders = self._simulator.ask("GET", "orders")
        trades = dict(read_documents(server.database, "trades/"))
        return [(row["id"], row["status"], row["filledQty"]) for row in orders], trades


def _paced(alerts: Iterator[Alert]) -> Iterator[Alert]:
    """Rest between alerts: without a login each is denied at once, and a run would be nothing else."""
    for alert in alerts:
        time.sleep(REST_SECONDS)
        yield alert
