"""Alerts that cancel or modify a working order: the bot's own, once, and never a stop-loss or take-profit."""

from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.clock import Clock
from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.gates import COMMAND_GATES, SYMBOL_COMMAND_GATES
from app.domain.instruments import Instrument
from app.domain.order_check import ProposedOrder
from app.domain.orders import Order, OrderChange, OrderRole, Receipt
from app.domain.reasons import Reason
from app.domain.signals import Dialect, Intent, Signal
from app.domain.tickets import Stage, Ticket, TicketStatus, order_record
from app.errors import BrokerRejected, BrokerUnavailable
from app.repositories.begun_commands import AmendmentIntent, BegunCommands, Concerned
from app.repositories.open_orders import OpenOrders
from app.repositories.tickets import Ledger
from app.services.amendments.change_check import ChangeAssessor
from app.services.amendments.outcomes import (
    change_of,
    how_they_ended,
    is_done,
    outcome_of,
    reason_of,
)
from app.services.amendments.sending import CancelReplace, has_values, wanted_change
from app.services.amendments.targets import Targets, instrument_of
from app.services.broker_access.gateway import HeldSymbol
from app.services.orders.working import Working
from app.services.trading.assessment import Assessor
from app.services.trading.context import OrderContext
from app.services.trading.entry_usage import Entry
from app.services.trading.execution import Finish, symbol_lock
from app.storage.base import Change, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendments:
    """Find what a command means, judge it, carry it out and tell how the orders then stand."""

    assessor: Assessor
    targets: Targets
    changes: ChangeAssessor
    cancel_replace: CancelReplace
    begun: BegunCommands
    ledger: Ledger
    clock: Clock

    @classmethod
    def over(
        cls, assessor: Assessor, cancel_replace: CancelReplace, store: Store, ledger: Ledger
    ) -> "Amendments":
        """Put the parts together."""
        return cls(
            assessor=assessor,
            targets=Targets(
                OpenOrders(store), ledger, assessor.planner.working_orders, cancel_replace.gateway.wait
            ),
            changes=ChangeAssessor(assessor),
            cancel_replace=cancel_replace,
            begun=BegunCommands(store),
            ledger=ledger,
            clock=assessor.clock,
        )

    def carry_out(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> None:
        """Take a command to its end; raise BrokerUnavailable where that must wait for the broker."""
        if self.adopt(ticket, signal, bot, finish):
            return
        context = self.assessor.open(ticket, signal, bot)
        # The symbol is not held yet: the alert that this may wait for needs it to place the order.
        names = self.targets.find(context)
        with symbol_lock(self.cancel_replace.gateway, context, context.symbol):
            changes = self._decide(context, names)
            finish([*changes, *self.forgetting(ticket.id)])

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Decide on a command and leave all as it is; the ticket tells every verdict. It places no order."""
        context = self.assessor.open(ticket, signal, bot)
        context.is_preview = True
        try:
            self._decide(context, self.targets.find(context))
        except BrokerUnavailable as error:
            ticket.end(TicketStatus.DENIED, Reason[error.reason], error.message)
        return []

    def adopt(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> bool:
        """End a command that an interrupted attempt has carried out already; False where it has not."""
        begun = self.begun.find(ticket.id)
        if begun is None:
            return False
        context = self.assessor.open(ticket, signal, bot)
        if context.broker is None:
            return False
        context.instrument = instrument_of(begun.symbol, None)
        with symbol_lock(self.cancel_replace.gateway, context, begun.symbol):
            found = [context.broker.find(order.name) for order in begun.orders]
            receipts = [item for item in found if item is not None and is_done(signal, begun, item)]
            # What was not done is asked for again; what is gone or has its values already stays as it is.
            if len(receipts) < len(begun.orders):
                return False
            changes = self._end(context, context.broker, begun, receipts)
            finish([*changes, *self.forgetting(ticket.id)])
        return True

    def forgetting(self, ticket: UUID) -> list[Change]:
        """Return the changes that forget what a command had begun."""
        return self.begun.ending(ticket)

    def _decide(self, context: OrderContext, names: frozenset[str]) -> list[Change]:
        # With the symbol held: a switch that was thrown while the command waited for it counts.
        self.assessor.see_switches(context)
        # Nothing is said of the symbol where the alert says nothing of it.
        gates = SYMBOL_COMMAND_GATES if context.signal.symbol else COMMAND_GATES
        order = ProposedOrder(OrderRole.EXIT, context.signal.side)
        if not self.assessor.gate_check.allows(context, order, gates=gates):
            return []
        broker = context.broker
        if broker is not None and self.targets.protects(context, broker):
            context.ticket.end(TicketStatus.DENIED, Reason.ORDER_PROTECTIVE)
            return []
        working = self.targets.working(context, broker, names) if broker is not None else []
        if broker is None or not working:
            context.ticket.end(TicketStatus.SKIPPED, Reason.ORDER_NONE, how_they_ended(broker, names))
            return []
        found = ", ".join(item.receipt.client_order_id for item in working)
        context.ticket.note(Stage.ORDERS_FOUND, self.clock(), found)
        if context.signal.intent is Intent.CANCEL:
            return self._cancel(context, broker, working)
        return self._modify(context, broker, working)

    def _cancel(self, context: OrderContext, broker: Broker, working: list[Working]) -> list[Change]:
        held = self._sending(context, broker, working, TicketStatus.CANCELED)
        if held is None:
            return []
        begun = self._begin(context, working, OrderChange())
        known = {item.receipt.client_order_id: item.receipt for item in working}
        refusal: BrokerRejected | None = None
        for name, receipt in known.items():
            try:
                known[name] = self.cancel_replace.cancel(context.ticket, held, receipt)
            except BrokerRejected as error:
                # One order that cannot be canceled must not leave the others at work.
                refusal = error
        receipts = [known.get(order.name) or broker.find(order.name) for order in begun.orders]
        changes = self._end(context, broker, begun, [item for item in receipts if item is not None])
        if refusal is not None:
            context.ticket.end(TicketStatus.REJECTED, reason_of(refusal), refusal.message)
        return changes

    def _modify(self, context: OrderContext, broker: Broker, working: list[Working]) -> list[Change]:
        if len(working) > 1 or context.instrument is None:
            context.ticket.end(TicketStatus.DENIED, Reason.ORDER_AMBIGUOUS)
            return []
        item, instrument = working[0], context.instrument
        context.may_sell_options = self._dialect(context, item).may_sell_options
        change = wanted_change(broker, instrument, item, change_of(context.signal))
        if has_values(item.receipt, change):
            begun = AmendmentIntent(context.symbol, (self._concerned(context, item),), change)
            return self._end(context, broker, begun, [item.receipt])
        # What an interrupted attempt has counted is not there yet.
        self.assessor.release(context)
        if not self.changes.allows(context, broker, instrument, item, change):
            return []
        held = self._sending(context, broker, working, TicketStatus.ORDERED)
        if held is None:
            return []
        return self._replace(context, held, item, change, self._growth(context, instrument, item, change))

    def _replace(
        self,
        context: OrderContext,
        held: HeldSymbol,
        item: Working,
        change: OrderChange,
        entry: dict[str, Any] | None,
    ) -> list[Change]:
        begun = self._begin(context, [item], change, entry)
        try:
            receipt = self.cancel_replace.replace(context.ticket, held, item.receipt, change)
        except BrokerRejected as error:
            # The order stays as it was, so the day's caps get back what it would have grown by.
            self.assessor.release(context)
            latest = self.cancel_replace.gateway.look(held.broker, item.receipt)
            changes = self._end(context, held.broker, begun, [latest])
            # Nothing has grown, so other processes must not count it from the ticket either.
            context.ticket.entry = None
            context.ticket.end(TicketStatus.REJECTED, reason_of(error), error.message)
            return changes
        return self._end(context, held.broker, begun, [receipt])

    def _sending(
        self, context: OrderContext, broker: Broker, working: list[Working], status: TicketStatus
    ) -> HeldSymbol | None:
        """Return what may be sent by; None in a preview, which holds nothing, and in a dry run."""
        if context.held is None:
            for item in working:
                self._record(context, self._concerned(context, item), item.receipt)
            context.ticket.end(status)
            return None
        if not self.cancel_replace.gateway.sends_to(broker):
            context.ticket.end(TicketStatus.DRY_RUN)
            return None
        return context.held

    def _growth(
        self, context: OrderContext, instrument: Instrument, item: Working, change: OrderChange
    ) -> dict[str, Any] | None:
        """Count what an entry grows by into its day; the ticket keeps it for other processes."""
        growth = self.changes.growth(context, instrument, item, change)
        if not growth:
            return None
        entry = Entry(context.bot.id, context.symbol, growth, context.ticket.created_at, is_new=False)
        self.assessor.usage.reserve(context.ticket.id, entry, context.limits)
        return entry.record()

    def _begin(
        self,
        context: OrderContext,
        working: list[Working],
        change: OrderChange,
        entry: dict[str, Any] | None = None,
    ) -> AmendmentIntent:
        # Stored before the broker is asked: after a crash nothing else would tell that a cancel was ours.
        orders = tuple(self._concerned(context, item) for item in working)
        return self.begun.begin(context.ticket.id, AmendmentIntent(context.symbol, orders, change, entry))

    def _concerned(self, context: OrderContext, item: Working) -> Concerned:
        name = item.receipt.client_order_id
        ticket = self.targets.ticket_of(name)
        return Concerned(name, item.role, ticket if ticket is not None else context.ticket.id)

    def _dialect(self, context: OrderContext, item: Working) -> Dialect:
        """Return the dialect of the alert that placed an order, whose rules hold for its change too."""
        placed = self.ledger.find(self._concerned(context, item).ticket)
        return Dialect.named(placed["dialect"] if placed is not None else None)

    def _end(
        self, context: OrderContext, broker: Broker, begun: AmendmentIntent, receipts: list[Receipt]
    ) -> list[Change]:
        """Tell how the orders stand, in this ticket and in those that placed them."""
        # What they have filled is counted, and what is over forgotten.
        self.assessor.planner.working_orders.of(broker, context.bot.id, begun.symbol)
        by_name = {order.name: order for order in begun.orders}
        for receipt in receipts:
            self._record(context, by_name[receipt.client_order_id], receipt)
        context.ticket.entry = begun.entry
        context.ticket.end(*outcome_of(context.signal, receipts, context.ticket.orders))
        return [change for record in context.ticket.orders for change in self._rewriting(context, record)]

    def _record(self, context: OrderContext, order: Concerned, receipt: Receipt) -> None:
        record = order_record(receipt, bot=context.bot.id, ticket=order.ticket, role=order.role.value)
        context.ticket.orders.append(record)
        if context.ticket.signal is not None:
            context.ticket.signal.setdefault("symbol", receipt.symbol)

    def _rewriting(self, context: OrderContext, record: dict[str, Any]) -> list[Change]:
        """Show an order's new terms in the ticket that placed it; its end is written by the tracker."""
        document = self.ledger.document(UUID(record["ticket"]))
        if document is None or context.signal.intent is Intent.CANCEL:
            return []
        name, before = record["client_order_id"], document.value["orders"]
        orders = [record if order["client_order_id"] == name else order for order in before]
        return (
            [self.ledger.rewriting(document, document.value | {"orders": orders})] if orders != before else []
        )
