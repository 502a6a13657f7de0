"""Which working orders a command means: its bot's own, by their id, their alert's key, or their symbol."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.clock import Patience, Wait
from app.dataclass import dataclass
from app.domain.instruments import Instrument
from app.domain.orders import OrderRole, bot_of_order
from app.domain.signals import ALL_ORDERS
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import BrokerUnavailable
from app.logs import redact
from app.repositories.open_orders import LEGS, OpenOrder, OpenOrders
from app.repositories.tickets import Ledger
from app.services.broker_access.budgets import PLACING
from app.services.orders.working import Working, WorkingOrders
from app.services.trading.context import OrderContext


@dataclass(frozen=True, slots=True)
class Targets:
    """Open orders tell which orders a bot may have working; the broker tells which of them do."""

    open_orders: OpenOrders
    ledger: Ledger
    working_orders: WorkingOrders
    wait: Wait

    def find(self, context: OrderContext) -> frozenset[str]:
        """Return the client order ids that a command may mean, and learn their symbol.

        All that works in a symbol is told by `working` alone. Raise BrokerUnavailable while the alert with
        the key in question is still being worked on.
        """
        order = context.signal.order or ""
        if order == ALL_ORDERS:
            return frozenset()
        if bot_of_order(order) is not None:
            names = self._by_name(context, order)
        else:
            names = self._by_key(context, order) or self._by_key_once_placed(context, order)
        return frozenset(names)

    def protects(self, context: OrderContext, broker: Broker) -> bool:
        """Tell whether a command names one of the bot's stop-losses or take-profits, or the pair of them."""
        name = context.signal.order or ""
        if bot_of_order(name) != context.bot.id:
            return False
        if name.endswith(LEGS):
            return True
        if self.ticket_of(name) is not None or all(self.ticket_of(name + leg) is None for leg in LEGS):
            return False
        # Of a bracket whose entry has filled the name is free; of a pair it works as long as its legs do.
        receipt = broker.find(name)
        return receipt is not None and not receipt.status.is_final

    def working(self, context: OrderContext, broker: Broker, names: frozenset[str]) -> list[Working]:
        """Return those that can still fill, fills being counted; the caller holds the symbol.

        Raise BrokerUnavailable while it is in doubt whether one of them is at the broker.
        """
        found = self._in_symbol(context, broker)
        if context.signal.order == ALL_ORDERS:
            names = self._placed_in_symbol(context)
        meant = [item for item in found if item.receipt.client_order_id in names]
        missing = names - {item.receipt.client_order_id for item in meant}
        return meant + list(self._strays(broker, missing, context.symbol))

    def ticket_of(self, name: str) -> UUID | None:
        """Return the ticket that placed a working order; None: nobody remembers it."""
        order = self.open_orders.find(name)
        return order.ticket if order is not None else None

    def _by_name(self, context: OrderContext, name: str) -> list[str]:
        # A bot's secret gives no power over the orders of another bot, or of the owner.
        if bot_of_order(name) != context.bot.id:
            return []
        order = self.open_orders.find(name)
        if order is not None:
            return [name] if self._concerns(context, order) else []
        receipt = context.broker.find(name) if context.broker is not None else None
        return [name] if receipt is not None and self._is_in(context, receipt.symbol, None) else []

    def _by_key(self, context: OrderContext, key: str) -> list[str]:
        orders = [item for item in self._of_bot(context) if not item.is_leg]
        tickets = {item.ticket for item in orders}
        # Tickets keep alerts redacted: a key that looks like a secret is compared as it was kept.
        meant = {ticket for ticket in tickets if _key_of(self._ticket(ticket)) == redact(key)}
        return [
            item.client_order_id for item in orders if item.ticket in meant and self._concerns(context, item)
        ]

    def _by_key_once_placed(self, context: OrderContext, key: str) -> list[str]:
        """An order and its cancellation may arrive together: wait for the first to be placed."""
        patience, waited = Patience(PLACING, self.wait), False
        while not context.is_preview and self._is_being_placed(context, key):
            if not patience.lasts():
                # Finding nothing would count as done, and the order would come after its cancellation.
                raise BrokerUnavailable("The alert that places this order is still being worked on.")
            waited = True
        return self._by_key(context, key) if waited else []

    def _is_being_placed(self, context: OrderContext, key: str) -> bool:
        own = str(context.ticket.id)
        return any(
            ticket["bot"] == context.bot.id and ticket["id"] != own and _key_of(ticket) == redact(key)
            for ticket in self.ledger.unfinished()
        )

    def _in_symbol(self, context: OrderContext, broker: Broker) -> list[Working]:
        if not context.is_preview:
            return self.working_orders.of(broker, context.bot.id, context.symbol)
        roles = {item.client_order_id: item.role for item in self._remembered(context)}
        listed = [item for item in broker.open_orders() if item.client_order_id in roles]
        return [Working(receipt, roles[receipt.client_order_id]) for receipt in listed]

    def _placed_in_symbol(self, context: OrderContext) -> frozenset[str]:
        return frozenset(item.client_order_id for item in self._remembered(context) if not item.is_leg)

    def _strays(self, broker: Broker, names: frozenset[str], symbol: str) -> Iterator[Working]:
        """Yield what works unremembered, as after a crash; it counts as an entry, which is stricter."""
        for name in sorted(names):
            receipt = broker.find(name)
            if receipt is None and self.ticket_of(name) is not None:
                raise BrokerUnavailable(f"It is not known yet whether {name} is at the broker.")
            if receipt is not None and receipt.symbol == symbol and not receipt.status.is_final:
                yield Working(receipt, OrderRole.ENTRY)

    def _of_bot(self, context: OrderContext) -> list[OpenOrder]:
        return self.open_orders.of(context.bot.id, context.broker_name)

    def _remembered(self, context: OrderContext) -> list[OpenOrder]:
        return self.open_orders.in_symbol(context.broker_name, context.symbol, context.bot.id)

    def _concerns(self, context: OrderContext, order: OpenOrder) -> bool:
        if (order.bot, order.broker) != (context.bot.id, context.broker_name):
            return False
        return self._is_in(context, order.symbol, self._ticket(order.ticket))

    def _is_in(self, context: OrderContext, symbol: str, ticket: dict[str, Any] | None) -> bool:
        """Tell whether the symbol is the command's; one that names none takes the order's."""
        if context.signal.symbol:
            return context.symbol == symbol
        context.instrument, context.symbol_refusal = instrument_of(symbol, (ticket or {}).get("signal")), None
        return True

    def _ticket(self, ticket: UUID) -> dict[str, Any] | None:
        document = self.ledger.document(ticket)
        return document.value if document is not None else None


def instrument_of(symbol: str, signal: dict[str, Any] | None) -> Instrument | None:
    """Return what an order trades, read as the alert that placed it was read."""
    record = signal or {}
    for name, exchange in ((record.get("symbol"), record.get("exchange")), (symbol, None)):
        try:
            instrument = parse_symbol(name or "", exchange=exchange)
        except SymbolRefused:
            continue
        if instrument.symbol == symbol:
            return instrument
    return None


def _key_of(ticket: dict[str, Any] | None) -> str | None:
    key = ticket["alert"].get("idempotency_key") if ticket is not None else None
    return key.strip() if isinstance(key, str) else None
