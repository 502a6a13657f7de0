"""Every broker's positions, and the operator's way to close one in any trading state."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.accounts import Position
from app.domain.money import ZERO, text
from app.domain.orders import Order, OrderRole, OrderStatus, Receipt, Side, client_order_id
from app.domain.reasons import Reason
from app.domain.symbols import parse_symbol
from app.domain.tickets import Ticket, TicketStatus, order_record, shown
from app.errors import BrokerRejected, NotFound, OutcomeUnknown
from app.repositories.open_orders import OPERATOR, OpenOrders, open_order
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry
from app.services.exits.view import ExitView
from app.services.observability.journal import Journal
from app.services.orders.records import request_record
from app.services.orders.tracking import OrderTracker
from app.services.orders.working import WorkingOrders
from app.services.runtime.locks import Locks
from app.storage.base import Store
from app.ticket_ids import NewTicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionService:
    """What the operator closes is a ticket like any other, written before the order is sent."""

    store: Store
    open_orders: OpenOrders
    registry: BrokerRegistry
    ledger: Ledger
    tracker: OrderTracker
    trades: Trades
    working_orders: WorkingOrders
    exits: ExitView
    locks: Locks
    journal: Journal
    clock: Clock
    new_ticket_id: NewTicketId

    def all(self) -> list[dict[str, Any]]:
        """Return every broker's positions, each with its exits."""
        return [
            _view(broker, position) | {"exits": exits}
            for broker in self.registry.all()
            for position, exits in self.exits.beside(broker)
        ]

    def close(self, broker_name: str, symbol: str) -> dict[str, Any]:
        """Close a position at the market, as far as one order can; return the ticket."""
        try:
            broker = self.registry.get(broker_name)
        except BrokerNotConfigured as error:
            raise NotFound(f"There is no broker {broker_name} here.") from error
        with self.locks.hold_symbol(broker_name, symbol), broker.urgently():
            held = next((item for item in broker.positions() if item.symbol == symbol), None)
            if held is None:
                self.store.apply(self.trades.forgetting(broker_name, symbol))
                raise NotFound(f"There is no position in {symbol} at {broker_name}.")
            working = self.working_orders.of(broker, None, symbol)
            if self.working_orders.withdraw(broker, working):
                # A stop may have filled before it was taken back: what is left is what is closed.
                held = next((item for item in broker.positions() if item.symbol == symbol), None)
            if held is None:
                raise NotFound(f"A working order has closed {symbol} at {broker_name} meanwhile.")
            ticket = self._close(broker, held, self.new_ticket_id(self.clock()), OPERATOR)
        self.tracker.follow()
        return self.ledger.find(ticket.id) or shown(ticket.to_json(self.clock()))

    def close_once(self, broker: Broker, symbol: str, ticket: UUID, *, by: str) -> bool:
        """Close a position by the one order that a ticket stands for, however often this is called.

        Return whether that order is over; raise BrokerRejected or BrokerUnavailable.
        """
        with self.locks.hold_symbol(broker.name, symbol), broker.urgently():
            placed = broker.find(client_order_id(OPERATOR, ticket, OrderRole.EXIT))
            if placed is not None:
                return placed.status.is_final
            written = self.ledger.document(ticket)
            if written is not None:
                # An order that may still be on its way is followed first, never sent again.
                return TicketStatus(written.value["status"]) is not TicketStatus.UNKNOWN
            # What an order fills while it is taken back is seen in the position afterwards.
            self.working_orders.withdraw(broker, self.working_orders.of(broker, None, symbol))
            held = next((item for item in broker.positions() if item.symbol == symbol), None)
            if held is not None:
                self._close(broker, held, ticket, by)
            return held is None

    def forget(self, broker: Broker, symbol: str) -> None:
        """End every bot's trade in a symbol of which nothing is held."""
        with self.locks.hold_symbol(broker.name, symbol):
            self.store.apply(self.trades.forgetting(broker.name, symbol))

    def _close(self, broker: Broker, held: Position, number: UUID, by: str) -> Ticket:
        instrument = held.instrument or parse_symbol(held.symbol)
        request = {"close": held.symbol, "broker": broker.name, "by": by}
        ticket = Ticket(number, OPERATOR, OPERATOR, self.clock(), request)
        quantity = instrument.in_one_order(abs(held.quantity))
        order = Order(
            client_order_id=client_order_id(OPERATOR, ticket.id, OrderRole.EXIT),
            instrument=instrument,
            side=Side.SELL if held.quantity > ZERO else Side.BUY,
            role=OrderRole.EXIT,
            quantity=quantity,
        )
        self._write_ahead(broker, ticket, order)
        started = time.perf_counter()
        try:
            receipt = broker.submit(order)
        except BrokerRejected as error:
            self._write_rejection(ticket, order, error)
            raise
        except OutcomeUnknown:
            # The ticket says so already, and what became of the order is found by following it.
            return ticket
        self.journal.exchange(
            ticket=ticket.id,
            broker=broker.name,
            request=request_record(order),
            response=order_record(receipt, bot=OPERATOR, ticket=ticket.id, role=order.role.value),
            milliseconds=(time.perf_counter() - started) * 1000,
        )
        self.journal.activity(f"{by}: closed {-order.side.sign * quantity:f} {held.symbol} at {broker.name}")
        return ticket

    def _write_ahead(self, broker: Broker, ticket: Ticket, order: Order) -> None:
        """Write the ticket before the order is sent; what became of it is then found by following."""
        unsent = Receipt(
            client_order_id=order.client_order_id,
            broker_order_id="",
            broker=broker.name,
            symbol=order.instrument.symbol,
            side=order.side,
            type=order.type,
            status=OrderStatus.UNKNOWN,
            created_at=self.clock(),
            quantity=order.quantity,
        )
        record = order_record(unsent, bot=OPERATOR, ticket=ticket.id, role=order.role.value)
        ticket.orders.append(record)
        ticket.end(TicketStatus.UNKNOWN, Reason.OUTCOME_UNKNOWN)
        multiplier, at = order.instrument.multiplier, self.clock()
        kept = open_order(order.client_order_id, record, multiplier=multiplier, at=at)
        self.store.apply([kept.opening(), self.ledger.writing(ticket)])

    def _write_rejection(self, ticket: Ticket, order: Order, error: BrokerRejected) -> None:
        written = self.ledger.document(ticket.id)
        kept = self.open_orders.find(order.client_order_id)
        if written is None:
            return
        ticket.orders[0]["status"] = OrderStatus.REJECTED.value
        ticket.end(TicketStatus.REJECTED, Reason.BROKER_REJECTED, error.message)
        over = [kept.ending()] if kept is not None else []
        self.store.apply([self.ledger.rewriting(written, ticket.to_json(self.clock())), *over])


def _view(broker: Broker, position: Position) -> dict[str, Any]:
    return {
        "broker": broker.name,
        "symbol": position.symbol,
        "quantity": text(position.quantity),
        "average_price": text(position.average_price),
        "market_price": text(position.market_price),
        "unrealized_pnl": text(position.unrealized_pnl),
    }
