"""From a signal to its orders at the broker: one turn at a time for each account and symbol."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from uuid import UUID

from app.brokers.base import Broker
from app.domain.bots import Bot
from app.domain.orders import (
    STOP_LOSS_SUFFIX,
    TAKE_PROFIT_SUFFIX,
    Order,
    OrderRole,
    OrderStatus,
    Receipt,
    client_order_id,
)
from app.domain.planning import wants_entry_after
from app.domain.reasons import Reason
from app.domain.signals import Signal
from app.domain.tickets import Ticket, TicketStatus, followed_status, order_record
from app.domain.trades import Fill
from app.errors import BrokerCredentialsRefused, BrokerRejected, BrokerUnavailable, OutcomeUnknown
from app.services.clock import Clock
from app.services.journal import Journal
from app.services.locks import BOT_LOCK, Locks
from app.services.metrics import Metrics
from app.services.trading.assessment import Assessor
from app.services.trading.case import Case, TradingRules
from app.services.trading.records import is_working, reminder, request_record, signal_record
from app.services.trading.trades import TradeBook
from app.storage.base import Change

# How long a reversal waits for its exit to fill, within what an HTTP answer may take.
REVERSAL_SECONDS = 2.0
POLL_SECONDS = 0.1

# Writes the changes, and whatever else closes the ticket; called while the symbol is still held.
Finish = Callable[[list[Change]], None]


class Trading:
    """Decide on a signal and send what was decided, once."""

    def __init__(
        self,
        *,
        assessor: Assessor,
        trades: TradeBook,
        locks: Locks,
        rules: TradingRules,
        journal: Journal,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._assessor = assessor
        self._trades = trades
        self._locks = locks
        self._rules = rules
        self._journal = journal
        self._metrics = metrics
        self._clock = clock

    def carry_out(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> None:
        """Take a signal to its end; `finish` is called once, with what must be written beside the ticket."""
        case = self._open(ticket, signal, bot)
        with self._turn(case):
            self._assessor.decide(case)
            receipts = self._send(case)
            brackets = {
                order.client_order_id for order in case.orders if order.stop_loss or order.take_profit
            }
            finish(self._changes(case, receipts, brackets))

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Decide on a signal without sending anything; the ticket tells every verdict."""
        case = self._open(ticket, signal, bot)
        case.is_preview = True
        self._assessor.decide(case)
        self._assessor.release(case)
        return case.orders

    def adopt(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> bool:
        """Take up orders of this ticket that the broker holds already; False when it holds none."""
        case = self._open(ticket, signal, bot)
        if case.broker is None:
            return False
        with self._turn(case):
            placed = self._placed(case.broker, bot.id, ticket.id)
            if not placed:
                return False
            for role, receipt in placed.items():
                self._record(ticket, receipt, role)
            if OrderRole.ENTRY in placed:
                self._assessor.count_adopted(case, placed[OrderRole.ENTRY])
            partly = OrderRole.ENTRY not in placed and _lacks_entry(signal, placed[OrderRole.EXIT])
            ticket.end(followed_status(ticket.orders), Reason.RECOVERED_PARTLY if partly else None)
            receipts = list(placed.values())
            finish(self._changes(case, receipts, self._brackets(case.broker, receipts)))
        return True

    @contextmanager
    def _turn(self, case: Case) -> Iterator[None]:
        """Hold the symbol, and before it the bot where its entries are counted: always in this order."""
        with ExitStack() as stack:
            if case.limits.counts_entries:
                stack.enter_context(self._locks.hold(f"{BOT_LOCK}{case.bot.id}"))
            stack.enter_context(self._locks.hold(f"{case.broker_name}:{case.symbol}"))
            yield

    def _open(self, ticket: Ticket, signal: Signal, bot: Bot) -> Case:
        ticket.signal = signal_record(signal)
        return self._assessor.open(ticket, signal, bot)

    def _placed(self, broker: Broker, bot: str, ticket: UUID) -> dict[OrderRole, Receipt]:
        found = {
            role: broker.find(client_order_id(bot, ticket, role))
            for role in (OrderRole.EXIT, OrderRole.ENTRY)
        }
        return {role: receipt for role, receipt in found.items() if receipt is not None}

    def _brackets(self, broker: Broker, receipts: list[Receipt]) -> set[str]:
        """Return the orders that the broker protects with legs."""
        names = {receipt.client_order_id for receipt in receipts}
        suffixes = (STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX)
        return {name for name in names if any(broker.find(name + suffix) is not None for suffix in suffixes)}

    def _send(self, case: Case) -> list[Receipt]:
        if not case.orders or case.broker is None:
            return []
        if self._rules.dry_run and not case.broker.capabilities.simulated:
            return self._suppress(case)
        receipts: list[Receipt] = []
        for order in case.orders:
            if receipts and not self._has_closed(case, case.broker, receipts):
                self._forget_entry(case)
                return receipts
            receipt = self._submit(case, case.broker, order)
            if receipt is None:
                return receipts
            receipts.append(receipt)
        ticket = case.ticket
        ticket.end(followed_status(ticket.orders), ticket.reason, ticket.message)
        return receipts

    def _has_closed(self, case: Case, broker: Broker, receipts: list[Receipt]) -> bool:
        """Wait until the exit of a reversal has filled, where a broker lets no order cross zero."""
        deadline = time.monotonic() + REVERSAL_SECONDS
        while receipts[-1].status is not OrderStatus.FILLED and not broker.capabilities.crosses_zero:
            if receipts[-1].status.is_final or time.monotonic() >= deadline:
                status = followed_status(case.ticket.orders)
                case.ticket.end(status, Reason.EXIT_NOT_FILLED, Reason.EXIT_NOT_FILLED.meaning)
                return False
            time.sleep(POLL_SECONDS)
            self._look_again(case, broker, receipts)
        return True

    def _look_again(self, case: Case, broker: Broker, receipts: list[Receipt]) -> None:
        """See how the exit stands: counted as unfilled, it would be taken off what the entry bought."""
        with suppress(BrokerUnavailable):
            seen = broker.find(receipts[-1].client_order_id)
            if seen is not None:
                receipts[-1] = seen
                case.ticket.orders.pop()
                self._record(case.ticket, seen, OrderRole.EXIT)

    def _forget_entry(self, case: Case) -> None:
        """Take back the count of an entry that is not at the broker."""
        case.ticket.entry = None
        self._assessor.release(case)

    def _suppress(self, case: Case) -> list[Receipt]:
        for order in case.orders:
            self._record(case.ticket, self._unsent(case, order, OrderStatus.PENDING), order.role)
            case.ticket.orders[-1]["status"] = TicketStatus.DRY_RUN.value
        case.ticket.end(TicketStatus.DRY_RUN, case.ticket.reason, case.ticket.message)
        return []

    def _submit(self, case: Case, broker: Broker, order: Order) -> Receipt | None:
        """Send one order; None when the next one must not follow."""
        started = time.perf_counter()
        ticket, failure = case.ticket, None
        try:
            receipt = broker.submit(order)
        except (BrokerRejected, OutcomeUnknown) as error:
            failure = error
            receipt = self._failed(case, order, error)
        self._record(ticket, receipt, order.role)
        seconds = time.perf_counter() - started
        ticket.note("submitted", self._clock(), f"{order.client_order_id} {receipt.status.value}")
        self._tell(case, order, seconds, failure)
        return receipt if failure is None else None

    def _failed(self, case: Case, order: Order, error: BrokerRejected | OutcomeUnknown) -> Receipt:
        if order.role is OrderRole.EXIT or isinstance(error, BrokerRejected):
            # Where an exit fails, the entry that was to follow it is not sent.
            self._forget_entry(case)
        if isinstance(error, OutcomeUnknown):
            case.ticket.end(TicketStatus.UNKNOWN, Reason.OUTCOME_UNKNOWN, error.message)
            return self._unsent(case, order, OrderStatus.UNKNOWN)
        case.ticket.end(TicketStatus.REJECTED, _why(error), error.message)
        return self._unsent(case, order, OrderStatus.REJECTED)

    def _unsent(self, case: Case, order: Order, status: OrderStatus) -> Receipt:
        return Receipt(
            client_order_id=order.client_order_id,
            broker_order_id="",
            broker=case.broker_name,
            symbol=order.instrument.symbol,
            side=order.side,
            type=order.type,
            status=status,
            created_at=self._clock(),
            quantity=order.quantity,
            notional=order.notional,
            limit_price=order.limit_price,
            stop_price=order.stop_price,
        )

    def _record(self, ticket: Ticket, receipt: Receipt, role: OrderRole) -> None:
        ticket.orders.append(order_record(receipt, bot=ticket.bot, ticket=ticket.id, role=role.value))

    def _tell(self, case: Case, order: Order, seconds: float, failure: Exception | None) -> None:
        self._metrics.broker_call(
            broker=case.broker_name, call="submit", seconds=seconds, failed=failure is not None
        )
        if failure is None:
            self._metrics.submitted()
        self._journal.exchange(
            ticket=case.ticket.id,
            broker=case.broker_name,
            request=request_record(order),
            response={"error": str(failure)} if failure is not None else case.ticket.orders[-1],
            milliseconds=seconds * 1000,
        )

    def _changes(self, case: Case, receipts: list[Receipt], brackets: set[str]) -> list[Change]:
        """Return the trade's change and a reminder of every order that is not over."""
        if case.instrument is None or not case.ticket.orders:
            return []
        multiplier, at = case.instrument.multiplier, self._clock()
        roles = {record["client_order_id"]: OrderRole(record["role"]) for record in case.ticket.orders}
        fills = [Fill(receipt, roles[receipt.client_order_id]) for receipt in receipts]
        changes = self._trades.counting(case.bot.id, case.broker_name, case.symbol, multiplier, fills)
        for record in case.ticket.orders:
            names = [record["client_order_id"]] if is_working(record) else []
            if record["client_order_id"] in brackets and record["status"] != OrderStatus.REJECTED:
                parent = record["client_order_id"]
                names += [parent + STOP_LOSS_SUFFIX, parent + TAKE_PROFIT_SUFFIX]
            changes += [reminder(name, record, multiplier=multiplier, at=at) for name in names]
        return changes


def _why(error: BrokerRejected) -> Reason:
    keys = isinstance(error, BrokerCredentialsRefused)
    return Reason.BROKER_CREDENTIALS_REFUSED if keys else Reason.BROKER_REJECTED


def _lacks_entry(signal: Signal, exit_order: Receipt) -> bool:
    closed = exit_order.quantity or exit_order.filled_quantity
    return wants_entry_after(signal, exit_order.side, closed)
