"""From a signal to its orders at the broker: one at a time for each account and symbol."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from uuid import UUID

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.bots import Bot
from app.domain.money import ZERO
from app.domain.orders import (
    STOP_LOSS_SUFFIX,
    TAKE_PROFIT_SUFFIX,
    Order,
    OrderRole,
    Receipt,
    client_order_id,
    leg_names,
)
from app.domain.planning import wants_entry_after
from app.domain.reasons import Reason
from app.domain.review import ASSUMED, NO_ADVICE, Advice
from app.domain.signals import Signal
from app.domain.tickets import Ticket, TicketStatus, followed_status
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.trading.alert_order import AlertOrder
from app.services.trading.assessment import Assessor
from app.services.trading.bookings import OrderBookings
from app.services.trading.context import OrderContext
from app.services.trading.order_building import protect_adopted
from app.services.trading.preview import Preview
from app.services.trading.submission import Submission, write_receipt
from app.storage.base import Change

NOTHING_HELD = nullcontext()

# Brings the exits of a symbol in order, while it is held.
EnsureExits = Callable[[HeldSymbol], None]
# Writes the changes, and whatever else closes the ticket; called while the symbol is still held.
Finish = Callable[[list[Change]], None]


class Trading:
    """Decide on a signal and send what was decided, once."""

    def __init__(
        self,
        *,
        assessor: Assessor,
        submission: Submission,
        bookings: OrderBookings,
        ensure_exits: EnsureExits,
        alert_order: AlertOrder,
        clock: Clock,
    ) -> None:
        self.assessor = assessor
        self._gateway = submission.gateway
        self._submission = submission
        self._clock = clock
        self._bookings = bookings
        self._ensure_exits = ensure_exits
        self._alert_order = alert_order

    @property
    def previews(self) -> Preview:
        """Whoever decides as this does, and sends nothing."""
        return Preview(self.assessor, self._alert_order)

    def carry_out(
        self,
        ticket: Ticket,
        signal: Signal,
        bot: Bot,
        finish: Finish,
        advice: Advice = NO_ADVICE,
        is_moot: Callable[[], bool] = lambda: False,
        *,
        spares_orders: bool = False,
    ) -> None:
        """Take a signal to its end; `finish` is called once, with what must be written beside the ticket.

        `is_moot` is asked with the symbol held: later signals may have had it before. All is decided here
        and now: the switch, the position and the price are those of this moment, however long somebody was
        asked before. `spares_orders`: see OrderContext.
        """
        context = self.assessor.open(ticket, signal, bot)
        context.advice, context.spares_orders = advice, spares_orders
        with symbol_lock(self._gateway, context, context.symbol), _room_for(context):
            has_waited = context.has_waited(self._clock())
            if is_moot() or (has_waited and self._alert_order.has_missed_its_turn(context)):
                ticket.end(TicketStatus.SKIPPED, Reason.ALERT_OVERTAKEN)
                finish([])
                return
            # Decided with the symbol held: no other alert moves the position between this and the order.
            if signal.target is not None:
                self._alert_order.place(context)
            self.assessor.decide(context)
            receipts = self._submission.send(context)
            legs = [name for order in context.orders for name in leg_names(order)]
            # The books come first: exits are placed by them, after a crash by the clock.
            changes = [*self._bookings.changes(context, receipts, legs), *self._submission.pursuing(context)]
            finish([*changes, *self._alert_order.remembering(context)])
            if context.held is not None and _needs_exits(context, receipts, legs):
                self._ensure_exits(context.held)

    def send(self, context: OrderContext) -> list[Change]:
        """Send what was decided, with the symbol held; return the changes of the books."""
        receipts = self._submission.send(context)
        legs = [name for order in context.orders for name in leg_names(order)]
        return self._bookings.changes(context, receipts, legs)

    def take_up(self, context: OrderContext, role: OrderRole) -> list[Change] | None:
        """Take up an order that was sent before a crash; None where the broker has none.

        Raise BrokerUnavailable.
        """
        if context.broker is None:
            return None
        receipt = context.broker.find(client_order_id(context.bot.id, context.ticket.id, role))
        if receipt is None:
            return None
        write_receipt(context.ticket, receipt, role)
        self.assessor.count_adopted(context, receipt)
        protect_adopted(context, receipt)
        context.ticket.end(followed_status(context.ticket.orders))
        return self._bookings.changes(context, [receipt], self._legs(context.broker, [receipt]))

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Decide on a signal without sending or asking anything; the ticket tells every verdict."""
        return self.weigh(ticket, signal, bot, ASSUMED).orders

    def weigh(self, ticket: Ticket, signal: Signal, bot: Bot, advice: Advice) -> OrderContext:
        """Decide on a signal as it stands now, without sending anything."""
        return self.previews.weigh(ticket, signal, bot, advice)

    def adopt(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> bool:
        """Take up orders of this ticket that the broker holds already; False when it holds none."""
        context = self.assessor.open(ticket, signal, bot)
        if context.broker is None:
            return False
        if signal.contract is not None:
            # Words such as "at the money" may mean another contract by now.
            for receipt in self._placed(context.broker, bot.id, ticket.id).values():
                context.instrument = self.assessor.instruments.named(receipt.symbol)
        with symbol_lock(self._gateway, context, context.symbol):
            # Looked up anew: only what is seen with the symbol held is still so when it is counted.
            placed = self._placed(context.broker, bot.id, ticket.id)
            placed = placed or self.assessor.planner.closed_otherwise(context, context.broker)
            if not placed:
                return False
            for role, receipt in placed.items():
                write_receipt(ticket, receipt, role)
            if OrderRole.ENTRY in placed:
                self.assessor.count_adopted(context, placed[OrderRole.ENTRY])
                protect_adopted(context, placed[OrderRole.ENTRY])
            # The entry that is lacking is not sent now: the moment for which it was decided is over.
            partly = OrderRole.ENTRY not in placed and _lacks_entry(signal, placed[OrderRole.EXIT])
            ticket.end(followed_status(ticket.orders), Reason.RECOVERED_PARTLY if partly else None)
            receipts = list(placed.values())
            finish(self._bookings.changes(context, receipts, self._legs(context.broker, receipts)))
        return True

    def _placed(self, broker: Broker, bot: str, ticket: UUID) -> dict[OrderRole, Receipt]:
        found = {
            role: broker.find(client_order_id(bot, ticket, role))
            for role in (OrderRole.EXIT, OrderRole.ENTRY)
        }
        return {role: receipt for role, receipt in found.items() if receipt is not None}

    def _legs(self, broker: Broker, receipts: list[Receipt]) -> list[str]:
        """Return the legs by which the broker protects what the orders open."""
        suffixes = (TAKE_PROFIT_SUFFIX, STOP_LOSS_SUFFIX)
        names = (receipt.client_order_id + suffix for receipt in receipts for suffix in suffixes)
        return [name for name in names if broker.find(name) is not None]


def _room_for(context: OrderContext) -> AbstractContextManager[None]:
    """Let an alert that only exits ask while requests are few."""
    if context.broker is None or not context.only_exits:
        return NOTHING_HELD
    return context.broker.urgently()


def _needs_exits(context: OrderContext, receipts: list[Receipt], legs: list[str]) -> bool:
    """Tell whether exits are due at once: those canceled, or of what was bought without legs."""
    if context.ticket.status is TicketStatus.PURSUING:
        # They would be in the way of the next try, which is a second away.
        return False
    has_filled = any(receipt.filled_quantity > ZERO for receipt in receipts)
    return context.lost_exits or (context.exit_plan is not None and not legs and has_filled)


def _lacks_entry(signal: Signal, exit_order: Receipt) -> bool:
    closed = exit_order.quantity or exit_order.filled_quantity
    return wants_entry_after(signal, exit_order.side, closed)


@contextmanager
def symbol_lock(gateway: Gateway, context: OrderContext, symbol: str) -> Iterator[None]:
    """Hold a symbol, and before it the bot where its entries are counted: always in this order."""
    bot = gateway.locks.hold_bot(context.bot.id) if context.counts_entries else NOTHING_HELD
    at_broker = gateway.hold(context.broker, symbol) if context.broker is not None else NOTHING_HELD
    # Two threads that took bot and symbol in different orders would wait for each other for ever.
    with bot, at_broker as held:
        context.held = held
        try:
            yield
        finally:
            context.held = None
