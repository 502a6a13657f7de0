"""What the store holds about alerts: tickets, the inbox, trades, and the paper broker's own journal."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.reliability.alerts import marker_of
from tests.reliability.documents import Database, read_documents, unanswered

LEGS = ("-sl", "-tp")

Sums = defaultdict[str, Decimal]


def _sums() -> Sums:
    return defaultdict(Decimal)


@dataclass(slots=True)
class Evidence:
    """Read piece by piece: `look_at_broker` often, since a broker prunes its journal; `close` at the end.

    `awaited` are the tickets with an order that may still turn up at a broker outside, `followed` the orders
    that somebody still looks after.
    """

    database: Database
    orders: dict[str, Any] = field(default_factory=dict)
    filled: Sums = field(default_factory=_sums)
    positions: Sums = field(default_factory=_sums)
    trades: Sums = field(default_factory=_sums)
    tickets: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    unfinished: list[str] = field(default_factory=list)
    awaited: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)
    _last: str = ""

    def look_at_broker(self) -> None:
        """Fold what the paper broker wrote since the last look."""
        for key, entry in read_documents(self.database, "paper/journal/", after=self._last):
            number, last = int(key.rpartition("/")[2]), int(self._last.rpartition("/")[2] or 0)
            assert number == last + 1, f"The broker's journal has a gap before {key}."
            self._last = key
            self._fold(entry)

    def close(self) -> None:
        """Read everything else."""
        self.look_at_broker()
        for _, ticket in read_documents(self.database, "tickets/"):
            self.tickets[marker_of(ticket["alert"]) or ticket["id"]].append(ticket)
        self.unfinished = unanswered(self.database)
        self.followed = {value["client_order_id"] for _, value in read_documents(self.database, "orders/")}
        for _, trade in read_documents(self.database, "trades/"):
            self.trades[trade["symbol"]] += Decimal(trade["quantity"])

    def placed_by(self, ticket: Any) -> list[Any]:
        """Return the broker's orders that one ticket speaks of."""
        names = (order["client_order_id"] for order in ticket["orders"])
        return [self.orders[name] for name in names if name in self.orders]

    def _fold(self, entry: Any) -> None:
        for order in entry["orders"]:
            self.orders[order["id"]] = order
        for name, quantity, *_ in entry["fills"]:
            self.filled[name] += abs(Decimal(quantity))
            self.positions[self.orders[name]["instrument"][0]] += Decimal(quantity)
