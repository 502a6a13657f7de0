"""A bot's own orders that are closing a position already: two exits must never sell the same units."""

import logging
from decimal import Decimal

from app.brokers.base import Broker
from app.domain.money import ZERO
from app.domain.orders import Receipt, Side, bot_of_order
from app.errors import BrokerRejected, BrokerUnavailable, OutcomeUnknown
from app.services.trading.following import OrderFollower

_logger = logging.getLogger(__name__)


class ExitOrders:
    """Look at, and take back, what a bot has working against its position."""

    def __init__(self, follower: OrderFollower) -> None:
        self._follower = follower

    def remaining(self, broker: Broker, bot: str, symbol: str, held: Decimal) -> Decimal:
        """Return how many units working orders will close; stop-loss and take-profit do not count."""
        working = (item for item in _closing(broker, bot, symbol, held) if not item.is_protective)
        return sum(((item.quantity or ZERO) - item.filled_quantity for item in working), ZERO)

    def settle(self, broker: Broker, symbol: str) -> None:
        """Count what every working order in a symbol has filled by now."""
        self._follower.settle(broker, None, symbol)

    def withdraw(self, broker: Broker, bot: str | None, symbol: str, held: Decimal) -> bool:
        """Cancel them all (every bot's, for None) and count what they had filled; tell whether there was any.

        Raise BrokerUnavailable where the broker does not say that an order is gone.
        """
        working = _closing(broker, bot, symbol, held)
        for receipt in working:
            self._cancel(broker, receipt)
        if working:
            self._follower.settle(broker, bot, symbol)
        return bool(working)

    def _cancel(self, broker: Broker, receipt: Receipt) -> None:
        try:
            broker.cancel(receipt)
        except BrokerRejected as error:
            # It filled or ended meanwhile, perhaps with its mate; what it filled is counted next.
            _logger.info("%s was not there to cancel: %s", receipt.client_order_id, error.message)
        except OutcomeUnknown as error:
            raise BrokerUnavailable(f"{receipt.client_order_id} may still be working.") from error


def _closing(broker: Broker, bot: str | None, symbol: str, held: Decimal) -> list[Receipt]:
    side = Side.SELL if held > ZERO else Side.BUY
    orders = (item for item in broker.open_orders() if item.symbol == symbol and item.side is side)
    return [item for item in orders if bot in {None, bot_of_order(item.client_order_id)}]
