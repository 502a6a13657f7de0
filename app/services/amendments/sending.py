"""A cancel or a change on its way to the broker: sent once, then looked at until its outcome is known."""

from collections.abc import Callable
from dataclasses import replace

from app.brokers.base import Broker
from app.clock import Clock
from app.dataclass import dataclass
from app.domain.instruments import Instrument
from app.domain.orders import Order, OrderChange, Receipt
from app.domain.tickets import Stage, Ticket
from app.errors import BrokerCredentialsRefused, BrokerRejected, BrokerUnavailable
from app.services.broker_access.budgets import AMENDMENT
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Outcome, Placed, Rejected
from app.services.orders.working import Working


@dataclass(frozen=True, slots=True)
class CancelReplace:
    """Both are safe to send again: what is gone stays gone, and what has the wanted values is left alone."""

    gateway: Gateway
    clock: Clock

    def cancel(self, ticket: Ticket, held: HeldSymbol, receipt: Receipt) -> Receipt:
        """Take an order back and return how it ended; it may have filled.

        Raise BrokerRejected where it goes on working, BrokerUnavailable where that is not known.
        """
        outcome = self.gateway.cancel(held, receipt, ticket=ticket.id)
        _refuse_without_credentials(outcome)
        # A broker's yes is a promise only, and a no may mean that it has filled: its own end decides.
        seen = self._look_until(held, receipt, _is_over)
        if not _is_over(seen):
            raise _verdict(outcome)
        ticket.note(Stage.ORDER_CANCELLED, self.clock(), f"{seen.client_order_id} {seen.status.value}")
        return seen

    def replace(self, ticket: Ticket, held: HeldSymbol, receipt: Receipt, change: OrderChange) -> Receipt:
        """Change an order and return it as it now stands.

        Raise BrokerRejected where it stays as it was, BrokerUnavailable where that is not known.
        """
        outcome = self.gateway.replace(held, receipt, change, ticket=ticket.id)
        _refuse_without_credentials(outcome)
        seen = outcome.receipt
        if isinstance(outcome, Rejected):
            # A refusal may be the echo of an earlier send that arrived after all.
            seen = self.gateway.look(held.broker, receipt)
        elif not isinstance(outcome, Placed):
            seen = self._look_until(held, receipt, lambda now: has_values(now, change))
        if not isinstance(outcome, Placed) and not has_values(seen, change):
            raise _verdict(outcome)
        ticket.note(Stage.ORDER_CHANGED, self.clock(), f"{seen.client_order_id} {seen.status.value}")
        return seen

    def _look_until(self, held: HeldSymbol, receipt: Receipt, is_done: Callable[[Receipt], bool]) -> Receipt:
        seen = self.gateway.look(held.broker, receipt)
        return self.gateway.look_until(held.broker, seen, is_done, AMENDMENT)


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


def _is_over(receipt: Receipt) -> bool:
    return receipt.status.is_final


def _refuse_without_credentials(outcome: Outcome) -> None:
    """Looking for what it came to would be refused as well."""
    if isinstance(outcome, Rejected) and isinstance(outcome.error, BrokerCredentialsRefused):
        raise outcome.error


def _verdict(outcome: Outcome) -> BrokerRejected | BrokerUnavailable:
    if isinstance(outcome, Rejected):
        return outcome.error
    return BrokerUnavailable(f"It is not known yet what became of {outcome.receipt.client_order_id}.")
