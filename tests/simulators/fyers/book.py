"""Every order there ever was."""

from itertools import count

from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.drafts import Draft
from tests.simulators.fyers.instruments import Instrument
from tests.simulators.fyers.orders import CANCELLED, EXPIRED, Order
from tests.simulators.fyers.refusals import unknown_order


class Book:
    """Orders by number; what clients see is today's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(1)
        self.orders: dict[str, Order] = {}

    def new_id(self) -> str:
        return f"{self._clock.today:%y%m%d}{next(self._numbers):08}"

    def open_from(self, draft: Draft, instrument: Instrument) -> Order:
        return self.add(Order.of(draft, instrument, self.new_id(), self._clock.now()))

    def add(self, order: Order) -> Order:
        self.orders[order.id] = order
        return order

    def find(self, order_id: object) -> Order:
        """Return an order of today; raise Refused."""
        order = self.orders.get(str(order_id))
        if order is None or order.at.date() != self._clock.today:
            raise unknown_order()
        return order

    def today(self) -> list[Order]:
        day = self._clock.today
        return [order for order in self.orders.values() if order.at.date() == day]

    def working(self) -> list[Order]:
        return [order for order in list(self.orders.values()) if not order.is_final]

    def legs(self, position_id: str) -> list[Order]:
        """Return the working legs of a position."""
        return [each for each in self.working() if each.is_leg and each.position_id == position_id]

    def siblings(self, order: Order) -> list[Order]:
        """Return the working legs that end with this one."""
        if not order.is_leg:
            return []
        return [
            each
            for each in self.working()
            if each.is_leg and each.parent_id == order.parent_id and each is not order
        ]

    def children(self, order: Order) -> list[Order]:
        return [each for each in self.orders.values() if each.is_leg and each.parent_id == order.id]

    def cancel(self, order: Order, message: str = "") -> None:
        if not order.is_final:
            order.status, order.message = CANCELLED, message

    def expire(self, *, everything: bool = False) -> None:
        """Let orders of earlier days end, or all of them."""
        for order in self.working():
            if everything or order.at.date() < self._clock.today:
                order.status = EXPIRED
