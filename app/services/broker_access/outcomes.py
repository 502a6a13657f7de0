"""What became of something that was sent to a broker; whoever sends gets one of four."""

from dataclasses import replace
from typing import TypeAlias

from app.dataclass import dataclass
from app.domain.orders import OrderStatus, Receipt
from app.errors import BrokerRejected, OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Placed:
    """The broker took it: an order, a cancellation or a change."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Rejected:
    """The broker proved that it did not take it."""

    receipt: Receipt
    error: BrokerRejected


@dataclass(frozen=True, slots=True)
class Unknown:
    """The broker may have taken it: it is looked up, and never sent again blindly."""

    receipt: Receipt
    error: OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Suppressed:
    """It was not sent, since nothing goes outside in a dry run."""

    receipt: Receipt


Outcome: TypeAlias = Placed | Rejected | Unknown | Suppressed


def as_order(outcome: Outcome) -> Outcome:
    """Return what became of an order with the state that this leaves it in."""
    if isinstance(outcome, Rejected):
        return replace(outcome, receipt=replace(outcome.receipt, status=OrderStatus.REJECTED))
    if isinstance(outcome, Unknown):
        return replace(outcome, receipt=replace(outcome.receipt, status=OrderStatus.UNKNOWN))
    return outcome
