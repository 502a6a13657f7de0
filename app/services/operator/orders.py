"""Every order that we know of, and the way to take one back."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile, islice
from typing import Any
from uuid import UUID

from app.domain.orders import Receipt, bot_of_order
from app.domain.tickets import order_record
from app.errors import NotFound
from app.repositories.exit_plans import ExitPlans
from app.repositories.open_orders import OpenOrders
from app.repositories.tickets import Ledger
from app.services.broker_access.registry import BrokerRegistry
from app.services.exits.orphan_cleanup import orphans_at
from app.services.observability.journal import Journal
from app.services.orders.records import is_working
from app.services.orders.tracking import OrderTracker
from app.services.runtime.locks import Locks
from app.storage.base import Store

NO_TICKET = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """Orders as tickets tell them, joined with what the brokers hold beside."""

    store: Store
    open_orders: OpenOrders
    registry: BrokerRegistry
    ledger: Ledger
    tracker: OrderTracker
    exits: ExitPlans
    locks: Locks
    journal: Journal

    def page(self, *, status: str, after: str | None, limit: int) -> list[dict[str, Any]]:
        """Return orders (`open`, `closed` or `all`) newest first, from behind the one named `after` on."""
        self.tracker.follow()
        wanted = self._working() if status == "open" else self._every()
        if status == "closed":
            wanted = (order for order in wanted if not is_working(order))
        return list(islice(_behind(wanted, after), limit))

    def orphans(self) -> list[str]:
        """Return what cleanup would cancel: protective orders without a position."""
        names: list[str] = []
        for broker in self.registry.all():
            loose = orphans_at(broker, broker.open_orders())
            names += [receipt.client_order_id for receipt in loose]
        return names

    def cancel(self, name: str) -> None:
        """Cancel a working order by its client order id; raise NotFound or BrokerRejected."""
        for broker in self.registry.all():
            receipt = broker.find(name)
            if receipt is not None:
                with self.locks.hold_symbol(broker.name, receipt.symbol):
                    broker.cancel(receipt)
                    self._stay_bare(receipt)
                self.journal.activity(f"operator: canceled {name} at {broker.name}")
                self.tracker.follow()
                return
        raise NotFound(f"There is no order {name}.")

    def _stay_bare(self, receipt: Receipt) -> None:
        """Leave a position without the exit that the operator took from it."""
        bot = bot_of_order(receipt.client_order_id)
        if receipt.is_protective and bot is not None:
            self.store.apply(self.exits.forgetting(bot, receipt.broker, receipt.symbol))

    def _every(self) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        for ticket in self.ledger.newest_first():
            for order in _placed_by(ticket):
                seen.add(order["client_order_id"])
                yield order
        yield from self._strangers(seen)

    def _working(self) -> Iterator[dict[str, Any]]:
        """Open orders lead to the tickets of working orders, however old those are."""
        tickets = sorted(self.open_orders.tickets(), reverse=True)
        found = [self.ledger.document(ticket) for ticket in tickets]
        seen: set[str] = set()
        for document in found:
            for order in _placed_by(document.value) if document is not None else ():
                if is_working(order):
                    seen.add(order["client_order_id"])
                    yield order
        yield from self._strangers(seen)

    def _strangers(self, seen: set[str]) -> Iterator[dict[str, Any]]:
        for broker in self.registry.all():
            others = (item for item in broker.open_orders() if item.client_order_id not in seen)
            yield from (_stranger(item) for item in others)


def _placed_by(ticket: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a ticket's own orders; one that cancels or modifies shows another ticket's."""
    return (order for order in reversed(ticket["orders"]) if order["ticket"] == ticket["id"])


def _stranger(receipt: Receipt) -> dict[str, Any]:
    """Show an order that no ticket knows: a leg of a bracket, or somebody else's."""
    view = order_record(receipt, bot="", ticket=NO_TICKET, role="")
    return view | {"bot": None, "ticket": None, "role": None}


def _behind(orders: Iterator[dict[str, Any]], after: str | None) -> Iterator[dict[str, Any]]:
    if after is None:
        return orders
    skipped = dropwhile(lambda order: order["client_order_id"] != after, orders)
    return islice(skipped, 1, None)
