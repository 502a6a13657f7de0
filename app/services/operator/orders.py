"""Every order that we know of, and the way to take one back."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, dropwhile, islice
from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.audit import Actor, Deed
from app.domain.exit_plan import orphaned
from app.domain.orders import Receipt, bot_of_order, family_name
from app.domain.snapshots import BrokerSnapshot
from app.domain.ticket_terms import is_working, placed_by
from app.domain.tickets import order_record
from app.errors import BrokerUnavailable, NotFound
from app.repositories.audit import AuditLog
from app.repositories.exit_plans import ExitPlans
from app.repositories.open_orders import OpenOrders
from app.repositories.tickets import Ledger
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Rejected, Unknown
from app.services.broker_access.registry import BrokerRegistry
from app.services.observability.journal import Journal
from app.services.orders.tracking import OrderTracker
from app.services.portfolio.snapshots import Snapshots
from app.storage.base import Store

NO_TICKET = UUID(int=0)
TICKETS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders as the API shows them; the next page is asked for behind `next`, None ends the list."""

    orders: list[dict[str, Any]]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """Orders as tickets tell them, joined with what the brokers hold beside."""

    store: Store
    open_orders: OpenOrders
    registry: BrokerRegistry
    ledger: Ledger
    tracker: OrderTracker
    exits: ExitPlans
    gateway: Gateway
    journal: Journal
    audit: AuditLog
    snapshots: Snapshots

    def page(
        self, seen: Sequence[BrokerSnapshot], *, status: str, after: str | None, limit: int
    ) -> OrderPage:
        """Return orders (`open`, `closed` or `all`) newest first, from behind the one named `after` on.

        Raise NotFound where no order has that name: an empty page would look like the end of the list.

        What no ticket knows stands at the end: legs of a bracket that nobody has looked at yet, and orders
        of somebody else, as they were `seen` at the brokers.
        """
        if after is not None and not self._is_known(after, seen):
            raise NotFound(f"There is no order {after} to go on behind; leave out `after`.")
        wanted = chain(self._own(status, after), self._strangers(seen, status, after))
        found = list(islice(wanted, limit + 1))
        following = found[limit - 1]["client_order_id"] if len(found) > limit else None
        return OrderPage(found[:limit], following)

    def cancel(self, name: str, *, by: str = Actor.OPERATOR) -> None:
        """Cancel a working order by its client order id.

        Raise NotFound, BrokerRejected, OutcomeUnknown, or BrokerUnavailable where its broker cannot be asked.
        """
        broker, receipt = self._found(name)
        with self.gateway.hold(broker, receipt.symbol, by_operator=True) as held:
            before = {"broker": broker.name, "symbol": receipt.symbol, "status": receipt.status.value}
            self.audit.record(by, Deed.CANCEL_ORDER, name, before=before)
            self._cancel(held, receipt)
        self.journal.activity(f"operator: canceled {name} at {broker.name}")
        self.tracker.follow_at_once()
        self.snapshots.look(broker.name)

    def _found(self, name: str) -> tuple[Broker, Receipt]:
        """Return an order and its broker: the one that we wrote down for it, else whichever has it."""
        known = self._broker_of(name)
        failure: BrokerUnavailable | None = None
        # A broker that is down must not stand between the operator and an order at another one.
        for broker in self.registry.all() if known is None else [known]:
            try:
                receipt = broker.find(name)
            except BrokerUnavailable as error:
                failure = error
                continue
            if receipt is not None:
                return broker, receipt
        if failure is not None:
            # It may be where nobody could look: "there is none" would be a guess.
            raise failure
        raise NotFound(f"There is no order {name}.")

    def _broker_of(self, name: str) -> Broker | None:
        order = self.open_orders.find(name)
        home = order.broker if order is not None else self._written_broker(family_name(name))
        return self.registry.get(home) if home in self.registry.names else None

    def _written_broker(self, name: str) -> str | None:
        ticket = self.ledger.of_order(name)
        placed = placed_by(ticket.value) if ticket is not None else ()
        return next((item["broker"] for item in placed if item["client_order_id"] == name), None)

    def _cancel(self, held: HeldSymbol, receipt: Receipt) -> None:
        outcome = self.gateway.cancel(held, receipt)
        if isinstance(outcome, Rejected | Unknown):
            raise outcome.error
        self._stay_bare(receipt)

    def _stay_bare(self, receipt: Receipt) -> None:
        """Leave a position without the exit that the operator took from it."""
        bot = bot_of_order(receipt.client_order_id)
        # The exits' next look would place it again, although a person has just taken it away.
        if receipt.is_protective and bot is not None:
            self.store.apply(self.exits.forgetting(bot, receipt.broker, receipt.symbol))

    def _is_known(self, name: str, seen: Iterable[BrokerSnapshot]) -> bool:
        at_brokers = (receipt.client_order_id for snapshot in seen for receipt in snapshot.orders)
        return self.ledger.of_order(name) is not None or name in at_brokers

    def _own(self, status: str, after: str | None) -> Iterator[dict[str, Any]]:
        """Yield what tickets tell, a page of tickets at a time."""
        first = None if after is None else self.ledger.of_order(after)
        if after is not None and first is None:
            return
        if first is not None:
            behind = dropwhile(lambda order: order["client_order_id"] != after, placed_by(first.value))
            yield from (order for order in islice(behind, 1, None) if _is(order, status))
        before: str | None = "" if first is None else first.key
        while before is not None:
            page = self.ledger.with_orders(status, before=before, limit=TICKETS_AT_ONCE)
            for document in page.documents:
                yield from (order for order in placed_by(document.value) if _is(order, status))
            before = page.before

    def _strangers(
        self, seen: Iterable[BrokerSnapshot], status: str, after: str | None
    ) -> Iterator[dict[str, Any]]:
        # Brokers were asked for open orders only: what is over there and in no ticket is listed nowhere.
        if status == "closed":
            return
        listed = {order["client_order_id"] for order in self._own("open", None)}
        found = (receipt for snapshot in seen for receipt in snapshot.orders)
        # What has ended since the broker was asked is listed by its ticket, and by nothing else.
        others = (
            item
            for item in found
            if item.client_order_id not in listed and self.ledger.of_order(item.client_order_id) is None
        )
        is_among = after is not None and self.ledger.of_order(after) is None
        yield from map(_stranger, _behind(others, after) if is_among else others)


def orphans(seen: Iterable[BrokerSnapshot]) -> list[str]:
    """Return what cleanup would cancel: protective orders without a position."""
    held = ((item.orders, {position.symbol for position in item.positions}) for item in seen)
    return [receipt.client_order_id for working, symbols in held for receipt in orphaned(working, symbols)]


def _behind(orders: Iterable[Receipt], name: str | None) -> Iterator[Receipt]:
    return islice(dropwhile(lambda order: order.client_order_id != name, orders), 1, None)


def _is(order: dict[str, Any], status: str) -> bool:
    return status == "all" or is_working(order) == (status == "open")


def _stranger(receipt: Receipt) -> dict[str, Any]:
    """Show an order that no ticket knows: a leg of a bracket, or somebody else's."""
    view = order_record(receipt, bot="", ticket=NO_TICKET, role="")
    return view | {"bot": None, "ticket": None, "role": None}
