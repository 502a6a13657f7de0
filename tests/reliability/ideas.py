"""Kill a real server while it researches trade ideas, and account for every idea, order and model call.

`python -m tests.reliability.ideas --kills 50` exits with 1 when a promise was broken. The model is a
simulated OpenAI, which counts what it is asked about which symbol; every idea has a symbol of its own.
"""
# ruff: noqa: T201  # its result is what it prints

import argparse
import itertools
import json
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.reliability.alerts import Alert
from tests.reliability.audit import ENDED
from tests.reliability.clicker import Clicker
from tests.reliability.documents import count_documents, read_documents, unanswered
from tests.reliability.evidence import LEGS, Evidence
from tests.reliability.sender import Sender, Sent
from tests.reliability.server import WEBHOOK_SECRET, Server
from tests.simulators.openai import FakeOpenAI

PATH = f"/webhooks/optionomics/trade-ideas?secret={WEBHOOK_SECRET}"
SENDERS = 2
PAUSE_SECONDS = 0.08
DRAINED_SHARE = 0.15
LONGEST_DELAY_SECONDS = 1.0
SETTLE_SECONDS = 60
# Eight seconds from SIGTERM on, and what it takes the processes to go away.
LONGEST_DRAIN_SECONDS = 10
KEPT = ("opinions/", "approvals/")


def idea(symbol: str) -> Alert:
    """Make the one idea about a symbol; its name is its symbol."""
    value = {
        "alert_name": symbol,
        "source": "trade_idea",
        "symbol": symbol,
        "direction": "bullish",
        "strategy": "buy_call",
        "entry_price": 100,
        "target_price": 110,
        "stop_price": 95,
        "triggered_at": "2026-06-02T14:22:00Z",
    }
    return Alert(symbol, PATH, json.dumps(value).encode())


def ideas(first: str) -> Iterator[Alert]:
    """Yield ideas about one symbol after another, at a pace that can be worked off."""
    for letters in itertools.product(string.ascii_uppercase, repeat=3):
        yield idea(first + "".join(letters))
        time.sleep(PAUSE_SECONDS)


@dataclass(slots=True)
class Account:
    """What happened, and what should not have."""

    seed: int
    kills: int = 0
    drains: list[tuple[float, int]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    open_at_kills: Counter[str] = field(default_factory=Counter)
    ends: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    calls: int = 0
    orders: int = 0
    tracebacks: int = 0
    findings: list[str] = field(default_factory=list)


class Ordeal:
    """One run; the seed decides when the server is stopped, and how."""

    def __init__(self, folder: Path, seed: int, model: FakeOpenAI, **settings: str) -> None:
        self._random = Random(seed)
        self._model = model
        answers = {"OPENAI_API_KEY": model.key, "OPENAI_BASE_URL": model.base_url}
        patience = {"ANALYST_FAILURE_LIMIT": "1000000", "PAPER_CASH": "100000000"}
        self._server = Server(folder, **answers, **patience, **settings)
        self._evidence = Evidence(self._server.database)
        self.account = Account(seed)

    def run(self, kills: int, *, approval: str = "off") -> Account:
        """Kill so often, settle, and look; what waits for an approval gets it."""
        self._server.start()
        self._server.configure_bot("default", notional="50", approval=approval)
        clicker = Clicker(self._server)
        clicker.start()
        try:
            self._torment(kills)
            self._settle()
        finally:
            clicker.stop()
            self._look()
            self._server.kill()
        return self.account

    def _torment(self, kills: int) -> None:
        sender = Sender([self._server.port], [ideas(letter) for letter in "QXZ"[:SENDERS]])
        sender.start()
        try:
            while self.account.kills < kills:
                self._stop_somehow()
                self._server.start()
        finally:
            sender.stop()
            self.account.sent = sender.sent

    def _stop_somehow(self) -> None:
        time.sleep(self._random.uniform(0, LONGEST_DELAY_SECONDS))
        self._evidence.look_at_broker()
        if self._random.random() < DRAINED_SHARE:
            started = time.monotonic()
            code = self._server.drain()
            self.account.drains.append((time.monotonic() - started, code))
        else:
            self._server.kill()
            self.account.kills += 1
        self.account.open_at_kills.update(unanswered(self._server.database))

    def _settle(self) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while unanswered(self._server.database) and time.monotonic() < deadline:
            time.sleep(0.2)

    def _look(self) -> None:
        account, database = self.account, self._server.database
        self._evidence.look_at_broker()
        account.tracebacks = self._server.tracebacks()
        tickets = [ticket for _, ticket in read_documents(database, "tickets/")]
        account.ends.update((ticket["status"], ticket["reason"]) for ticket in tickets)
        account.findings += [f"unfinished {name}" for name in unanswered(database)]
        if kept := count_documents(database, *KEPT):
            account.findings.append(f"{kept} opinions were not forgotten")
        for seconds, code in account.drains:
            if seconds > LONGEST_DRAIN_SECONDS or code != 0:
                account.findings.append(f"a drain took {seconds:.1f} s and ended with {code}")
        self._check_tickets(tickets)
        self._check_calls({ticket["alert"]["symbol"]: ticket["id"] for ticket in tickets})

    def _check_tickets(self, tickets: list[dict]) -> None:
        findings = self.account.findings
        found = Counter(ticket["alert"]["symbol"] for ticket in tickets)
        taken = {item.alert.marker for item in self.account.sent if item.is_acknowledged}
        findings += [f"lost {name}" for name in sorted(taken - set(found))]
        findings += [f"{count} tickets of {name}" for name, count in found.items() if count > 1]
        findings += [f"{item['id']} is {item['status']}" for item in tickets if item["status"] not in ENDED]
        names = {order["client_order_id"] for ticket in tickets for order in ticket["orders"]}
        entries = [order for order in self._evidence.orders.values() if not order["id"].endswith(LEGS)]
        self.account.orders = len(entries)
        placed = Counter(order["instrument"][0] for order in entries)
        findings += [f"{count} orders of {name}" for name, count in placed.items() if count > 1]
        findings += [f"{order['id']} is nobody's" for order in entries if order["id"] not in names]

    def _check_calls(self, tickets: dict[str, str]) -> None:
        billed = self._model.billed()
        self.account.calls = billed.total()
        for symbol, calls in billed.items():
            most = 1 + self.account.open_at_kills[tickets.get(symbol, "")]
            if calls > most:
                self.account.findings.append(f"{calls} calls for {symbol}, at most {most}")


def simulated(seed: int) -> FakeOpenAI:
    """Make a model that is slow now and then, and fails now and then."""
    model = FakeOpenAI()
    model.model.phases = True
    model.behave("slow", probability=0.5, seed=seed, times=None, seconds=0.2)
    model.behave("refusal", probability=0.05, seed=seed + 1, times=None)
    model.behave("server_error", probability=0.05, seed=seed + 2, times=None)
    return model


def show(account: Account) -> None:
    """Print the figures, then each finding."""
    figures = {
        "seed": account.seed,
        "kills": account.kills,
        "drained stops": len(account.drains),
        "ideas": len(account.sent),
        "acknowledged": sum(item.is_acknowledged for item in account.sent),
        "open at a kill": len(account.open_at_kills),
        "tickets": account.ends.total(),
        "model calls": account.calls,
        "orders": account.orders,
        "tracebacks in the log": account.tracebacks,
        "findings": len(account.findings),
    }
    for name, figure in figures.items():
        print(f"{name:24}{figure:>8}")
    for (status, reason), count in account.ends.most_common():
        print(f"{count:10} {status} {reason or ''}")
    for finding in account.findings[:20]:
        print(finding)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--processes", type=int, default=1, help="WEB_CONCURRENCY of the server")
    parser.add_argument("--approve", action="store_true", help="every order waits, and is approved twice")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, simulated(options.seed) as model:
        ordeal = Ordeal(Path(folder), options.seed, model, WEB_CONCURRENCY=str(options.processes))
        account = ordeal.run(options.kills, approval="always" if options.approve else "off")
    show(account)
    sys.exit(1 if account.findings or account.tracebacks else 0)


if __name__ == "__main__":
    main()
