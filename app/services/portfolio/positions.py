"""Every broker's positions, and the operator's way to close one in any trading state."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.audit import Actor, Deed
from app.domain.pursuits import ExitWish
from app.domain.reasons import Reason
from app.domain.structures.commands import units_trimmed
from app.domain.structures.trades import StructureTrade
from app.domain.symbols import parse_symbol
from app.domain.tickets import Stage, Ticket, TicketStatus
from app.domain.trades import Trade, units_of_trim
from app.errors import BrokerRejected, BrokerUnavailable, NotFound, RequestRefused
from app.repositories.open_orders import OPERATOR, OpenOrders
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.base import Runtime
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.registry import BrokerNotConfigured
from app.services.orders.free_positions import FreePositions
from app.services.orders.tracking import OrderTracker
from app.services.orders.working import ClosingOrders, WorkingOrders
from app.services.portfolio.closers import BY_OPERATOR, ClosedBy, GivesUp, LeavesStructures, Pursues
from app.services.portfolio.snapshots import Snapshots
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
    snapshots: Snapshots
    free: FreePositions
    pursue: Pursues
    give_up: GivesUp
    leave: LeavesStructures
    new_ticket_id: NewTicketId

    def close(
        self, broker_name: str, symbol: str, *, by: str = Actor.OPERATOR, number: UUID | None = None
    ) -> dict[str, Any]:
        """Close a position at the market, as far as one order can; return the ticket.

        Of one `number` there is one ticket, however often it is asked for.
        """
        try:
            broker = self.runtime.registry.get(broker_name)
        except BrokerNotConfigured as error:
            raise NotFound(f"There is no broker {broker_name} here.") from error
        begun, refused = self._leave_structures(broker, symbol, by)
        try:
            number = self._close_rest(broker, symbol, by, number)
        except NotFound as nothing:
            if begun is None:
                raise (refused or nothing) from None
            number = begun
        self.tracker.follow_at_once()
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

    def _close_rest(self, broker: Broker, symbol: str, by: str, number: UUID | None) -> UUID:
        """Close what of a position is no leg of a structure."""
        with self.gateway.hold(broker, symbol, by_operator=True) as held, broker.urgently():
            # Begun before, by a process that has died perhaps: the clock takes it to its end.
            if number is not None and self.ledger.document(number) is not None:
                return number
            position = self._seen(held)
            number = number or self.new_ticket_id(self.runtime.clock())
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
        self.tracker.follow_at_once()
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

    def close_for(self, broker: Broker, symbol: str, number: UUID, *, by: ClosedBy) -> Ticket:
        """Begin to close all of a position for somebody beside the bots; return the ticket as it stands.

        A ticket that stands for it already is only read: what it lacks in success goes on by the clock.
        """
        with self.gateway.hold(broker, symbol) as held, broker.urgently():
            written = self.ledger.document(number)
            if written is None:
                request = {"close": symbol, "broker": broker.name, "by": by.name}
                # The operator's by bot and order ids: what it sells comes off the bots' trades.
                ticket = Ticket(number, OPERATOR, by.dialect, self.runtime.clock(), request)
                ticket.note(by.stage, ticket.created_at, by.reason)
                self.pursue(held, ticket)
                written = self.ledger.document(number)
        return ticket if written is None else Ticket.from_json(written.value)

    def forget(self, broker: Broker, symbol: str) -> None:
        """End every bot's trade in a symbol of which two looks, apart in time, have found nothing."""
        with self.gateway.hold(broker, symbol):
            # A stop that has just filled ends its trade at a price; only what no order explains ends without.
            self.tracker.settle(broker, None, symbol)
            self.runtime.store.apply(self.trades.forgetting(broker.name, symbol))


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
