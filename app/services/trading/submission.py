"""From decided orders to the broker: each sent once, in its turn, and its answer written into the ticket."""

from dataclasses import replace

from app.clock import Budget, Clock
from app.dataclass import dataclass
from app.domain.orders import Order, OrderClass, OrderRole, OrderStatus, OrderType, Receipt
from app.domain.pursuits import Pursuit, WantedEntry, pause_after
from app.domain.reasons import Reason
from app.domain.tickets import Stage, Ticket, TicketStatus, followed_reason, followed_status, order_record
from app.errors import BrokerUnavailable
from app.repositories.pursuits import Pursuits
from app.services.broker_access.budgets import ANSWER_TIME, FILL_POLL_SECONDS, REVERSAL
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Outcome, Placed, Rejected, Suppressed, Unknown
from app.services.trading.assessment import Assessor
from app.services.trading.context import OrderContext
from app.storage.base import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Send an alert's orders, if the context has the proof that its symbol is held."""

    assessor: Assessor
    gateway: Gateway
    pursuits: Pursuits
    clock: Clock

    def send(self, context: OrderContext) -> list[Receipt]:
        """Send what was decided and return the receipts; the ticket tells how it ended."""
        held = context.held
        if not context.orders or held is None or not self._has_room(context, held):
            return []
        receipts: list[Receipt] = []
        for order in context.orders:
            if receipts and not self._has_closed(context, held, receipts):
                self._forget_entry(context)
                return receipts
            outcome = self._submit(context, held, order)
            if isinstance(outcome, Placed):
                receipts.append(outcome.receipt)
            elif not isinstance(outcome, Suppressed):
                # What follows an order that failed, or may have, would be sent into the dark.
                return receipts
        if not receipts:
            # In a dry run nothing was bought that could be protected.
            context.exit_plan = None
            return []
        self._await_fill(context, held, receipts)
        self._end(context, receipts)
        return receipts

    def pursuing(self, context: OrderContext) -> list[Change]:
        """Return what lets the clock go on with an exit that could not be carried out at once."""
        if context.ticket.status is not TicketStatus.PURSUING:
            return []
        now, ticket = self.clock(), context.ticket
        pursuit = Pursuit(
            ticket=ticket.id,
            bot=context.bot.id,
            broker=context.broker_name,
            symbol=context.symbol,
            since=ticket.created_at,
            until=self.pursuits.until(ticket.created_at),
            next_at=now + pause_after(0),
            sent=len(ticket.orders),
            wish=context.wish,
            last=ticket.message or "",
            entry=self._waiting_entry(context),
        )
        return [self.pursuits.opening(pursuit)]

    def _waiting_entry(self, context: OrderContext) -> WantedEntry | None:
        """Return the entry that waits for the exit; None where a gate was against it already."""
        is_decided = not context.orders or context.orders[-1].role is OrderRole.ENTRY
        if context.entry is None or not is_decided:
            return None
        is_placed = context.ticket.reason is Reason.EXIT_NOT_FILLED
        return replace(context.entry, waits_for_open=is_placed and self._is_closed(context))

    def _is_closed(self, context: OrderContext) -> bool:
        """Tell whether the market is closed, so that an exit which was taken waits for it to open."""
        if context.broker is None or context.instrument is None:
            return False
        try:
            return not context.broker.market(context.instrument).is_open
        except BrokerUnavailable:
            return False

    def _end(self, context: OrderContext, receipts: list[Receipt]) -> None:
        ticket = context.ticket
        reason, message = ticket.reason, ticket.message
        if reason is None:
            reason, message = followed_reason(ticket.orders), receipts[-1].message
        ticket.end(followed_status(ticket.orders), reason, message)

    def _has_room(self, context: OrderContext, held: HeldSymbol) -> bool:
        """Cancel exits that an added entry would stand against; they are placed anew after it.

        An exit is sent whatever stands against it: the broker says whether it may.
        """
        try:
            self.assessor.make_room(context, held.broker)
        except BrokerUnavailable as error:
            if context.orders[0].role is OrderRole.EXIT:
                context.is_blocked = True
                return True
            context.ticket.end(TicketStatus.DENIED, Reason[error.reason], error.message)
            self._forget_entry(context)
            return False
        return True

    def _await_fill(self, context: OrderContext, held: HeldSymbol, receipts: list[Receipt]) -> None:
        """Give a plain entry time to fill: its exits then follow within the request, else by the clock.

        One at the market is worth waiting for; another fills at once or may rest for days.
        """
        order, receipt = context.orders[-1], receipts[-1]
        # What went out with legs needs no wait: its exits are at the broker.
        if context.exit_plan is None or order.order_class is not OrderClass.SIMPLE or receipt.status.is_final:
            return
        seen = self.gateway.look(held.broker, receipt)
        if order.type is OrderType.MARKET:
            # From the alert's arrival on, whatever took its time before: TradingView hangs up after 3 s.
            left = context.ticket.created_at + ANSWER_TIME - self.clock()
            budget = Budget(left.total_seconds(), FILL_POLL_SECONDS)
            seen = self.gateway.look_until(held.broker, seen, _is_over, budget)
        _see(context.ticket, receipts, seen, order.role)

    def _has_closed(self, context: OrderContext, held: HeldSymbol, receipts: list[Receipt]) -> bool:
        """Wait until the exit of a reversal has filled, where a broker lets no order cross zero.

        An exit counted as unfilled would be taken off what follows it.
        """
        if held.broker.capabilities.crosses_zero:
            return True
        seen = self.gateway.look_until(held.broker, receipts[-1], _is_over, REVERSAL)
        _see(context.ticket, receipts, seen, OrderRole.EXIT)
        # Filled in part is not enough: the entry would have to cross what is left, which the broker refuses.
        if seen.status is OrderStatus.FILLED:
            return True
        context.ticket.end(TicketStatus.PURSUING, Reason.EXIT_NOT_FILLED)
        return False

    def _forget_entry(self, context: OrderContext) -> None:
        """Undo the count of an entry that is not at the broker, and what would have protected it."""
        context.ticket.entry = context.exit_plan = None
        self.assessor.release(context)

    def _submit(self, context: OrderContext, held: HeldSymbol, order: Order) -> Outcome:
        ticket = context.ticket
        outcome = self.gateway.submit(held, order, ticket=ticket.id)
        write_receipt(ticket, outcome.receipt, order.role)
        if isinstance(outcome, Suppressed):
            ticket.orders[-1]["status"] = TicketStatus.DRY_RUN.value
            ticket.end(TicketStatus.DRY_RUN, ticket.reason, ticket.message)
            return outcome
        ticket.note(Stage.SENT, self.clock(), f"{order.client_order_id} {outcome.receipt.status.value}")
        if not isinstance(outcome, Placed):
            self._end_ticket(context, order, outcome)
        return outcome

    def _end_ticket(self, context: OrderContext, order: Order, outcome: Rejected | Unknown) -> None:
        # An entry in doubt stays counted: it may be at the broker, and its use of the caps with it.
        if order.role is OrderRole.EXIT or isinstance(outcome, Rejected):
            # Where an exit fails, the entry that was to follow it is not sent.
            self._forget_entry(context)
        is_exit, message = order.role is OrderRole.EXIT, outcome.error.message
        if isinstance(outcome, Unknown):
            status = TicketStatus.PURSUING if is_exit else TicketStatus.UNKNOWN
            context.ticket.end(status, Reason.OUTCOME_UNKNOWN, message)
        else:
            goes_on = is_exit and (outcome.error.is_passing or context.is_blocked)
            status = TicketStatus.PURSUING if goes_on else TicketStatus.REJECTED
            context.ticket.end(status, Reason[outcome.error.reason], message)


def _is_over(receipt: Receipt) -> bool:
    return receipt.status.is_final


def _see(ticket: Ticket, receipts: list[Receipt], seen: Receipt, role: OrderRole) -> None:
    """Let the ticket say how its last order stands."""
    if seen is not receipts[-1]:
        receipts[-1] = seen
        ticket.orders.pop()
        write_receipt(ticket, seen, role)


def write_receipt(ticket: Ticket, receipt: Receipt, role: OrderRole) -> None:
    """Write a receipt into its ticket."""
    ticket.orders.append(order_record(receipt, bot=ticket.bot, ticket=ticket.id, role=role.value))
