"""From decided orders to the broker: each sent once, in its turn, and its answer written into the ticket."""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.orders import Order, OrderClass, OrderRole, OrderStatus, OrderType, Receipt
from app.domain.reasons import Reason
from app.domain.tickets import Stage, Ticket, TicketStatus, followed_reason, followed_status, order_record
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from app.services.observability.journal import Journal
from app.services.observability.metrics import Metrics
from app.services.orders.records import request_record
from app.services.trading.assessment import Assessor
from app.services.trading.context import OrderContext, TradingRules

# How long a reversal waits for its exit to fill, within what an HTTP answer may take.
REVERSAL_SECONDS = 2.0
# How long after its arrival an alert may wait for a fill; TradingView gives up after three seconds.
ANSWER_TIME = timedelta(seconds=2.5)
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Send a case's orders; the caller holds the symbol."""

    assessor: Assessor
    rules: TradingRules
    journal: Journal
    metrics: Metrics
    clock: Clock

    def send(self, context: OrderContext) -> list[Receipt]:
        """Send what was decided and return the receipts; the ticket tells how it ended."""
        if not context.orders or context.broker is None:
            return []
        if self.rules.dry_run and not context.broker.capabilities.simulated:
            return self._suppress(context)
        receipts: list[Receipt] = []
        if not self._has_room(context, context.broker):
            return []
        for order in context.orders:
            if receipts and not self._has_closed(context, context.broker, receipts):
                self._forget_entry(context)
                return receipts
            receipt = self._submit(context, context.broker, order)
            if receipt is None:
                return receipts
            receipts.append(receipt)
        self._await_fill(context, context.broker, receipts)
        ticket = context.ticket
        reason, message = ticket.reason, ticket.message
        if reason is None:
            reason, message = followed_reason(ticket.orders), receipts[-1].message
        ticket.end(followed_status(ticket.orders), reason, message)
        return receipts

    def _has_room(self, context: OrderContext, broker: Broker) -> bool:
        """Take back exits that an added entry would stand against; they are placed anew after it.

        An exit is sent whatever stands against it: the broker says whether it may.
        """
        try:
            self.assessor.make_room(context, broker)
        except BrokerUnavailable as error:
            if context.orders[0].role is OrderRole.EXIT:
                return True
            context.ticket.end(TicketStatus.DENIED, Reason[error.reason], error.message)
            self._forget_entry(context)
            return False
        return True

    def _await_fill(self, context: OrderContext, broker: Broker, receipts: list[Receipt]) -> None:
        """Give a plain entry time to fill: its exits then follow within the request, else by the clock.

        One at the market is worth waiting for; another fills at once or may rest for days.
        """
        order = context.orders[-1]
        if context.exit_plan is None or order.order_class is not OrderClass.SIMPLE:
            return
        left = context.ticket.created_at + ANSWER_TIME - self.clock()
        waits = order.type is OrderType.MARKET
        deadline = time.monotonic() + (left.total_seconds() if waits else 0)
        while not receipts[-1].status.is_final:
            self._look_again(context, broker, receipts, order.role)
            if receipts[-1].status.is_final or time.monotonic() >= deadline:
                return
            time.sleep(POLL_SECONDS)

    def _has_closed(self, context: OrderContext, broker: Broker, receipts: list[Receipt]) -> bool:
        """Wait until the exit of a reversal has filled, where a broker lets no order cross zero."""
        deadline = time.monotonic() + REVERSAL_SECONDS
        while receipts[-1].status is not OrderStatus.FILLED and not broker.capabilities.crosses_zero:
            if receipts[-1].status.is_final or time.monotonic() >= deadline:
                status = followed_status(context.ticket.orders)
                context.ticket.end(status, Reason.EXIT_NOT_FILLED, Reason.EXIT_NOT_FILLED.meaning)
                return False
            time.sleep(POLL_SECONDS)
            self._look_again(context, broker, receipts, OrderRole.EXIT)
        return True

    def _look_again(
        self, context: OrderContext, broker: Broker, receipts: list[Receipt], role: OrderRole
    ) -> None:
        """See how the last order stands: an exit counted as unfilled would be taken off what follows it."""
        with suppress(BrokerUnavailable):
            seen = broker.find(receipts[-1].client_order_id)
            if seen is not None:
                receipts[-1] = seen
                context.ticket.orders.pop()
                write_receipt(context.ticket, seen, role)

    def _forget_entry(self, context: OrderContext) -> None:
        """Take back the count of an entry that is not at the broker, and what would have protected it."""
        context.ticket.entry = context.exit_plan = None
        self.assessor.release(context)

    def _suppress(self, context: OrderContext) -> list[Receipt]:
        for order in context.orders:
            write_receipt(context.ticket, self._unsent(context, order, OrderStatus.PENDING), order.role)
            context.ticket.orders[-1]["status"] = TicketStatus.DRY_RUN.value
        context.exit_plan = None
        context.ticket.end(TicketStatus.DRY_RUN, context.ticket.reason, context.ticket.message)
        return []

    def _submit(self, context: OrderContext, broker: Broker, order: Order) -> Receipt | None:
        """Send one order; None when the next one must not follow."""
        started = time.perf_counter()
        ticket, failure = context.ticket, None
        try:
            receipt = broker.submit(order)
        except (BrokerRejected, OutcomeUnknown) as error:
            failure = error
            receipt = self._failed(context, order, error)
        write_receipt(ticket, receipt, order.role)
        seconds = time.perf_counter() - started
        ticket.note(Stage.SENT, self.clock(), f"{order.client_order_id} {receipt.status.value}")
        self._tell(context, order, seconds, failure)
        return receipt if failure is None else None

    def _failed(self, context: OrderContext, order: Order, error: BrokerRejected | OutcomeUnknown) -> Receipt:
        if order.role is OrderRole.EXIT or isinstance(error, BrokerRejected):
            # Where an exit fails, the entry that was to follow it is not sent.
            self._forget_entry(context)
        if isinstance(error, OutcomeUnknown):
            context.ticket.end(TicketStatus.UNKNOWN, Reason.OUTCOME_UNKNOWN, error.message)
            return self._unsent(context, order, OrderStatus.UNKNOWN)
        context.ticket.end(TicketStatus.REJECTED, Reason[error.reason], error.message)
        return self._unsent(context, order, OrderStatus.REJECTED)

    def _unsent(self, context: OrderContext, order: Order, status: OrderStatus) -> Receipt:
        return Receipt(
            client_order_id=order.client_order_id,
            broker_order_id="",
            broker=context.broker_name,
            symbol=order.instrument.symbol,
            side=order.side,
            type=order.type,
            status=status,
            created_at=self.clock(),
            quantity=order.quantity,
            notional=order.notional,
            limit_price=order.limit_price,
            stop_price=order.stop_price,
        )

    def _tell(self, context: OrderContext, order: Order, seconds: float, failure: Exception | None) -> None:
        self.metrics.broker_call(
            broker=context.broker_name, call="submit", seconds=seconds, failed=failure is not None
        )
        if failure is None:
            self.metrics.submitted()
        self.journal.exchange(
            ticket=context.ticket.id,
            broker=context.broker_name,
            request=request_record(order),
            response={"error": str(failure)} if failure is not None else context.ticket.orders[-1],
            milliseconds=seconds * 1000,
        )


def write_receipt(ticket: Ticket, receipt: Receipt, role: OrderRole) -> None:
    """Write a receipt into its ticket."""
    ticket.orders.append(order_record(receipt, bot=ticket.bot, ticket=ticket.id, role=role.value))
