"""Closing everything at a broker, in steps that can be taken up again after a crash."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from app.brokers.base import Broker
from app.clock import Patience
from app.dataclass import dataclass
from app.domain.circuit_breaker import CircuitBreaker, Step, may_try_again, step_ticket
from app.domain.orders import OrderRole, Receipt
from app.domain.tickets import Stage, Ticket, TicketStatus
from app.errors import BrokerUnavailable, Conflict, NotFound, PursuitOver, RequestRefused
from app.services.base import Runtime
from app.services.broker_access.budgets import LIQUIDATION
from app.services.broker_access.gateway import Gateway
from app.services.broker_access.outcomes import Rejected, Unknown
from app.services.observability.events import EventKind
from app.services.portfolio.closers import ClosedBy
from app.services.portfolio.positions import PositionService
from app.services.runtime.second_look import SecondLook
from app.services.runtime.turns import Apart, in_time

BY, DIALECT = "circuit breaker", "circuit_breaker"
# An order that is out, or that may be: nothing is sent beside it.
GOES_ON = frozenset(
    {TicketStatus.PURSUING, TicketStatus.ORDERED, TicketStatus.PARTIALLY_FILLED, TicketStatus.UNKNOWN}
)
NOT_DONE = frozenset({TicketStatus.REJECTED, TicketStatus.DENIED, TicketStatus.FAILED})
# What is canceled is over by then, at a broker in order.
CANCELED_BY = timedelta(minutes=1)

_logger = logging.getLogger(__name__)

# Writes the breaker down before the step that it tells of is taken.
Save = Callable[[CircuitBreaker], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidation:
    """Cancel what waits, then close what is held: an exit for each symbol, which is pursued as any other is.

    Structures are left by ladders of their own, all legs at once: leg by leg a sold one could stand bare.
    """

    positions: PositionService
    gateway: Gateway
    runtime: Runtime
    looks: SecondLook

    def advance(self, breaker: CircuitBreaker, broker: Broker, save: Save) -> bool:
        """Do what can be done now; return whether nothing waits and nothing is held any more.

        Raise BrokerUnavailable when the broker cannot be asked, RecordUnreadable where a trade keeps
        something from being sold.
        """
        ticket = breaker.ticket or UUID(int=0)
        # First, so that nothing cancels what takes them out.
        ladders = self._leave_structures(breaker, ticket, broker)
        steps = {step_ticket(ticket, step) for step in breaker.steps}
        closing = (item for item in self.positions.open_orders.at(broker.name) if item.ticket in steps)
        own = {item.client_order_id for item in closing}
        busy = self._cancel_others(broker, ticket, own | ladders)
        held = {position.symbol for position in self.positions.free.at(broker)}
        self._tell_stuck(breaker, broker, held & busy)
        # Where an order still works nothing is sent beside it: what it fills would be closed twice.
        breaker = self._close(breaker, ticket, broker, held - busy, save)
        self.positions.tracker.follow()
        # The end is what the broker shows, not that every order was sent: one may be refused or fill in part.
        if broker.positions() or broker.open_orders():
            self.looks.saw(broker.name)
            # What stays because a trade cannot be read keeps /readyz failing, or nobody would hear of it.
            self.positions.free.structures.certainly_at(broker.name)
            return False
        # Nor is it one empty answer that no fill of ours explains: what is still there would not be sold any
        # more, and its books would end.
        structures = self.positions.free.structures.each_at(broker.name)
        books = (*self.positions.trades.each_at(broker.name), *structures)
        is_explained = bool(breaker.steps) and not books
        if not is_explained and not self.looks.confirms(broker.name):
            return False
        self.looks.saw(broker.name)
        for step in breaker.steps:
            # Else the bots' next exits would be sized by units that nobody holds any more.
            self.positions.forget(broker, step.symbol)
        return True

    def stop(self, breaker: CircuitBreaker, by: str) -> None:
        """Give up the exits that go on; orders that were sent stay sent."""
        for step in breaker.steps:
            with suppress(NotFound, PursuitOver):
                self.positions.give_up(step_ticket(breaker.ticket or UUID(int=0), step), by)

    def _leave_structures(self, breaker: CircuitBreaker, ticket: UUID, broker: Broker) -> set[str]:
        """Begin to leave every structure; return the ids of the orders that leave them now."""
        for trade in in_time(self.positions.free.structures.at(broker.name)):
            number = step_ticket(ticket, Step(f"trade {trade.number}", 1, self.runtime.clock()))
            # What is being left already goes on by itself, and a broker that is away is asked again.
            with suppress(RequestRefused, NotFound, Conflict, BrokerUnavailable):
                self.positions.leave(trade, _closed_by(breaker), ticket=number)
        works = (trade.work for trade in self.positions.free.structures.at(broker.name))
        return {work.client_order_id for work in works if work is not None and work.role is OrderRole.EXIT}

    def _close(
        self, breaker: CircuitBreaker, ticket: UUID, broker: Broker, wanted: set[str], save: Save
    ) -> CircuitBreaker:
        # One that fails in an unforeseen way must not stand before those behind it, look after look.
        with Apart() as symbols:
            for symbol in in_time(sorted(wanted)):
                with symbols.one():
                    if self._goes_on(breaker, ticket, broker, symbol):
                        continue
                    breaker = breaker.attempting(symbol, self.runtime.clock())
                    # The ticket follows from the attempt: stored first, it can be looked up after a crash.
                    save(breaker)
                    self._tell(broker, symbol, self._pursue(breaker, broker, ticket, breaker.steps[-1]))
        return breaker

    def _goes_on(self, breaker: CircuitBreaker, ticket: UUID, broker: Broker, symbol: str) -> bool:
        """Tell whether the last attempt to close a symbol goes on, or is too young for another."""
        step = breaker.step(symbol)
        if step is None:
            return False
        begun = self._pursue(breaker, broker, ticket, step)
        return begun.status in GOES_ON or not may_try_again(step, self.runtime.clock())

    def _pursue(self, breaker: CircuitBreaker, broker: Broker, ticket: UUID, step: Step) -> Ticket:
        """Let an exit go on as any other does; return its ticket as it stands."""
        number = step_ticket(ticket, step)
        return self.positions.close_for(broker, step.symbol, number, by=_closed_by(breaker))

    def _tell(self, broker: Broker, symbol: str, closing: Ticket) -> None:
        if closing.status in NOT_DONE:
            message = f"{symbol} at {broker.name} could not be closed: {closing.message}"
            self.runtime.journal.activity(f"{BY}: {message}")
            self.runtime.notifier.notify(EventKind.CIRCUIT_BREAKER_ALARM, message, key=message)

    def _tell_stuck(self, breaker: CircuitBreaker, broker: Broker, symbols: set[str]) -> None:
        """Tell which positions wait for orders that do not end: a person can, at the broker itself."""
        now = self.runtime.clock()
        if abs(now - (breaker.breach_at or now)) < CANCELED_BY:
            return
        for symbol in sorted(symbols):
            why = "an order in it still works although it was canceled. Cancel it at the broker itself."
            message = f"{symbol} at {broker.name} is not closed yet: {why}"
            self.runtime.notifier.notify(EventKind.CIRCUIT_BREAKER_ALARM, message, key=message)

    def _cancel_others(self, broker: Broker, ticket: UUID, own: set[str]) -> set[str]:
        """Cancel every order that is not ours; return the symbols in which one still works."""
        waiting = _others(broker, own)
        for receipt in in_time(waiting):
            self._cancel(broker, receipt, ticket)
        patience = Patience(LIQUIDATION, self.gateway.wait)
        # A broker only promises to cancel; what still works keeps its symbol out of this turn.
        while waiting and (waiting := _others(broker, own)) and patience.lasts():
            pass
        return {receipt.symbol for receipt in waiting}

    def _cancel(self, broker: Broker, receipt: Receipt, ticket: UUID) -> None:
        with self.gateway.hold(broker, receipt.symbol) as held:
            outcome = self.gateway.cancel(held, receipt, ticket=ticket)
        if isinstance(outcome, Rejected | Unknown):
            # It may have ended with its mate; one that is still there is canceled again by the next look.
            why = outcome.error.message
            _logger.debug("%s could not be canceled: %s", receipt.client_order_id, why)


def _others(broker: Broker, own: set[str]) -> list[Receipt]:
    return [receipt for receipt in broker.open_orders() if receipt.client_order_id not in own]


def _closed_by(breaker: CircuitBreaker) -> ClosedBy:
    """Say in the sale's ticket which breach it is for."""
    breach = "" if breaker.breach is None else breaker.breach.value.replace("_", "-")
    equity = "" if breaker.breach_equity is None else f" at an equity of {breaker.breach_equity:,f}"
    source = "" if breaker.breach_source is None else f", set by {breaker.breach_source}"
    return ClosedBy(BY, DIALECT, Stage.BREAKER_TRIPPED, f"{breach}{equity}{source}" or None)
