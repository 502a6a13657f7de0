"""Torture with the paper broker, whose journal in the store is the truth."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from random import Random

from tests.reliability.alerts import Alert, make_bots, stream
from tests.reliability.audit import Findings, audit
from tests.reliability.documents import unanswered
from tests.reliability.evidence import Evidence
from tests.reliability.ledger import Ledger
from tests.reliability.report import Report
from tests.reliability.server import GATEHOUSE, Lost, Service

SENDERS = 24
SETTLE_SECONDS = 30


class PaperStage:
    """The broker inside the server; what a crash left is waited for at most `settle_seconds`."""

    longest_delay_seconds = 0.3
    kills_between_looks = None
    refuses_nothing = True
    command: Sequence[str] = GATEHOUSE

    def __init__(
        self,
        *,
        partial_fills: Decimal = Decimal(0),
        senders: int = SENDERS,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._senders, self._settle_seconds = senders, settle_seconds
        self.settings = {"PAPER_PARTIAL_FILL_PROBABILITY": str(partial_fills)}
        self._evidence: Evidence | None = None

    def streams(self, server: Service, seed: int) -> list[Iterator[Alert]]:
        """Make the bots; return what each sender sends."""
        bots = make_bots(server)
        self._evidence = Evidence(server.database)
        return [stream(Random(f"{seed}-{number}"), bots, f"a{number}") for number in range(self._senders)]

    def begin(self) -> None:
        """Nothing outside of the server is needed."""

    def end(self) -> None:
        """Nothing outside of the server was disturbed."""

    def look(self) -> None:
        """Read the broker's journal before it is pruned."""
        assert self._evidence is not None
        self._evidence.look_at_broker()

    def settle(self, server: Service) -> None:
        """Wait until the recovery has closed every entry, and it is known what became of every order."""
        deadline = time.monotonic() + self._settle_seconds
        while time.monotonic() < deadline:
            with suppress(Lost):
                # With much left to recover a tick takes longer than anybody waits.
                server.call("POST", "/tasks/tick")
            if not unanswered(server.database) and not Ledger(server.database, "paper").is_in_doubt:
                return
            time.sleep(0.5)

    def inspect(self, server: Service) -> None:
        """What the journal says in the end is enough."""

    def account(self, server: Service, report: Report) -> Findings:
        """Read the store and hold it against what was answered."""
        assert self._evidence is not None
        positions = server.call("GET", "/api/positions?fresh=true").body["positions"]
        self._evidence.close()
        report.evidence = self._evidence
        return audit(report.sent, report.drains, self._evidence, positions)

    def close(self) -> None:
        """Nothing is left open."""
