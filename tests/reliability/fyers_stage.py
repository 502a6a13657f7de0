"""Torture with the simulated Fyers, whose tokens die and whose book is the truth."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.reliability.alerts import Alert
from tests.reliability.audit import Findings
from tests.reliability.broker_stage import BrokerStage
from tests.reliability.documents import Database, unanswered
from tests.reliability.evidence import Evidence
from tests.reliability.fyers_alerts import PRICE, canonical, contracts, make_bots, option_alert, stream
from tests.reliability.fyers_audit import complete, gather, naked, names
from tests.reliability.fyers_simulator import (
    APP_ID,
    SECRET,
    SPELLS,
    dying_tokens,
    log_in_once,
    restless_market,
    simulate_fyers,
)
from tests.reliability.fyers_truth import fyers_truth
from tests.reliability.ledger import Ledger
from tests.reliability.server import Service
from tests.reliability.simulator import Trouble, spells
from tests.reliability.truth import Truth

# Fyers takes ten requests a second, and an alert needs several: more senders are only denied more often.
SENDERS, REST_SECONDS = 3, 0.3
PAUSE_SECONDS = 1.0
QUIET_LOOKS = 5
START_SECONDS = 30


class FyersStage(BrokerStage):
    """Three senders, options with exits, and an owner who logs in again and again."""

    broker = "fyers"
    longest_delay_seconds = 6.0

    def __init__(self, folder: Path, seed: int, *, settle_seconds: float = 100) -> None:
        super().__init__(folder, simulate_fyers(folder / "simulator.log"), seed, settle_seconds)
        self._options = contracts()
        self._symbols = {option.symbol: canonical(option) for option in self._options}
        self._prices = {option.symbol: PRICE for option in self._options}
        self._simulator.ask("POST", "circuits", {name: ["1", "1000"] for name in self._prices})
        self._simulator.ask("POST", "prices", {name: str(price) for name, price in self._prices.items()})
        url = self._simulator.url
        self.settings |= {
            "ALLOW_LIVE_TRADING": "true",
            "FYERS_APP_ID": APP_ID,
            "FYERS_SECRET_ID": SECRET,
            "FYERS_REDIRECT_URI": "http://127.0.0.1:1/auth-callback",
            "FYERS_API_URL": f"{url}/api/v3",
            "FYERS_DATA_URL": f"{url}/data",
            "FYERS_SYMBOL_MASTER_URL": f"{url}/sym_details/NSE_FO.csv",
            "MPP_PENDING_SECONDS": "1",
            "CLEANUP_SECONDS": "10",
        }

    def streams(self, server: Service, seed: int) -> list[Iterator[Alert]]:
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

    def settle(self, server: Service) -> None:
        """Log in, and wait until several looks in a row change nothing and nothing is in doubt."""
        deadline, quiet, before = time.monotonic() + self._settle_seconds, 0, None
        while not log_in_once(server) and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
        while quiet < QUIET_LOOKS and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
            now, ledger = self._state(server), self._ledger(server)
            is_open = unanswered(server.database) or ledger.is_in_doubt
            is_open = is_open or any(naked(self._truth(ledger), ledger))
            before, quiet = now, quiet + 1 if now == before and not is_open else 0

    def _knows_contracts(self, server: Service, secret: str) -> bool:
        body = json.loads(option_alert("first", secret, self._options[0]).body)
        return bool(server.call("POST", "/api/preview", body).body["reason"] != "SYMBOL_MASTER_MISSING")

    def _state(self, server: Service) -> Any:
        orders, trades = super()._state(server)
        return [(row["id"], row["status"], row["filledQty"]) for row in orders], trades

    def _troubles(self, random: Random) -> list[Trouble]:
        return [
            restless_market(self._simulator, random, self._prices),
            dying_tokens(self._simulator, self._server),
            spells(self._simulator, Random(random.random()), SPELLS),
        ]

    def _calm(self) -> None:
        # What was late trades now.
        self._simulator.ask("POST", "release")

    def _complete(self, findings: Findings, ledger: Ledger) -> None:
        complete(findings, self._truth(ledger), ledger)

    def _gather(self, database: Database, ledger: Ledger) -> Evidence:
        return gather(database, self._truth(ledger), ledger)

    def _truth(self, ledger: Ledger) -> Truth:
        orders, positions = self._simulator.ask("GET", "orders"), self._simulator.ask("GET", "positions")
        return fyers_truth(orders, positions, self._symbols, names(ledger))


def _paced(alerts: Iterator[Alert]) -> Iterator[Alert]:
    """Rest between alerts: without a login each is denied at once, and a run would be nothing else."""
    for alert in alerts:
        time.sleep(REST_SECONDS)
        yield alert
