"""Alerts that cancel or modify a working order: the bot's own, once, and never a stop-loss or take-profit."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.bots import Bot
from app.domain.gates import COMMAND_GATES
from app.domain.gates.permissions import symbol_known
from app.domain.instruments import Instrument
from app.domain.orders import Order, OrderChange, OrderRole, Receipt
from app.domain.reasons import Reason
from app.domain.signals import Dialect, Intent, Signal
from app.domain.tickets import Ticket, TicketStatus, order_record
from app.errors import BrokerRejected, BrokerUnavailable
from app.repositories.begun_commands import BegunCommands, Concerned, Undertaking
from app.repositories.tickets import Ledger
from app.services.amendments.change_check import ChangeAssessor
from app.services.amendments.outcomes import (
    as_it_stands,
    change_of,
    how_they_ended,
    is_done,
    outcome_of,
    reason_of,
)
from app.services.amendments.sending import Sender, has_values, wanted_change
from app.services.amendments.targets import Targets, instrument_of
from app.services.orders.records import signal_record
from app.services.orders.working import Working
from app.services.runtime.locks import Locks
from app.services.trading.assessment import Assessor
from app.services.trading.context import Case
from app.services.trading.entry_usage import Entry
from app.services.trading.execution import Finish, turn
from app.storage.base import Change, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Find what a command means, judge it, carry it out and tell how the orders then stand."""

    assessor: Assessor
    targets: Targets
    changes: ChangeAssessor
    sender: Sender
    begun: BegunCommands
    ledger: Ledger
    locks: Locks
    clock: Clock

    @classmethod
    def over(
        cls, assessor: Assessor, sender: Sender, store: Store, ledger: Ledger, locks: Locks
    ) -> "Commands":
        """Put the parts together."""
        return cls(
            assessor=assessor,
            targets=Targets(store, ledger, assessor.working_orders),
            changes=ChangeAssessor(assessor),
            sender=sender,
            begun=BegunCommands(store),
            ledger=ledger,
            locks=locks,
            clock=assessor.clock,
        )

    def carry_out(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> None:
        """Take a command to its end; raise BrokerUnavailable where that must wait for the broker."""
        if self.adopt(ticket, signal, bot, finish):
            return
        case = self._open(ticket, signal, bot)
        names = self.targets.find(case)
        with turn(self.locks, case, case.symbol):
            changes = self._decide(case, names)
            finish([*changes, *self.forgetting(ticket.id)])

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Decide on a command and leave all as it is; the ticket tells every verdict. It places no order."""
        case = self._open(ticket, signal, bot)
        case.is_preview = True
        try:
            self._decide(case, self.targets.find(case))
        except BrokerUnavailable as error:
            ticket.end(TicketStatus.DENIED, Reason[error.reason], error.message)
        return []

    def adopt(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> bool:
        """End a command that an interrupted attempt has carried out already; False where it has not."""
        document = self.begun.find(ticket.id)
        if document is None:
            return False
        case, begun = self._open(ticket, signal, bot), Undertaking.from_json(document.value)
        if case.broker is None:
            return False
        case.instrument = instrument_of(begun.symbol, None)
        with turn(self.locks, case, begun.symbol):
            found = [case.broker.find(order.name) for order in begun.orders]
            receipts = [item for item in found if item is not None and is_done(signal, begun, item)]
            if len(receipts) < len(begun.orders):
                return False
            changes = self._end(case, case.broker, begun, receipts)
            finish([*changes, *self.forgetting(ticket.id)])
        return True

    def forgetting(self, ticket: UUID) -> list[Change]:
        """Return the changes that forget what a command had begun."""
        return self.begun.ending(ticket)

    def _open(self, ticket: Ticket, signal: Signal, bot: Bot) -> Case:
        ticket.signal = signal_record(signal)
        return self.assessor.open(ticket, signal, bot)

    def _decide(self, case: Case, names: frozenset[str]) -> list[Change]:
        case.global_state = self.assessor.switch.read().at(self.clock())
        # Nothing is said of the symbol where the alert says nothing of it.
        gates = (*COMMAND_GATES, symbol_known) if case.signal.symbol else COMMAND_GATES
        if not self.assessor.judge.allows(case, OrderRole.EXIT, case.signal.side, gates=gates):
            return []
        broker = case.broker
        if broker is not None and self.targets.protects(case, broker):
            case.ticket.end(TicketStatus.DENIED, Reason.ORDER_PROTECTIVE)
            return []
        working = self.targets.working(case, broker, names) if broker is not None else []
        if broker is None or not working:
            case.ticket.end(TicketStatus.SKIPPED, Reason.ORDER_NONE, how_they_ended(broker, names))
            return []
        found = ", ".join(item.receipt.client_order_id for item in working)
        case.ticket.note("found", self.clock(), found)
        if case.signal.intent is Intent.CANCEL:
            return self._cancel(case, broker, working)
        return self._modify(case, broker, working)

    def _cancel(self, case: Case, broker: Broker, working: list[Working]) -> list[Change]:
        if self._only_looks(case, broker, working, TicketStatus.CANCELED):
            return []
        begun = self._begin(case, working, OrderChange())
        known = {item.receipt.client_order_id: item.receipt for item in working}
        refusal: BrokerRejected | None = None
        for name, receipt in known.items():
            try:
                known[name] = self.sender.cancel(case.ticket, broker, receipt)
            except BrokerRejected as error:
                refusal = error
        receipts = [known.get(order.name) or broker.find(order.name) for order in begun.orders]
        changes = self._end(case, broker, begun, [item for item in receipts if item is not None])
        if refusal is not None:
            case.ticket.end(TicketStatus.REJECTED, reason_of(refusal), refusal.message)
        return changes

    def _modify(self, case: Case, broker: Broker, working: list[Working]) -> list[Change]:
        if len(working) > 1 or case.instrument is None:
            case.ticket.end(TicketStatus.DENIED, Reason.ORDER_AMBIGUOUS)
            return []
        item, instrument = working[0], case.instrument
        case.may_sell_options = self._dialect(case, item) == Dialect.OPTION.value
        change = wanted_change(broker, instrument, item, change_of(case.signal))
        if has_values(item.receipt, change):
            begun = Undertaking(case.symbol, (self._concerned(case, item),), change)
            return self._end(case, broker, begun, [item.receipt])
        # What an interrupted attempt has counted is not there yet.
        self.assessor.release(case)
        if not self.changes.allows(case, broker, instrument, item, change):
            return []
        if self._only_looks(case, broker, working, TicketStatus.ORDERED):
            return []
        return self._replace(case, broker, item, change, self._growth(case, instrument, item, change))

    def _replace(
        self, case: Case, broker: Broker, item: Working, change: OrderChange, entry: dict[str, Any] | None
    ) -> list[Change]:
        begun = self._begin(case, [item], change, entry)
        try:
            receipt = self.sender.replace(case.ticket, broker, item.receipt, change)
        except BrokerRejected as error:
            self.assessor.release(case)
            changes = self._end(case, broker, begun, [as_it_stands(broker, item.receipt)])
            case.ticket.entry = None
            case.ticket.end(TicketStatus.REJECTED, reason_of(error), error.message)
            return changes
        return self._end(case, broker, begun, [receipt])

    def _only_looks(self, case: Case, broker: Broker, working: list[Working], status: TicketStatus) -> bool:
        """Stop before the broker is told, in a preview and in a dry run."""
        if case.is_preview:
            for item in working:
                self._record(case, self._concerned(case, item), item.receipt)
            case.ticket.end(status)
        elif self.assessor.rules.dry_run and not broker.capabilities.simulated:
            case.ticket.end(TicketStatus.DRY_RUN)
        else:
            return False
        return True

    def _growth(
        self, case: Case, instrument: Instrument, item: Working, change: OrderChange
    ) -> dict[str, Any] | None:
        """Count what an entry grows by into its day; the ticket keeps it for other processes."""
        growth = self.changes.growth(case, instrument, item, change)
        if not growth:
            return None
        entry = Entry(case.bot.id, case.symbol, growth, case.ticket.created_at, is_new=False)
        self.assessor.usage.reserve(case.ticket.id, entry, case.limits)
        return {"symbol": case.symbol, "notional": format(growth, "f"), "is_new": False}

    def _begin(
        self, case: Case, working: list[Working], change: OrderChange, entry: dict[str, Any] | None = None
    ) -> Undertaking:
        orders = tuple(self._concerned(case, item) for item in working)
        return self.begun.begin(case.ticket.id, Undertaking(case.symbol, orders, change, entry))

    def _concerned(self, case: Case, item: Working) -> Concerned:
        name = item.receipt.client_order_id
        ticket = self.targets.ticket_of(name)
        return Concerned(name, item.role, ticket if ticket is not None else case.ticket.id)

    def _dialect(self, case: Case, item: Working) -> str | None:
        """Return the dialect of the alert that placed an order, whose rules hold for its change too."""
        placed = self.ledger.find(self._concerned(case, item).ticket)
        return placed["dialect"] if placed is not None else None

    def _end(self, case: Case, broker: Broker, begun: Undertaking, receipts: list[Receipt]) -> list[Change]:
        """Tell how the orders stand, in this ticket and in those that placed them."""
        # What they have filled is counted, and what is over forgotten.
        self.assessor.working_orders.of(broker, case.bot.id, begun.symbol)
        by_name = {order.name: order for order in begun.orders}
        for receipt in receipts:
            self._record(case, by_name[receipt.client_order_id], receipt)
        case.ticket.entry = begun.entry
        case.ticket.end(*outcome_of(case.signal, receipts, case.ticket.orders))
        return [change for record in case.ticket.orders for change in self._rewriting(case, record)]

    def _record(self, case: Case, order: Concerned, receipt: Receipt) -> None:
        record = order_record(receipt, bot=case.bot.id, ticket=order.ticket, role=order.role.value)
        case.ticket.orders.append(record)
        if case.ticket.signal is not None:
            case.ticket.signal.setdefault("symbol", receipt.symbol)

    def _rewriting(self, case: Case, record: dict[str, Any]) -> list[Change]:
        """Show an order's new terms in the ticket that placed it; its end is written by the follower."""
        document = self.ledger.document(UUID(record["ticket"]))
        if document is None or case.signal.intent is Intent.CANCEL:
            return []
        name, before = record["client_order_id"], document.value["orders"]
        orders = [record if order["client_order_id"] == name else order for order in before]
        return (
            [self.ledger.rewriting(document, document.value | {"orders": orders})] if orders != before else []
        )
