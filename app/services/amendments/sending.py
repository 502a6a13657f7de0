"""A cancel or a change on its way to the broker: sent once, then looked at until its outcome is known."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.instruments import Instrument
from app.domain.orders import Order, OrderChange, Receipt
from app.domain.tickets import Stage, Ticket
from app.errors import BrokerCredentialsRefused, BrokerRejected, BrokerUnavailable, OutcomeUnknown
from app.services.observability.journal import Journal
from app.services.observability.metrics import Metrics
from app.services.orders.working import Working

LOOK_SECONDS = 2.0
POLL_SECONDS = 0.1

Failure = BrokerRejected | OutcomeUnknown | None


@dataclass(frozen=True, slots=True)
class Sender:
    """Both are safe to send again: what is gone stays gone, and what has the wanted values is left alone."""

    journal: Journal
    metrics: Metrics
    clock: Clock

    def cancel(self, ticket: Ticket, broker: Broker, receipt: Receipt) -> Receipt:
        """Take an order back and return how it ended; it may have filled.

        Raise BrokerRejected where it goes on working, BrokerUnavailable where that is not known.
        """
        name = receipt.client_order_id
        request = {"command": "cancel", "client_order_id": name}
        _, failure = self._exchange(ticket, broker, request, lambda: broker.cancel(receipt))
        if isinstance(failure, BrokerCredentialsRefused):
            raise failure
        seen = _await(broker, name, lambda seen: seen.status.is_final, LOOK_SECONDS)
        if seen is None:
            raise _verdict(failure, name)
        ticket.note(Stage.ORDER_CANCELLED, self.clock(), f"{name} {seen.status.value}")
        return seen

    def replace(self, ticket: Ticket, broker: Broker, receipt: Receipt, change: OrderChange) -> Receipt:
        """Change an order and return it as it now stands.

        Raise BrokerRejected where it stays as it was, BrokerUnavailable where that is not known.
        """
        name = receipt.client_order_id
        request = {"command": "modify", "client_order_id": name} | _texts(change)
        seen, failure = self._exchange(ticket, broker, request, lambda: broker.replace(receipt, change))
        if isinstance(failure, BrokerCredentialsRefused):
            raise failure
        if failure is not None:
            # A refusal may be the echo of an earlier send that arrived after all.
            seconds = LOOK_SECONDS if isinstance(failure, OutcomeUnknown) else 0
            seen = _await(broker, name, lambda seen: has_values(seen, change), seconds)
        if seen is None:
            raise _verdict(failure, name)
        ticket.note(Stage.ORDER_CHANGED, self.clock(), f"{name} {seen.status.value}")
        return seen

    def _exchange(
        self, ticket: Ticket, broker: Broker, request: dict[str, Any], call: Callable[[], Receipt | None]
    ) -> tuple[Receipt | None, Failure]:
        started = time.perf_counter()
        receipt, failure = None, None
        try:
            receipt = call()
        except (BrokerRejected, OutcomeUnknown) as error:
            failure = error
        seconds = time.perf_counter() - started
        name, command = broker.name, request["command"]
        self.metrics.broker_call(broker=name, call=command, seconds=seconds, failed=failure is not None)
        answer = {"status": receipt.status.value} if receipt is not None else {}
        self.journal.exchange(
            ticket=ticket.id,
            broker=name,
            request=request,
            response={"error": str(failure)} if failure is not None else answer,
            milliseconds=seconds * 1000,
        )
        return receipt, failure


def wanted_change(broker: Broker, instrument: Instrument, item: Working, wanted: OrderChange) -> OrderChange:
    """Return the change in the steps that the broker takes, so that its success can be told."""
    receipt = item.receipt
    order = Order(
        client_order_id=receipt.client_order_id,
        instrument=instrument,
        side=receipt.side,
        role=item.role,
        type=receipt.type,
        quantity=wanted.quantity,
        limit_price=wanted.limit_price,
        stop_price=wanted.stop_price,
    )
    taken = broker.normalise(order)
    return replace(wanted, limit_price=taken.limit_price, stop_price=taken.stop_price)


def has_values(receipt: Receipt, change: OrderChange) -> bool:
    """True when an order is what the change would make of it."""
    pairs = (
        (receipt.quantity, change.quantity),
        (receipt.limit_price, change.limit_price),
        (receipt.stop_price, change.stop_price),
    )
    return all(wanted is None or held == wanted for held, wanted in pairs)


def _await(broker: Broker, name: str, is_done: Callable[[Receipt], bool], seconds: float) -> Receipt | None:
    """Look until the order is as it should be; None: it was not in time."""
    deadline = time.monotonic() + seconds
    while True:
        with suppress(BrokerUnavailable):
            seen = broker.find(name)
            if seen is not None and is_done(seen):
                return seen
        if time.monotonic() >= deadline:
            return None
        time.sleep(POLL_SECONDS)


def _verdict(failure: Failure, name: str) -> BrokerRejected | BrokerUnavailable:
    if isinstance(failure, BrokerRejected):
        return failure
    return BrokerUnavailable(f"It is not known yet what became of {name}.")


def _texts(change: OrderChange) -> dict[str, str]:
    figures = {
        "quantity": change.quantity,
        "limit_price": change.limit_price,
        "stop_price": change.stop_price,
    }
    return {name: format(value, "f") for name, value in figures.items() if value is not None}
