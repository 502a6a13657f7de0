"""The one place that submits, cancels and replaces at a broker, whoever wants it.

Dry run, the symbol's lock, timing, journal, metrics and the judgement of what came back are here, once. An
exit that is pursued will be sent from here as well.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID

from app.brokers.base import Broker
from app.clock import Budget, Clock, Patience, Wait
from app.dataclass import dataclass
from app.domain.orders import Order, OrderChange, Receipt, bot_of_order, unsent
from app.domain.tickets import order_record
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from app.services.broker_access.budgets import CANCEL
from app.services.broker_access.outcomes import (
    Outcome,
    Placed,
    Rejected,
    Suppressed,
    Unknown,
    as_order,
)
from app.services.observability.journal import Journal
from app.services.observability.metrics import Metrics
from app.services.runtime.locks import Grip, Locks

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HeldSymbol:
    """Proof that its owner has a symbol at a broker to itself; only `Gateway.hold` makes one.

    Its `grip` may be lost while it is held, with the session that has it. `by_operator`: a person acts, whose
    own closes and cancels are sent in a dry run too.
    """

    broker: Broker
    symbol: str
    grip: Grip
    by_operator: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What is asked of a broker.

    `request` shows it, `receipt` stands for the broker's answer where it gives none. Both are made before the
    call: a fault of ours in making them must not lose what became of an order that is out.
    """

    call: str
    request: dict[str, Any]
    receipt: Receipt
    ticket: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Send once, write down what was asked and answered, and say what it came to."""

    locks: Locks
    journal: Journal
    metrics: Metrics
    clock: Clock
    wait: Wait
    dry_run: bool

    def sends_to(self, broker: Broker) -> bool:
        """Tell whether anything is sent to a broker: to one outside nothing is in a dry run."""
        return broker.capabilities.simulated or not self.dry_run

    def sends(self, held: HeldSymbol) -> bool:
        """Tell whether what its holder sends leaves the house: whoever clicks on "close" means it."""
        return held.by_operator or self.sends_to(held.broker)

    @contextmanager
    def hold(self, broker: Broker, symbol: str, *, by_operator: bool = False) -> Iterator[HeldSymbol]:
        """Wait for a symbol and have it alone while the block runs; never ask for one that is held already.

        Locks are not re-entrant, so whoever holds a symbol hands the proof on instead of asking again.
        """
        with self.locks.hold_symbol(broker.name, symbol) as grip:
            yield HeldSymbol(broker, symbol, grip, by_operator)

    def submit(self, held: HeldSymbol, order: Order, *, ticket: UUID) -> Outcome:
        """Send an order once; it is never sent again from here, whatever the broker answers."""

        def shown(answer: Receipt) -> dict[str, Any]:
            bot = bot_of_order(order.client_order_id) or ""
            return order_record(answer, bot=bot, ticket=ticket, role=order.role.value)

        receipt = unsent(order, broker=held.broker.name, at=self.clock())
        message = Message("submit", request_record(order), receipt, ticket)
        outcome = self._send(message, held, partial(held.broker.submit, order), shown)
        if isinstance(outcome, Placed):
            self.metrics.submitted()
        return as_order(outcome)

    def cancel(self, held: HeldSymbol, receipt: Receipt, *, ticket: UUID | None = None) -> Outcome:
        """Ask for a working order to be canceled; the broker may only promise it."""
        broker = held.broker

        def call() -> Receipt:
            broker.cancel(receipt)
            return receipt

        record = {"command": "cancel", "client_order_id": receipt.client_order_id}
        message = Message("cancel", record, receipt, ticket)
        return self._send(message, held, call, lambda _: {})

    def replace(
        self, held: HeldSymbol, receipt: Receipt, change: OrderChange, *, ticket: UUID | None = None
    ) -> Outcome:
        """Change a working order."""
        broker = held.broker
        message = Message("modify", _change_record(receipt, change), receipt, ticket)
        return self._send(
            message,
            held,
            lambda: broker.replace(receipt, change),
            lambda changed: {"status": changed.status.value},
        )

    def withdraw(self, held: HeldSymbol, receipt: Receipt, *, ticket: UUID | None = None) -> Outcome:
        """Cancel a working order and wait until it is over: what it holds is free only then.

        Raise BrokerUnavailable where the broker does not say that it is gone.
        """
        name = receipt.client_order_id
        outcome = self.cancel(held, receipt, ticket=ticket)
        if isinstance(outcome, Suppressed):
            return outcome
        if isinstance(outcome, Unknown):
            # Going on would sell units that this order may still sell.
            raise BrokerUnavailable(f"{name} may still be working.") from outcome.error
        # Refused: it filled or ended meanwhile, perhaps with its mate; what it filled is counted next.
        patience = Patience(CANCEL, self.wait)
        while (seen := held.broker.find(name)) is not None and not seen.status.is_final:
            if not patience.lasts():
                raise BrokerUnavailable(f"{name} is still working although it was canceled.")
        return outcome

    def look(self, broker: Broker, receipt: Receipt) -> Receipt:
        """Return an order as the broker shows it now, or as it was seen last."""
        with suppress(BrokerUnavailable):
            found = broker.find(receipt.client_order_id)
            return receipt if found is None else found.seen_at(self.clock())
        return receipt

    def look_until(
        self, broker: Broker, receipt: Receipt, is_done: Callable[[Receipt], bool], budget: Budget
    ) -> Receipt:
        """Look until an order is as it should be, or the time is over; return it as it was seen last."""
        patience = Patience(budget, self.wait)
        while not is_done(receipt) and patience.lasts():
            receipt = self.look(broker, receipt)
        return receipt

    def _send(
        self,
        message: Message,
        held: HeldSymbol,
        call: Callable[[], Receipt],
        shown: Callable[[Receipt], dict[str, Any]],
    ) -> Outcome:
        if not self.sends(held):
            return Suppressed(message.receipt)
        # Last of all: with its session a symbol is lost, and another process may send there by now.
        held.grip.assure()
        started = time.perf_counter()
        try:
            outcome: Placed | Rejected | Unknown = Placed(call())
        except BrokerRejected as error:
            outcome = Rejected(message.receipt, error)
        except OutcomeUnknown as error:
            # Nothing else is caught: a slip of ours must not pass for an answer of the broker.
            outcome = Unknown(message.receipt, error)
        seconds = time.perf_counter() - started
        if isinstance(outcome, Placed):
            outcome, answer = self._read(message, outcome.receipt, shown)
        if not isinstance(outcome, Placed):
            answer = {"error": outcome.error.message}
        failed = _is_failure(message.call, outcome)
        self.metrics.broker_call(broker=held.broker.name, call=message.call, seconds=seconds, failed=failed)
        # Written with its answer and not before the send: between the alert's own write and its order no
        # other write may stand (docs/design.md).
        self.journal.exchange(
            ticket=message.ticket,
            broker=held.broker.name,
            request=message.request,
            response=answer,
            milliseconds=seconds * 1000,
        )
        return outcome

    def _read(
        self, message: Message, receipt: Receipt, shown: Callable[[Receipt], dict[str, Any]]
    ) -> tuple[Placed | Unknown, dict[str, Any]]:
        """Return what the broker answered, and its record; Unknown where neither can be made of it."""
        try:
            seen = receipt.seen_at(self.clock())
            return Placed(seen), shown(seen)
        except Exception as error:
            # It has been sent: a fault of ours in reading the answer is as if none had come, so that it is
            # looked up. Raised, it would pass for an order that never left.
            _logger.exception(
                "The answer to %s %s cannot be read", message.call, message.receipt.client_order_id
            )
            unread = OutcomeUnknown("The broker answered, but what it answered cannot be read.")
            unread.__cause__ = error
            return Unknown(message.receipt, unread), {}


def request_record(order: Order) -> dict[str, Any]:
    """Show an order that is sent, or would be, as logs.jsonl and previews do."""
    return {
        "client_order_id": order.client_order_id,
        "symbol": order.instrument.symbol,
        "side": order.side.value,
        "role": order.role.value,
        "type": order.type.value,
        "time_in_force": order.time_in_force.value,
        **_texts(order, "quantity", "notional", "limit_price", "stop_price", "take_profit", "stop_loss"),
    }


def _change_record(receipt: Receipt, change: OrderChange) -> dict[str, Any]:
    texts = _texts(change, "quantity", "limit_price", "stop_price")
    named = {name: text for name, text in texts.items() if text is not None}
    return {"command": "modify", "client_order_id": receipt.client_order_id, **named}


def _texts(told: Order | OrderChange, *names: str) -> dict[str, str | None]:
    figures = {name: getattr(told, name) for name in names}
    return {name: None if figure is None else format(figure, "f") for name, figure in figures.items()}


def _is_failure(call: str, outcome: Outcome) -> bool:
    """Tell whether a broker failed us.

    A cancel or a change of what has filled or ended meanwhile is refused every day; an order that is refused
    is what somebody should look at, and so is a refusal with a reason of its own, such as the credentials.
    """
    if isinstance(outcome, Rejected) and call != "submit":
        return outcome.error.reason != BrokerRejected.code
    return isinstance(outcome, Rejected | Unknown)
