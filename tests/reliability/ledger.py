"""What the store says about orders at a broker outside, and what its word adds to every audit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.domain.orders import OrderRole, OrderStatus, client_order_id
from app.domain.tickets import TicketStatus
from tests.reliability.audit import Findings
from tests.reliability.documents import Database, read_documents
from tests.reliability.truth import Holding, Truth

ZERO = Decimal(0)


class Ledger:
    """Tickets, trades and exits by holding, open orders by name, as they are at this moment."""

    def __init__(self, database: Database, broker: str) -> None:
        self.broker = broker
        self.tickets = [ticket for _, ticket in read_documents(database, "tickets/")]
        self.trades = self._by_holding(database, "trades/")
        self.exits = self._by_holding(database, "exits/")
        self.open_orders = {
            value["client_order_id"]: value for _, value in read_documents(database, "orders/")
        }

    @property
    def is_in_doubt(self) -> bool:
        """True when an order's outcome is still unknown, or an exit goes on."""
        open_ends = {OrderStatus.UNKNOWN.value, TicketStatus.PURSUING.value}
        # A ticket that was overtaken may have an order of which nobody knows yet what became of it.
        seen = (order["seen"][0] for order in self.open_orders.values() if order["seen"] is not None)
        return any(state in open_ends for state in (*(ticket["status"] for ticket in self.tickets), *seen))

    def roles(self) -> dict[str, OrderRole]:
        """Return what every order that a ticket may place is to its position."""
        return {
            client_order_id(ticket["bot"], UUID(ticket["id"]), role): role
            for ticket in self.tickets
            for role in OrderRole
        }

    def order_records(self) -> Iterator[Any]:
        """Yield what tickets say of their orders."""
        return (record for ticket in self.tickets for record in ticket["orders"])

    def held(self, holding: Holding) -> Decimal:
        """Return a bot's signed trade."""
        trade = self.trades.get(holding)
        return Decimal(trade["quantity"]) if trade is not None else ZERO

    def _by_holding(self, database: Database, prefix: str) -> dict[Holding, Any]:
        found = {}
        for key, value in read_documents(database, prefix):
            bot, _, symbol = key.removeprefix(prefix).partition(f"/{self.broker}:")
            found[bot, symbol] = value
        return found


def compare(findings: Findings, truth: Truth, ledger: Ledger) -> None:
    """Add orders that are not ours, and trades that fills do not make."""
    findings.strays += [f"{order.name}: not one of ours" for order in truth.placed if order.bot is None]
    findings.unbalanced += _uneven(truth, ledger)


def _uneven(truth: Truth, ledger: Ledger) -> Iterator[str]:
    sums = truth.held()
    for holding in sorted(sums.keys() | ledger.trades.keys()):
        filled, trade = sums.get(holding, ZERO), ledger.held(holding)
        if filled != trade:
            yield f"{' '.join(holding)}: fills come to {filled}, the trade says {trade}"
