"""A bot's own orders that still wait: what is asked for next must not stand on top of them."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.brokers.base import Broker
from app.domain.money import ZERO
from app.domain.orders import OrderRole, Receipt, Side
from app.domain.signals import Intent, Signal
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from app.services.orders.tracking import OrderTracker

CANCEL_SECONDS = 2.0
POLL_SECONDS = 0.05

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Working:
    """An order at the broker that can still fill, and what it is to the position."""

    receipt: Receipt
    role: OrderRole

    @property
    def remaining(self) -> Decimal:
        """Units that have not filled yet."""
        return (self.receipt.quantity or ZERO) - self.receipt.filled_quantity


class WorkingOrders:
    """Look at, and take back, what waits in one symbol; the caller holds the symbol."""

    def __init__(self, tracker: OrderTracker) -> None:
        self._follower = tracker

    def of(self, broker: Broker, bot: str | None, symbol: str) -> list[Working]:
        """Return a bot's working orders (everybody's, for None), what they filled being counted."""
        seen = self._follower.settle(broker, bot, symbol)
        return [Working(receipt, role) for receipt, role in seen if not receipt.status.is_final]

    def closing(self, broker: Broker, bot: str, symbol: str) -> Decimal:
        """Return how many units working exits close, or may; stop-loss and take-profit do not count."""
        exits = (item for item in self.of(broker, bot, symbol) if item.role is OrderRole.EXIT)
        working = sum((item.remaining for item in exits if not item.receipt.is_protective), ZERO)
        return working + self.in_doubt(broker, bot, symbol)

    def in_doubt(self, broker: Broker, bot: str, symbol: str) -> Decimal:
        """Return how many units exits may close that were sent and that the broker has never shown."""
        return self._follower.in_doubt(broker, bot, symbol)

    def withdraw(self, broker: Broker, orders: Iterable[Working]) -> list[str]:
        """Cancel orders; return their client order ids.

        Raise BrokerUnavailable where the broker does not say that an order is gone.
        """
        names = [self._cancel(broker, item.receipt) for item in orders]
        return sorted(names)

    def _cancel(self, broker: Broker, receipt: Receipt) -> str:
        try:
            broker.cancel(receipt)
        except BrokerRejected as error:
            # It filled or ended meanwhile, perhaps with its mate; what it filled is counted next.
            _logger.debug("%s was not there to cancel: %s", receipt.client_order_id, error.message)
        except OutcomeUnknown as error:
            raise BrokerUnavailable(f"{receipt.client_order_id} may still be working.") from error
        self._await_end(broker, receipt.client_order_id)
        return receipt.client_order_id

    def _await_end(self, broker: Broker, name: str) -> None:
        """A broker may only promise to cancel; what the order holds is free when it is over."""
        deadline = time.monotonic() + CANCEL_SECONDS
        while (receipt := broker.find(name)) is not None and not receipt.status.is_final:
            if time.monotonic() >= deadline:
                raise BrokerUnavailable(f"{name} is still working although it was canceled.")
            time.sleep(POLL_SECONDS)


def out_of_date(signal: Signal, orders: list[Working]) -> list[Working]:
    """Return the waiting orders that an alert makes pointless; protective legs are not among them.

    An exit or a target says what the position shall be, whatever waited before. An entry replaces a waiting
    entry of the other side. A plain order stands beside what waits.
    """
    waiting = [item for item in orders if not item.receipt.is_protective]
    if signal.intent in {Intent.ORDER, Intent.COVER}:
        return []
    if signal.intent in {Intent.ENTER_LONG, Intent.ENTER_SHORT}:
        side = Side.BUY if signal.intent is Intent.ENTER_LONG else Side.SELL
        return [item for item in waiting if item.role is OrderRole.ENTRY and item.receipt.side is not side]
    return waiting
