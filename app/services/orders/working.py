"""A bot's own orders that still wait: what is asked for next must not stand on top of them."""

import logging
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.orders import OrderRole, Receipt, Side, bot_of_order, units_on
from app.domain.signals import Intent, Signal
from app.services.broker_access.gateway import Gateway, HeldSymbol
from app.services.broker_access.outcomes import Rejected
from app.services.orders.tracking import OrderTracker

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


@dataclass(frozen=True, slots=True)
class ClosingOrders:
    """What at a broker may close a position beside the order that is to come; stop-losses of its bot do not.

    `in_doubt` are units that earlier exits may close, which the broker has never shown.
    """

    receipts: tuple[Receipt, ...]
    in_doubt: Decimal = ZERO

    def room(self, position: Decimal) -> Decimal:
        """Return how much of a signed position none of them closes."""
        side = Side.SELL if position > ZERO else Side.BUY
        return max(abs(position) - units_on(self.receipts, side) - self.in_doubt, ZERO)


class WorkingOrders:
    """Look at, and cancel, what waits in one symbol; the caller holds the symbol."""

    def __init__(self, tracker: OrderTracker, gateway: Gateway) -> None:
        self._tracker = tracker
        self._gateway = gateway

    def of(self, broker: Broker, bot: str | None, symbol: str) -> list[Working]:
        """Return a bot's working orders (everybody's, for None), what they filled being counted."""
        seen = self._tracker.settle(broker, bot, symbol)
        return [Working(receipt, role) for receipt, role in seen if not receipt.status.is_final]

    def closing(self, broker: Broker, bot: str, symbol: str) -> Decimal:
        """Return how many units working exits close, or may; stop-loss and take-profit do not count."""
        # A stop or target may never fill: the units under it are still there for an exit to sell.
        exits = (item for item in self.of(broker, bot, symbol) if item.role is OrderRole.EXIT)
        working = sum((item.remaining for item in exits if not item.receipt.is_protective), ZERO)
        return working + self.in_doubt(broker, bot, symbol)

    def in_doubt(self, broker: Broker, bot: str, symbol: str) -> Decimal:
        """Return how many units exits may close that were sent and that the broker has never shown."""
        return self._tracker.in_doubt(broker, bot, symbol)

    def closing_orders(self, broker: Broker, bot: str, symbol: str, *, with_own: bool) -> ClosingOrders:
        """Return what closes a position beside a bot's next order, whoever placed it.

        The bot's own stop-loss and take-profit make room for it, and so do its other orders without
        `with_own`. Entries of bots close nothing: they are there for a position of their own.
        """
        resting = [item for item in broker.open_orders() if item.symbol == symbol]
        entries = self._tracker.entries(broker, symbol) if resting else frozenset()

        def counts(item: Receipt) -> bool:
            is_own = bot_of_order(item.client_order_id) == bot
            stays = not is_own or (with_own and not item.is_protective)
            return stays and item.client_order_id not in entries

        in_doubt = self.in_doubt(broker, bot, symbol) if with_own else ZERO
        return ClosingOrders(tuple(filter(counts, resting)), in_doubt)

    def closed_by(self, broker: Broker, name: str, symbol: str, since: datetime) -> Receipt | None:
        """Return an exit of ours that a broker took under an id of its own; raise BrokerUnavailable."""
        return self._tracker.find_closing(broker, name, symbol, since, None)

    def by_hand(self, broker: Broker, symbol: str) -> ClosingOrders:
        """Return what of it was placed by nobody of this house."""
        resting = (item for item in broker.open_orders() if item.symbol == symbol)
        return ClosingOrders(tuple(item for item in resting if bot_of_order(item.client_order_id) is None))

    def withdraw(
        self, held: HeldSymbol, orders: Iterable[Working], *, ticket: UUID | None = None
    ) -> list[str]:
        """Cancel orders and wait for their end; return their client order ids.

        Raise BrokerUnavailable where the broker does not say that an order is gone.
        """
        return sorted(self._withdraw(held, item.receipt, ticket) for item in orders)

    def _withdraw(self, held: HeldSymbol, receipt: Receipt, ticket: UUID | None) -> str:
        outcome = self._gateway.withdraw(held, receipt, ticket=ticket)
        if isinstance(outcome, Rejected):
            _logger.debug("%s was not there to cancel: %s", receipt.client_order_id, outcome.error.message)
        return receipt.client_order_id


def out_of_date(signal: Signal, orders: list[Working]) -> list[Working]:
    """Return the waiting orders that an alert makes pointless; protective legs are not among them.

    An exit or a target says what the position shall be, whatever waited before. An entry replaces a waiting
    entry of the other side. A plain order stands beside what waits.
    """
    waiting = [item for item in orders if not item.receipt.is_protective]
    if not signal.terms.adds or signal.terms.reaches is not None:
        # Its service takes back what waits before it sends an order.
        return waiting
    if signal.intent in {Intent.ORDER, Intent.COVER}:
        return []
    if signal.intent in {Intent.ENTER_LONG, Intent.ENTER_SHORT}:
        side = Side.BUY if signal.intent is Intent.ENTER_LONG else Side.SELL
        return [item for item in waiting if item.role is OrderRole.ENTRY and item.receipt.side is not side]
    return waiting
