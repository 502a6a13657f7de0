"""Lets orders trade: triggers, fills, and the legs that a fill brings."""

import time
from decimal import Decimal

from tests.simulators.fyers.account import Account
from tests.simulators.fyers.book import Book
from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.drafts import LIMIT, MARKET, PERCENT, STOP
from tests.simulators.fyers.figures import ZERO, on_tick
from tests.simulators.fyers.market import Market
from tests.simulators.fyers.multileg import grouped
from tests.simulators.fyers.orders import (
    PENDING,
    STOP_LOSS,
    TAKE_PROFIT,
    UNTIL_NEXT_MOVE,
    Order,
)
from tests.simulators.fyers.whims import Whims

HUNDRED = 100


class Matcher:
    """Moves orders along; the caller holds the lock.

    Whether the exits of an entry carry its tag is not documented: `legs_carry_tag` is the harder case.
    """

    def __init__(self, book: Book, market: Market, account: Account, clock: Clock) -> None:
        self._book, self._market, self._account, self._clock = book, market, account, clock
        self.legs_carry_tag = True

    def start(self, order: Order, whims: Whims) -> None:
        """Let a new order trade, as far as a fault lets it."""
        if whims.rejection is not None:
            order.reject(whims.rejection)
            return
        if order.type == MARKET:
            order.limit_price = self._market.protected(order.instrument, order.side)
        order.is_transit = whims.transit
        held = whims.late or whims.transit or (whims.mpp_pending and order.type == MARKET)
        pause = until(whims.late_seconds)
        order.pause = pause if held else None
        most = None if whims.fraction is None else in_lots(order, whims.fraction)
        self.work(order, most)
        if most is not None and not order.is_final:
            order.pause = pause

    def start_together(self, orders: list[Order], whims: Whims) -> None:
        """Let the legs of one order trade: all of each, at once, or nothing of any."""
        for order in orders:
            if whims.rejection is not None:
                order.reject(whims.rejection)
            elif whims.late or whims.transit:
                order.pause = until(whims.late_seconds)
        self._work_together(orders)

    def _work_together(self, orders: list[Order]) -> None:
        if any(order.is_final or order.pause is not None for order in orders):
            return
        prices = [self._market.opposite(order.instrument, order.side) for order in orders]
        fits = self._clock.is_open and all(
            price is not None and order.side * (order.limit_price - price) >= 0
            for order, price in zip(orders, prices, strict=True)
        )
        for order, price in zip(orders, prices, strict=True):
            if fits and price is not None:
                self.fill(order, order.qty, price)
            else:
                self._book.cancel(order)

    def work(self, order: Order, most: int | None = None) -> None:
        """Move an order as far as it can go; fill at most so much of it."""
        if order.group:
            together = grouped(self._book.orders, order.group)
            if order.pause is None:
                for each in together:
                    each.pause = None
            self._work_together(together)
            return
        if order.is_final or (order.is_transit and order.pause is not None):
            return
        order.status, order.is_transit = PENDING, False
        last = self._market.price(order.instrument)
        if last is None or not self._clock.is_open:
            return
        if order.waits_for_trigger and order.side * (last - order.stop_price) >= 0:
            self._trigger(order)
        if order.pause is not None or order.waits_for_trigger:
            return
        if order.side * (order.limit_price - last) >= 0:
            self.fill(order, order.remaining if most is None else min(most, order.remaining), last)
        if order.validity == "IOC" and not order.is_final:
            self._book.cancel(order)

    def fill(self, order: Order, quantity: int, price: Decimal) -> None:
        """Trade so much of an order, with all that follows."""
        if quantity <= 0:
            return
        order.take(quantity, price, self._clock.now())
        self._account.book(order, quantity, price)
        for sibling in self._book.siblings(order):
            if order.is_final:
                self._book.cancel(sibling)
            else:
                sibling.qty = sibling.filled + order.remaining
        self._follow(order)

    def moved(self, symbol: str) -> None:
        """Wake and work what trades a symbol."""
        for order in self._book.working():
            if order.instrument.symbol == symbol:
                if order.pause == UNTIL_NEXT_MOVE:
                    order.pause = None
                self.work(order)

    def settle(self, *, everything: bool = False) -> None:
        """Work what was only late."""
        now = time.monotonic()
        self._book.expire()
        for order in self._book.working():
            if order.pause is not None and (everything or order.pause <= now):
                order.pause = None
                self.work(order)
            elif order.offline:
                self.work(order)

    def leg(self, parent: Order, role: str, entry: Decimal, offset: Decimal, leg_type: int) -> Order:
        """Add the exit of an entry at an offset from its price."""
        distance = entry * offset / HUNDRED if leg_type == PERCENT else offset
        away = parent.side if role == TAKE_PROFIT else -parent.side
        tick = parent.instrument.tick
        price = max(on_tick(entry + away * distance, tick), tick)
        stops = role == STOP_LOSS
        return self._book.add(
            Order(
                id=self._book.new_id(),
                instrument=parent.instrument,
                qty=parent.filled,
                type=STOP if stops else LIMIT,
                side=-parent.side,
                product=parent.product,
                at=self._clock.now(),
                limit_price=ZERO if stops else price,
                stop_price=price if stops else ZERO,
                tag=parent.tag if self.legs_carry_tag else None,
                status=PENDING,
                parent_id=parent.id,
                role=role,
            )
        )

    def _trigger(self, order: Order) -> None:
        order.triggered = True
        if order.type == STOP:
            order.limit_price = self._market.protected(order.instrument, order.side)

    def _follow(self, order: Order) -> None:
        """Give an entry its legs with its first fill; let them grow with it."""
        legs = self._book.children(order)
        for leg in legs:
            if not leg.is_final:
                leg.qty = order.filled
        if order.is_leg or legs:
            return
        for role, offset in ((STOP_LOSS, order.stop_loss), (TAKE_PROFIT, order.take_profit)):
            if offset:
                self.leg(order, role, order.average, offset, order.leg_type)


def until(seconds: float | None) -> float:
    return UNTIL_NEXT_MOVE if seconds is None else time.monotonic() + seconds


def in_lots(order: Order, fraction: Decimal) -> int:
    """Return a part of an order in whole lots."""
    lot = order.instrument.lot
    return int(order.qty * fraction) // lot * lot
