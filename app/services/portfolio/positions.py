"""Every broker's positions, and the operator's way to close one in any trading state."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.domain.accounts import Position
from app.domain.audit import Actor, Deed
from app.domain.money import ZERO
from app.domain.orders import Order, OrderRole, OrderStatus, Receipt, Side, client_order_id
from app.domain.pursuits import ExitWish
from app.domain.reasons import Reason
from app.domain.structures.commands import units_trimmed
from app.domain.structures.trades import StructureTrade
from app.domain.symbols import parse_symbol
from app.domain.tickets import Stage, Ticket, TicketStatus, order_record
from app.domain.trades import Trade, units_of_trim
from app.errors import BrokerRejected, BrokerUnavailable, NotFound, RequestRefused
from app.repositories.open_orders import OPERATOR, OpenOrders, open_order
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Placed, Rejected, Suppressed, unsent
from app.services.broker_access.registry import BrokerNotConfigured
from app.services.broker_access.resubmission import Resubmission, ResubmissionPolicy
from app.services.orders.free_positions import FreePositions
from app.services.orders.tracking import OrderTracker
from app.services.orders.working import ClosingOrders, WorkingOrders
from app.services.portfolio.closers import BY_OPERATOR, ClosedBy, LeavesStructures, Pursues
from app.services.portfolio.snapshots import Snapshots
from app.storage.base import Document
from app.ticket_ids import NewTicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionService:
    """What the operator closes is a ticket like any other, which `pursue` takes to its end.

    What is a leg of a structure is never closed by itself: a sold leg could stand bare beside it.
    """

    runtime: Runtime
    open_orders: OpenOrders
    ledger: Ledger
    tracker: OrderTracker
    trades: Trades
    working_orders: WorkingOrders
    gateway: Gateway
    resubmission: ResubmissionPolicy
    snapshots: Snapshots
    free: FreePositions
    pursue: Pursues
    leave: LeavesStructures
    new_ticket_id: NewTicketId

    def close(self, broker_name: str, symbol: str, *, by: str = Actor.OPERATOR) -> dict[str, Any]:
        """Close a position at the market, as far as one order can; return the ticket."""
        try:
            broker = self.runtime.registry.get(broker_name)
        except BrokerNotConfigured as error:
            raise NotFound(f"There is no broker {broker_name} here.") from error
        begun, refused = self._leave_structures(broker, symbol, by)
        try:
            number = self._close_rest(broker, symbol, by)
        except NotFound as nothing:
            if begun is None:
                raise (refused or nothing) from None
            number = begun
        self.tracker.follow()
        self.snapshots.look(broker_name)
        return told(self.ledger.find(number) or {}, symbol)

    def _leave_structures(
        self, broker: Broker, symbol: str, by: str
    ) -> tuple[UUID | None, RequestRefused | NotFound | None]:
        """Begin to leave those that hold a symbol; return the last ticket, and why one was refused."""
        begun, refused = None, None
        for trade in self.free.structures.holding(broker.name, symbol):
            try:
                begun = self.leave_structure(trade, by)
            except (RequestRefused, NotFound) as error:
                refused = error
        return begun, refused

    def leave_structure(self, trade: StructureTrade, by: str, trim: int | None = None) -> UUID:
        """Begin to leave a structure, or so many per cent of it, for the operator; return the ticket."""
        ticket = self.leave(trade, BY_OPERATOR, ticket=self.new_ticket_id(self.runtime.clock()), trim=trim)
        left = trade.units - units_trimmed(trade.units, trim)
        before, after = {"units": str(trade.units)}, {"units": str(left), "ticket": str(ticket.id)}
        self.runtime.audit.record(
            by, Deed.CLOSE_TRADE, f"{trade.bot}/{trade.number}", before=before, after=after
        )
        return ticket.id

    def _close_rest(self, broker: Broker, symbol: str, by: str) -> UUID:
        """Close what of a position is no leg of a structure."""
        with self.gateway.hold(broker, symbol, by_operator=True) as held, broker.urgently():
            position = self._seen(held)
            number = self.new_ticket_id(self.runtime.clock())
            self._record(held, position, number, by)
            request = {"close": symbol, "broker": broker.name, "by": OPERATOR}
            ticket = Ticket(number, OPERATOR, OPERATOR, self.runtime.clock(), request)
            ticket.note(Stage.RECEIVED, ticket.created_at)
            self.pursue(held, ticket)
        return number

    def close_units(self, trade: Trade, *, trim: int | None = None, by: str) -> UUID:
        """Close a bot's own units at the market, or so many per cent of them; return the ticket.

        Raise NotFound where nothing is held, RequestRefused where orders by hand close it already.
        """
        broker, symbol = self.runtime.registry.get(trade.broker), trade.symbol
        with self.gateway.hold(broker, symbol, by_operator=True) as held, broker.urgently():
            known, position = self.trades.find(*trade.place), self._seen(held)
            if known is None:
                raise NotFound(f"{trade.bot} holds nothing in {symbol} at {trade.broker} any more.")
            wish = ExitWish.after(known.quantity, _part(known, position, trim), is_sized=False)
            number = self.new_ticket_id(self.runtime.clock())
            before = {"units": format(known.quantity, "f")}
            after = {"units": format(wish.target, "f"), "ticket": str(number)}
            self.runtime.audit.record(
                by, Deed.CLOSE_TRADE, f"{trade.bot}/{trade.number}", before=before, after=after
            )
            request = {"close": trade.number, "trim": trim, "broker": broker.name, "by": OPERATOR}
            # The bot's by name: its fills come off its own trade, and its later alerts overtake it.
            ticket = Ticket(number, trade.bot, OPERATOR, self.runtime.clock(), request)
            ticket.note(Stage.RECEIVED, ticket.created_at)
            self.pursue(held, ticket, wish)
        self.tracker.follow()
        self.snapshots.look(broker.name)
        return number

    def _require_room(self, closing: ClosingOrders, position: Position) -> Decimal:
        """Return how much no other order closes; raise RequestRefused where that is nothing."""
        room = closing.room(position.quantity)
        if not room:
            raise RequestRefused(f"{Reason.POSITION_CLOSING.meaning} Cancel them to close it here.")
        return room

    def _seen(self, held: HeldSymbol) -> Position | None:
        """Return the position; None where the broker does not say. Raise NotFound where there is none."""
        try:
            position = self.free.of(held)
            if position is not None:
                # Before any stop is taken away for a close that cannot be sent.
                self._require_room(self.working_orders.by_hand(held.broker, held.symbol), position)
        except BrokerUnavailable:
            # Whoever wants out is heard: what is held is found out by those who try again.
            return None
        if position is None:
            # The books stay: an empty answer may be a late one, and without its trade the next look would
            # cancel the stop of what is still held. Reconciliation ends them, by looks that are apart.
            self.tracker.settle(held.broker, None, held.symbol)
            raise NotFound(f"There is no position in {held.symbol} at {held.broker.name}.")
        return position

    def _record(self, held: HeldSymbol, position: Position | None, ticket: UUID, by: str) -> None:
        """Write the operator's order down before anything is canceled for it."""
        subject = f"{held.broker.name}/{held.symbol}"
        before = {"quantity": None if position is None else format(position.quantity, "f")}
        after = {"quantity": "0", "ticket": str(ticket)}
        self.runtime.audit.record(by, Deed.CLOSE_POSITION, subject, before=before, after=after)

    def close_once(self, broker: Broker, symbol: str, ticket: UUID, *, by: ClosedBy) -> bool:
        """Close a position by the one order that a ticket stands for, however often this is called.

        Return whether that order is over; raise BrokerRejected or BrokerUnavailable.
        """
        with self.gateway.hold(broker, symbol) as held, broker.urgently():
            placed = broker.find(client_order_id(OPERATOR, ticket, OrderRole.EXIT))
            written = self.ledger.document(ticket)
            # The ticket is written before the send, so either trace means that an order may be out.
            if placed is not None or written is not None:
                return self._is_over(broker, placed, written)
            # What an order fills while it is being canceled is seen in the position afterwards.
            self._withdraw_all(held, ticket)
            position = self.free.of(held)
            if position is not None:
                self._close(held, position, ticket, by)
            return position is None

    def _is_over(self, broker: Broker, placed: Receipt | None, written: Document | None) -> bool:
        """Tell it of an order that was sent: it is never sent again, and no other follows before its end."""
        is_unknown = written is not None and TicketStatus(written.value["status"]) is TicketStatus.UNKNOWN
        verdict = self.resubmission.judge(
            broker.capabilities, is_shown=placed is not None, may_appear=is_unknown, is_wanted=False
        )
        if placed is not None and verdict is Resubmission.TAKE_UP:
            return placed.status.is_final
        # In doubt it is not over: a second order beside it could close the position twice.
        return verdict is Resubmission.NEVER

    def forget(self, broker: Broker, symbol: str) -> None:
        """End every bot's trade in a symbol of which two looks, apart in time, have found nothing."""
        with self.gateway.hold(broker, symbol):
            # A stop that has just filled ends its trade at a price; only what no order explains ends without.
            self.tracker.settle(broker, None, symbol)
            self.runtime.store.apply(self.trades.forgetting(broker.name, symbol))

    def _withdraw_all(self, held: HeldSymbol, ticket: UUID) -> bool:
        """Cancel every order of ours in a symbol; tell whether there was any."""
        if not self.gateway.sends(held):
            return False
        # Every bot's, since brokers keep units in reserve for each stop and refuse to sell them otherwise.
        working = self.working_orders.of(held.broker, None, held.symbol)
        return bool(self.working_orders.withdraw(held, working, ticket=ticket))

    def _close(self, held: HeldSymbol, position: Position, number: UUID, by: ClosedBy) -> Ticket:
        broker, instrument = held.broker, position.instrument or parse_symbol(position.symbol)
        request = {"close": position.symbol, "broker": broker.name, "by": by.name}
        # The operator's by bot and order ids, whoever closes: what it sells is taken off the bots' trades.
        ticket = Ticket(number, OPERATOR, by.dialect, self.runtime.clock(), request)
        ticket.note(by.stage, ticket.created_at, by.reason)
        quantity = instrument.in_one_order(abs(position.quantity))
        order = Order(
            client_order_id=client_order_id(OPERATOR, ticket.id, OrderRole.EXIT),
            instrument=instrument,
            side=Side.SELL if position.quantity > ZERO else Side.BUY,
            role=OrderRole.EXIT,
            quantity=quantity,
        )
        # The ticket is written before the order is sent, and says that its outcome is not known.
        self._write_ahead(broker, ticket, order)
        outcome = self.gateway.submit(held, order, ticket=ticket.id)
        if isinstance(outcome, Rejected):
            self._write_end(ticket, order, TicketStatus.REJECTED, outcome.error.message)
            raise outcome.error
        if isinstance(outcome, Suppressed):
            self._write_end(ticket, order, TicketStatus.DRY_RUN)
        if isinstance(outcome, Placed):
            closed = f"{-order.side.sign * quantity:f} {position.symbol} at {broker.name}"
            self.runtime.journal.activity(f"{by.name}: closed {closed}")
        return ticket

    def _write_ahead(self, broker: Broker, ticket: Ticket, order: Order) -> None:
        """Write the ticket before the order is sent; what became of it is then found by following."""
        receipt = unsent(order, broker=broker.name, at=self.runtime.clock(), status=OrderStatus.UNKNOWN)
        record = order_record(receipt, bot=OPERATOR, ticket=ticket.id, role=order.role.value)
        ticket.orders.append(record)
        ticket.end(TicketStatus.UNKNOWN, Reason.OUTCOME_UNKNOWN)
        multiplier, at = order.instrument.multiplier, self.runtime.clock()
        # Tracked from before the send as well: a fill that nobody sees would not end the bots' trades.
        kept = open_order(order.client_order_id, record, multiplier=multiplier, at=at)
        self.runtime.store.apply([kept.opening(), self.ledger.writing(ticket)])

    def _write_end(
        self, ticket: Ticket, order: Order, status: TicketStatus, message: str | None = None
    ) -> None:
        """Write down of an order that was not taken, or not sent, that it is over."""
        written = self.ledger.document(ticket.id)
        kept = self.open_orders.find(order.client_order_id)
        if written is None:
            return
        ticket.orders[0]["status"] = status.value
        ticket.end(status, Reason.BROKER_REJECTED if status is TicketStatus.REJECTED else None, message)
        over = [kept.ending()] if kept is not None else []
        self.runtime.store.apply(
            [self.ledger.rewriting(written, ticket.to_json(self.runtime.clock())), *over]
        )


def told(ticket: dict[str, Any], symbol: str) -> dict[str, Any]:
    """Return a ticket; raise where nothing of what was asked for was done, or ever will be."""
    reason, message = ticket["reason"], ticket["message"] or ""
    if ticket["status"] == TicketStatus.REJECTED:
        raise BrokerRejected(message, reason=reason)
    if reason == Reason.POSITION_CLOSING:
        raise RequestRefused(message)
    if ticket["status"] == TicketStatus.SKIPPED:
        raise NotFound(f"A working order has closed {symbol} meanwhile.")
    return ticket


def _part(trade: Trade, position: Position | None, trim: int | None) -> Decimal:
    instrument = position.instrument if position is not None else None
    increment = (instrument or parse_symbol(trade.symbol)).quantity_increment
    return units_of_trim(abs(trade.quantity), trim, increment)
