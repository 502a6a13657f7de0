"""Exits at the market that a broker has taken and does not fill: halted, suspended, done for the day."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import field
from datetime import datetime, timedelta

from app.dataclass import dataclass
from app.domain.orders import OrderRole, OrderType
from app.domain.symbols import SymbolRefused, parse_symbol
from app.errors import BrokerUnavailable
from app.repositories.open_orders import OpenOrder
from app.services.base import Runtime
from app.services.broker_access.registry import BrokerNotConfigured
from app.services.observability.events import EventKind

# An order at the market fills in an open one at once; whether it is open is not asked all the time.
LONGEST_WAIT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class WaitingExits:
    """Tell the owner, once, of each that waits while its market is open: stop and target went for it."""

    runtime: Runtime
    _asked: dict[str, datetime] = field(default_factory=dict, init=False)
    _told: set[str] = field(default_factory=set, init=False)

    def look(self, orders: Iterable[OpenOrder]) -> None:
        """Look at what is in sight."""
        waiting = {order.client_order_id: order for order in orders if _leaves_at_market(order)}
        self._told.intersection_update(waiting)
        # Requests look as well, beside the clock.
        for name in [name for name in [*self._asked] if name not in waiting]:
            self._asked.pop(name, None)
        now = self.runtime.clock()
        for name, order in waiting.items():
            since = self._asked.get(name, order.submitted_at)
            # A clock that was set back must not make it longer.
            if name not in self._told and abs(now - since) >= LONGEST_WAIT:
                self._asked[name] = now
                self._tell(order)

    def _tell(self, order: OpenOrder) -> None:
        # Who cannot be asked is told of elsewhere.
        with suppress(BrokerUnavailable, BrokerNotConfigured, SymbolRefused):
            broker = self.runtime.registry.get(order.broker)
            if not broker.market(parse_symbol(order.symbol)).is_open:
                return
            self._told.add(order.client_order_id)
            what = f"{order.client_order_id} in {order.symbol} at {order.broker} has not filled"
            why = f"for {LONGEST_WAIT.seconds // 60} minutes although the market is open"
            message = f"{what} {why}; what it is to close has no stop meanwhile."
            self.runtime.journal.activity(f"exits: {message}")
            self.runtime.notifier.notify(EventKind.EXIT_STUCK, message, key=order.client_order_id)


def _leaves_at_market(order: OpenOrder) -> bool:
    return order.role is OrderRole.EXIT and order.type is OrderType.MARKET and not order.is_in_doubt
