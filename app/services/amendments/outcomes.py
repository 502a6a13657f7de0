"""What a command has come to, told from how its orders stand."""

from typing import Any

from app.brokers.base import Broker
from app.domain.orders import OrderChange, OrderStatus, Receipt
from app.domain.reasons import Reason
from app.domain.signals import Intent, Signal
from app.domain.tickets import TicketStatus, followed_status
from app.errors import BrokerRejected
from app.repositories.begun_commands import AmendmentIntent
from app.services.amendments.sending import has_values


def change_of(signal: Signal) -> OrderChange:
    """Return what a modify asks for."""
    return OrderChange(signal.quantity, signal.limit_price, signal.stop_price)


def is_done(signal: Signal, begun: AmendmentIntent, receipt: Receipt) -> bool:
    """Tell whether an order is already as the command wants it."""
    if signal.intent is Intent.CANCEL:
        return receipt.status.is_final
    return has_values(receipt, begun.change)


def outcome_of(
    signal: Signal, receipts: list[Receipt], orders: list[dict[str, Any]]
) -> tuple[TicketStatus, Reason | None, str | None]:
    """Return the ticket's state, and why it is so where that is not plain."""
    if signal.intent is Intent.MODIFY:
        return followed_status(orders), None, None
    if any(receipt.status is OrderStatus.CANCELED for receipt in receipts):
        return TicketStatus.CANCELED, None, None
    return TicketStatus.SKIPPED, Reason.ORDER_NONE, _sentence(receipts)


def how_they_ended(broker: Broker | None, names: frozenset[str]) -> str | None:
    """Say of orders that no longer work what became of them; None: nothing is known."""
    found = [broker.find(name) for name in sorted(names)] if broker is not None else []
    return _sentence([receipt for receipt in found if receipt is not None])


def _sentence(receipts: list[Receipt]) -> str | None:
    words = [f"{receipt.client_order_id} was {receipt.status.value} already." for receipt in receipts]
    return " ".join(words) or None


def reason_of(error: BrokerRejected) -> Reason:
    """Return why the broker would not."""
    return Reason[error.reason]
