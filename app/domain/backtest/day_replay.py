"""A day's tickets twice: what became of each then, and what would now."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.money import plain
from app.domain.orders import OrderRole
from app.domain.tickets import TicketStatus

ORDERED = "ordered"
# Whatever became of an order later: the alert was carried out.
_CARRIED_OUT = frozenset(
    {
        TicketStatus.ORDERED.value,
        TicketStatus.PARTIALLY_FILLED.value,
        TicketStatus.FILLED.value,
        TicketStatus.CANCELED.value,
        TicketStatus.DRY_RUN.value,
        TicketStatus.UNKNOWN.value,
        TicketStatus.PURSUING.value,
    }
)
_OWN = frozenset({OrderRole.ENTRY.value, OrderRole.EXIT.value})


@dataclass(frozen=True, slots=True)
class ReplayOutcome:
    """What became of an alert: `ordered` with its orders, or a state and the reason why not."""

    status: str
    reason: str | None = None
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplayedTicket:
    """An alert's outcome then and now; now None: it could not be played."""

    ticket: str
    bot: str
    dialect: str
    at: datetime
    symbol: str | None
    then: ReplayOutcome
    now: ReplayOutcome | None
    message: str | None = None

    @property
    def differs(self) -> bool:
        """Tell whether today would have done something else."""
        return self.then != self.now


def outcome_of(ticket: dict[str, Any]) -> ReplayOutcome:
    """Return what a ticket tells; the size of an order at the market is what filled."""
    orders = tuple(_orders(ticket))
    status = ticket["status"]
    if status in _CARRIED_OUT and orders:
        return ReplayOutcome(ORDERED, None, orders)
    return ReplayOutcome(status, ticket["reason"], orders)


def prices_of(ticket: dict[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Yield what was paid for what, else the price that the alert named."""
    found = False
    for order in _own(ticket):
        if order.get("average_fill_price") and order.get("symbol"):
            found = True
            yield order["symbol"], Decimal(order["average_fill_price"])
    signal = ticket.get("signal") or {}
    named = signal.get("reference_price")
    symbols = {order["symbol"] for order in _own(ticket) if order.get("symbol")}
    if not found and named and len(symbols) == 1:
        yield symbols.pop(), Decimal(named)


def _orders(ticket: dict[str, Any]) -> Iterator[str]:
    for order in _own(ticket):
        size = order.get("quantity") or order.get("filled_quantity")
        amount = plain(Decimal(size)) if size else f"for {order.get('notional')}"
        limit = f" limit {plain(Decimal(order['limit_price']))}" if order.get("limit_price") else ""
        yield f"{order['side']} {amount} {order['symbol']}{limit}"


def _own(ticket: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return [
        order
        for order in ticket["orders"]
        if order.get("ticket") == ticket["id"] and order.get("role") in _OWN
    ]
