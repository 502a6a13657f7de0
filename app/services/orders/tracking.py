"""Orders that outlive their alert: followed at the broker until they are over, into tickets and trades."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.money import ZERO
from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, OrderRole, OrderStatus, Receipt
from app.domain.reasons import Reason
from app.domain.tickets import TicketStatus, followed_reason, followed_status, order_record
from app.domain.trades import FilledSoFar, FillUpdate
from app.errors import BrokerUnavailable, Conflict
from app.repositories.tickets import PREFIX as TICKETS
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry
from app.services.observability.ticket_messages import TicketMessages
from app.services.orders.records import OPERATOR, counted_record
from app.services.runtime.locks import Locks
from app.storage.base import Change, Delete, Document, Replace, Store

# Some brokers list the orders of a day only; those of an earlier one have ended with it.
LONGEST_SESSION = timedelta(hours=8)
NEVER_SHOWN = frozenset({"none", OrderStatus.UNKNOWN.value})

_logger = logging.getLogger(__name__)


class OrderTracker:
    """Reminders under `orders/{client order id}`, one for each order that can still change.

    A broker may need `unknown_grace_seconds` to show an order that it took; one that it does not know then
    was never placed.
    """

    def __init__(
        self,
        *,
        store: Store,
        registry: BrokerRegistry,
        ledger: Ledger,
        trades: Trades,
        locks: Locks,
        announcer: TicketMessages,
        clock: Clock,
        unknown_grace_seconds: float = 30,
    ) -> None:
        self._store = store
        self._desk = registry
        self._ledger = ledger
        self._trades = trades
        self._locks = locks
        self._announcer = announcer
        self._clock = clock
        self._unknown_grace = timedelta(seconds=unknown_grace_seconds)

    def follow(self) -> int:
        """Look at every order in sight, by few list calls; return how many moved."""
        by_broker: dict[str, list[Document]] = {}
        for document in sorted(self._store.list("orders/"), key=_turn):
            by_broker.setdefault(document.value["broker"], []).append(document)
        return sum(self._follow_at(name, documents) for name, documents in by_broker.items())

    def settle(self, broker: Broker, bot: str | None, symbol: str) -> list[tuple[Receipt, OrderRole]]:
        """Count what a bot's orders in a symbol (everybody's, for None) have filled, and return them.

        The caller holds the symbol.
        """
        concerned = (
            document
            for document in self._store.list("orders/")
            if document.value["symbol"] == symbol
            and document.value["broker"] == broker.name
            and bot in {None, document.value["bot"]}
        )
        documents = sorted(concerned, key=_turn)
        working = {item.client_order_id: item for item in broker.open_orders()} if documents else {}
        found = ((document, self._receipt(broker, working, document)) for document in documents)
        return [self._settle(document, receipt) for document, receipt in found if receipt is not None]

    def in_doubt(self, broker: Broker, bot: str, symbol: str) -> Decimal:
        """Return how many units a bot's exits may close that were sent and that the broker has never shown.

        What it does show has been settled before this is asked.
        """
        reminders = (document.value for document in self._store.list(f"orders/{bot}-"))
        place = bot, broker.name, symbol, OrderRole.EXIT.value
        sent = (item for item in reminders if _place(item) == place and _is_in_doubt(item))
        return sum((Decimal(item.get("quantity") or 0) for item in sent), ZERO)

    def _settle(self, document: Document, receipt: Receipt) -> tuple[Receipt, OrderRole]:
        if _seen(receipt) != document.value.get("seen"):
            self._write(self._changes(document, receipt, _seen(receipt)))
        return receipt, OrderRole(document.value["role"])

    def _receipt(self, broker: Broker, working: dict[str, Receipt], document: Document) -> Receipt | None:
        name = document.value["client_order_id"]
        return working.get(name) or broker.find(name)

    def _follow_at(self, name: str, documents: Iterable[Document]) -> int:
        try:
            broker = self._desk.get(name)
            working = {receipt.client_order_id: receipt for receipt in broker.open_orders()}
            return sum(self._look(broker, working, document) for document in documents)
        except (BrokerNotConfigured, BrokerUnavailable) as error:
            _logger.warning("The orders at %s cannot be followed now: %s", name, error)
            return 0

    def _look(self, broker: Broker, working: dict[str, Receipt], document: Document) -> bool:
        value = document.value
        receipt = self._receipt(broker, working, document)
        if receipt is None and not self._is_overdue(value):
            return False
        seen = _seen(receipt)
        if seen == value.get("seen"):
            return False
        with self._locks.hold(f"{value['broker']}:{value['symbol']}"):
            if self._has_moved(document):
                return False
            try:
                self._write(self._changes(document, receipt, seen))
            except Conflict:
                # Somebody else wrote first; the next look sees what they wrote.
                return False
        return True

    def _write(self, changes: list[Change]) -> None:
        self._store.apply(changes)
        for change in changes:
            if isinstance(change, Replace) and change.document.key.startswith(TICKETS):
                self._announcer.announce_change(change.document.value, change.value)

    def _has_moved(self, document: Document) -> bool:
        """Another process may have counted the same fill; a trade that has closed since would not know it."""
        current = self._store.get(document.key)
        return current is None or current.version != document.version

    def _is_overdue(self, value: dict[str, Any]) -> bool:
        """Tell whether the broker should know an order by now, or may have forgotten one that it knew."""
        age = self._clock() - datetime.fromisoformat(value["submitted_at"])
        return age > (LONGEST_SESSION if _was_known(value) else self._unknown_grace)

    def _changes(self, document: Document, receipt: Receipt | None, seen: list[str]) -> list[Change]:
        value = document.value
        changes: list[Change] = []
        if receipt is not None and value["bot"] == OPERATOR:
            changes += self._closed(receipt)
        elif receipt is not None:
            fill = FillUpdate(receipt, OrderRole(value["role"]), _counted(value))
            changes += self._trades.counting(
                value["bot"], value["broker"], value["symbol"], Decimal(value["multiplier"]), [fill]
            )
        changes += self._ticket_changes(value, receipt)
        if receipt is None or receipt.status.is_final:
            return [*changes, Delete(document)]
        return [*changes, Replace(document, value | {"seen": seen, "counted": counted_record(receipt)})]

    def _closed(self, receipt: Receipt) -> list[Change]:
        """End what bots hold once the operator's order has closed it; one that is canceled closes nothing."""
        if receipt.status is not OrderStatus.FILLED:
            return []
        change = receipt.side.sign * receipt.filled_quantity
        return self._trades.closing(receipt.broker, receipt.symbol, change)

    def _ticket_changes(self, value: dict[str, Any], receipt: Receipt | None) -> list[Change]:
        ticket = UUID(value["ticket"])
        document = self._ledger.document(ticket)
        if document is None:
            return []
        changed = dict(document.value)
        if receipt is None:
            _mark_gone(changed, value["client_order_id"], was_known=_was_known(value))
        else:
            record = order_record(receipt, bot=value["bot"], ticket=ticket, role=value["role"])
            _update_order(changed, record)
        return [self._ledger.rewriting(document, changed)]


def _turn(document: Document) -> tuple[str, bool, int]:
    """Say when an order is counted: as alerts came, an exit before the entry that replaces it, legs last.

    A reversal's entry that is counted first would eat up the trade that its exit closes.
    """
    value = document.value
    is_leg = value["client_order_id"].endswith((STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX))
    return value["ticket"], is_leg, OrderRole(value["role"]).place


def _place(value: dict[str, Any]) -> tuple[str, str, str, str]:
    return value["bot"], value["broker"], value["symbol"], value["role"]


def _is_in_doubt(value: dict[str, Any]) -> bool:
    return value["seen"] is not None and value["seen"][0] == OrderStatus.UNKNOWN.value


def _counted(value: dict[str, Any]) -> FilledSoFar:
    quantity, price = value["counted"]
    return FilledSoFar(Decimal(quantity), Decimal(price))


def _seen(receipt: Receipt | None) -> list[str]:
    if receipt is None:
        return ["none"]
    return [receipt.status.value, format(receipt.filled_quantity, "f")]


def _update_order(ticket: dict[str, Any], record: dict[str, Any]) -> None:
    """Put an order's new state into its ticket; a protective leg never decides the ticket's own state."""
    name = record["client_order_id"]
    others = [order for order in ticket["orders"] if order["client_order_id"] != name]
    known = next(
        (place for place, old in enumerate(ticket["orders"]) if old["client_order_id"] == name), None
    )
    if known is None:
        ticket["orders"] = [*others, record]
        return
    others.insert(known, record)
    ticket["orders"] = others
    placed = [order for order in others if not order["client_order_id"].endswith(("-sl", "-tp"))]
    if placed[-1]["client_order_id"] == name:
        ticket["status"] = followed_status(placed).value
        if ticket["reason"] == Reason.OUTCOME_UNKNOWN:
            ticket["reason"] = ticket["message"] = None
        reason = followed_reason(placed)
        if reason is not None and ticket["reason"] is None:
            ticket["reason"], ticket["message"] = reason.value, reason.meaning


def _was_known(value: dict[str, Any]) -> bool:
    """Tell whether a broker has shown this order before."""
    return value.get("seen") is not None and value["seen"][0] not in NEVER_SHOWN


def _mark_gone(ticket: dict[str, Any], name: str, *, was_known: bool) -> None:
    """Say of an order that the broker does not know that it was never placed, or that its day has ended."""
    status = OrderStatus.EXPIRED if was_known else OrderStatus.REJECTED
    ticket["orders"] = [
        order | {"status": status.value} if order["client_order_id"] == name else order
        for order in ticket["orders"]
    ]
    if name.endswith((STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX)):
        return
    if was_known:
        ticket["status"] = TicketStatus.CANCELED.value
        ticket["reason"] = Reason.ORDER_EXPIRED.value
        ticket["message"] = Reason.ORDER_EXPIRED.meaning
    else:
        ticket["status"] = TicketStatus.FAILED.value
        ticket["reason"] = Reason.ORDER_NOT_PLACED.value
        ticket["message"] = Reason.ORDER_NOT_PLACED.meaning
