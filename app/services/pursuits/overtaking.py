"""Whether a later alert has taken an exit's place."""

from datetime import datetime
from typing import Any

from app.dataclass import dataclass
from app.domain.orders import OrderRole, OrderStatus
from app.domain.pursuits import Pursuit
from app.domain.signals import SIZED
from app.domain.tickets import Ticket, TicketStatus
from app.repositories.pursuits import Pursuits
from app.repositories.tickets import Ledger

# What was never at the broker, or may not have been, takes nothing over.
NEVER_THERE = frozenset(
    {OrderStatus.REJECTED.value, OrderStatus.UNKNOWN.value, TicketStatus.DRY_RUN.value, "none"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaking:
    """Look at what the bot was told after an exit."""

    ledger: Ledger
    pursuits: Pursuits

    def concerns(self, pursuit: Pursuit, ticket: Ticket) -> bool:
        """Tell whether a later alert has moved the position, or pursues an exit of its own.

        Plain orders are for an amount each: one does not take the place of another. But whoever wanted to be
        flat must not close what was bought after that.
        """
        later = [item for item in self.ledger.later_than(pursuit.ticket) if _is_later(item, pursuit)]
        return any(
            _has_moved(item, pursuit, only_entries=_is_sized(item)) or self._is_pursued(item, pursuit)
            for item in later
            if not (_is_sized(item) and _is_sized_signal(ticket.signal))
        )

    def _is_pursued(self, later: dict[str, Any], pursuit: Pursuit) -> bool:
        if later["status"] != TicketStatus.PURSUING or _is_sized(later):
            return False
        others = (item.pursuit for item in self.pursuits.every())
        return any(str(other.ticket) == later["id"] and other.place == pursuit.place for other in others)


def _is_later(ticket: dict[str, Any], pursuit: Pursuit) -> bool:
    if (ticket["signal"] or {}).get("late"):
        # It came after the alert that its strategy had sent before it.
        return False
    # By its time: ids of one microsecond are in no order.
    return ticket["bot"] == pursuit.bot and datetime.fromisoformat(ticket["created_at"]) > pursuit.since


def _is_sized(ticket: dict[str, Any]) -> bool:
    return _is_sized_signal(ticket["signal"])


def _is_sized_signal(signal: dict[str, Any] | None) -> bool:
    return (signal or {}).get("intent") in SIZED


def _has_moved(ticket: dict[str, Any], pursuit: Pursuit, *, only_entries: bool) -> bool:
    return any(
        (order["broker"], order["symbol"]) == (pursuit.broker, pursuit.symbol)
        and order["ticket"] == ticket["id"]
        and order["status"] not in NEVER_THERE
        and (order["role"] == OrderRole.ENTRY or not only_entries)
        for order in ticket["orders"]
    )
