"""One more try of what the operator wants closed: all of a position, or what of it is one bot's."""

from dataclasses import replace
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.money import ZERO
from app.domain.orders import Order, OrderRole
from app.domain.pursuits import ExitWish
from app.domain.reasons import Reason
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.tickets import Ticket, TicketStatus
from app.repositories.open_orders import OPERATOR, OpenOrder
from app.repositories.pursuits import StoredPursuit
from app.repositories.trades import Trades
from app.services.broker_access.gateway import HeldSymbol
from app.services.orders.free_positions import FreePositions
from app.services.orders.working import WorkingOrders
from app.services.pursuits.orders import PursuitOrders
from app.services.pursuits.outcomes import end_by


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorExits:
    """Cancel what is in the way, then close what is held; the caller holds the symbol."""

    orders: PursuitOrders
    working_orders: WorkingOrders
    trades: Trades
    free: FreePositions

    def carry_on(self, held: HeldSymbol, stored: StoredPursuit, ticket: Ticket) -> None:
        """Try once more; the ticket tells what came of it. Raise BrokerUnavailable."""
        # Fills first: an order whose answer was lost may have done it all.
        bot = None if stored.pursuit.bot == OPERATOR else stored.pursuit.bot
        working = self.working_orders.of(held.broker, bot, held.symbol)
        mine = self.orders.of(stored)
        if self.orders.end_standing(ticket, stored, mine):
            return
        doubted = self.orders.doubted(held, mine)
        if self.orders.gateway.sends(held) and self._has_room(held):
            # For all of a position every bot's, since brokers keep units in reserve for each stop and refuse
            # to sell them else; for one bot's units its own, since the others' still protect what is theirs.
            self.working_orders.withdraw(held, working, ticket=ticket.id)
        self._close(held, stored, ticket, doubted)

    def _has_room(self, held: HeldSymbol) -> bool:
        """Tell whether orders placed by hand leave anything to close: else stops stay where they are."""
        position = self.free.of(held)
        by_hand = self.working_orders.by_hand(held.broker, held.symbol)
        return position is None or by_hand.room(position.quantity) > ZERO

    def _close(
        self, held: HeldSymbol, stored: StoredPursuit, ticket: Ticket, doubted: OpenOrder | None
    ) -> None:
        # Orders before the position: what fills in between must not be closed twice.
        pursuit = stored.pursuit
        closing = self.working_orders.closing_orders(held.broker, pursuit.bot, held.symbol, with_own=True)
        if doubted is not None:
            # The order in doubt that is sent again under its id is the one that is to come.
            closing = replace(closing, in_doubt=closing.in_doubt - (doubted.quantity or ZERO))
        position = self.free.of(held)
        wanted = ZERO if position is None else self._wanted(stored, position)
        if position is None or not wanted:
            if doubted is not None:
                self.orders.give_up(doubted)
            ticket.end(TicketStatus.SKIPPED, Reason.POSITION_NONE)
            return
        room = min(closing.room(position.quantity), wanted)
        if not room:
            ticket.end(TicketStatus.DENIED, Reason.POSITION_CLOSING, f"cancel them to close {held.symbol}")
            return
        try:
            order = self._order(stored, position, room, doubted)
        except SymbolRefused as refused:
            # A name of the broker's that we cannot read must not keep the other exits from their turn.
            ticket.end(TicketStatus.DENIED, Reason[refused.code], refused.message)
            return
        wish = pursuit.wish or ExitWish(order.side)
        end_by(
            ticket,
            self.orders.send(held, stored, ticket, order, wish=wish, again=doubted),
            goes_on=doubted is not None,
        )

    def _wanted(self, stored: StoredPursuit, position: Position) -> Decimal:
        """Return how many units of a position are to be closed yet."""
        pursuit, held = stored.pursuit, position.quantity
        if pursuit.bot != OPERATOR:
            known = self.trades.find(*pursuit.place)
            own = ZERO if known is None or known.quantity * held <= ZERO else known.quantity
            held = min(abs(own), abs(held)).copy_sign(held)
        # Of all that is held nothing came later: what bots enter waits until this is over.
        return abs(held) if pursuit.wish is None else pursuit.wish.closing(held)

    def _order(
        self, stored: StoredPursuit, position: Position, quantity: Decimal, doubted: OpenOrder | None
    ) -> Order:
        instrument = position.instrument or parse_symbol(position.symbol)
        return Order(
            client_order_id=stored.pursuit.next_order_id if doubted is None else doubted.client_order_id,
            instrument=instrument,
            side=ExitWish.after(position.quantity, quantity, is_sized=False).side,
            role=OrderRole.EXIT,
            quantity=instrument.in_one_order(quantity),
        )
