"""How prices fill orders, and what a fill does to the orders tied to it."""

from collections import deque
from decimal import Decimal

from tests.simulators.alpaca.account import Account
from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.book import Book
from tests.simulators.alpaca.figures import Timer, floored
from tests.simulators.alpaca.market import Clock, Market, Tick
from tests.simulators.alpaca.orders import UNTIL_NEXT_MOVE, Order
from tests.simulators.alpaca.spread_matching import SpreadMatcher
from tests.simulators.alpaca.spreads import spread_of
from tests.simulators.alpaca.streams import filled

AT_ONCE = frozenset({"ioc", "fok"})
AUCTIONS = {"open": "opg", "closed": "cls"}


class Matcher:
    """Fills orders from the market and keeps legs and rivals in step."""

    def __init__(self, book: Book, market: Market, clock: Clock, account: Account, timer: Timer) -> None:
        self._book, self._market, self._clock = book, market, clock
        self._account, self._timer = account, timer
        self._spreads = SpreadMatcher(book, market, clock, account, timer)
        self._paused: list[Order] = []
        self._leaving: list[Order] = []

    def pause(self, order: Order, until: int) -> None:
        """Keep an order from trading until a time, or until its next move."""
        order.pause = until
        if order.status == "pending_new":
            self._take(order)
        self._paused.append(order)

    def moved(self, asset: Asset, volume: Decimal | None) -> None:
        """Let a new price meet the open orders, oldest first; at most `volume` units fill."""
        tick = self._market.tick(asset)
        for order in self._book.open(asset):
            waiting = spread_of(order) or order
            if waiting.pause == UNTIL_NEXT_MOVE:
                waiting.pause = None
            if order.type == "trailing_stop" and order.is_live and tick is not None:
                order.trail(tick.price)
        for order in self._book.open(asset):
            filled = self.work(order, most=volume)
            volume = None if volume is None else volume - filled
        self.let_go(UNTIL_NEXT_MOVE)

    def turned(self, session: str) -> None:
        """Hold the auction of a new session, expire what ends with the day, wake what waited."""
        for order in self._book.open():
            if order.time_in_force == AUCTIONS.get(session):
                self.attempt(order, None)
                self.cancel(order)
            elif session == "closed" and order.time_in_force == "day":
                self._book.finish(order, "expired")
            else:
                self.work(order)

    def wake(self) -> None:
        """Let orders trade whose pause is over."""
        if not self._paused and not self._leaving:
            return
        now = self._timer.now()
        self.let_go(now)
        due = [order for order in self._paused if order.pause is not None and order.pause <= now]
        self._paused = [order for order in self._paused if order.pause is not None and order.pause > now]
        for order in due:
            order.pause = None
            self.work(order)

    def work(self, order: Order, *, most: Decimal | None = None) -> Decimal:
        """Try an order, then the legs that its fill wakes; return how much filled."""
        spread = spread_of(order)
        if spread is not None:
            return self._spreads.work(spread, most=most)
        before = order.filled
        waiting = deque([order])
        while waiting:
            current = waiting.popleft()
            if not current.is_live or current.pause is not None or not self._clock.trades(current):
                continue
            if current.status in {"pending_new", "accepted"}:
                self._take(current)
            if self.attempt(current, most):
                waiting.extend(leg for leg in current.legs if leg.is_live)
        return order.filled - before

    def attempt(self, order: Order, most: Decimal | None) -> bool:
        """Fill what the price allows; True when the order is completely filled by it."""
        tick = self._market.tick(order.asset)
        price = None if tick is None or not order.is_live else price_now(order, tick)
        if price is None:
            return False
        wanted = order.remaining(price)
        quantity = wanted if most is None else min(wanted, floored(most, whole=order.is_whole))
        if quantity <= 0 or (order.time_in_force == "fok" and quantity < wanted):
            return False
        self.fill(order, quantity, price)
        return order.is_final

    def fill(self, order: Order, quantity: Decimal, price: Decimal) -> None:
        now = self._timer.now()
        self._account.trade(order.asset, quantity * order.sign, price)
        order.take(quantity, price, now)
        told = filled(quantity, price, self._account.quantity(order.asset))
        self._book.on_event(order, "fill" if order.is_final else "partial_fill", **told)
        if order.is_final:
            self._book.finish(order, "filled")
            for rival in order.rivals:
                self._book.finish(rival, "canceled")
            self.activate(order)
        else:
            self.shrink(order, quantity, now)

    def shrink(self, order: Order, quantity: Decimal, now: int) -> None:
        """Take what one of a pair has filled from the other."""
        for rival in order.rivals:
            if rival.quantity is not None and not rival.is_final:
                rival.quantity -= quantity
                rival.updated_at = now

    def activate(self, entry: Order) -> None:
        """Wake the legs of a filled entry: a take-profit works, a stop beside it stays held."""
        for leg in entry.legs:
            if leg.waiting and not leg.is_final:
                leg.waiting = False
                leg.status = "held" if leg.rivals and leg.type != "limit" else "new"
                self._book.on_event(leg, leg.status)

    def _take(self, order: Order) -> None:
        order.status = "new"
        self._book.on_event(order, "new")

    def cancel(self, order: Order) -> None:
        """End an order with its legs and rivals."""
        for tied in (order, *order.rivals, *order.legs):
            self._book.finish(tied, "canceled")

    def cancel_late(self, order: Order, until: int) -> None:
        """Take a cancel that has its effect later; until then the order works and holds."""
        order.status = "pending_cancel"
        order.leaves = until
        self._leaving.append(order)

    def let_go(self, now: int) -> None:
        """End what was to leave by now."""
        for order in self._leaving:
            if order.leaves is not None and order.leaves <= now:
                self.cancel(order)
        self._leaving = [order for order in self._leaving if not order.is_final]

    def cancel_rest(self, order: Order) -> None:
        """End what must fill at once and did not."""
        if order.time_in_force in AT_ONCE and not order.is_final:
            self.cancel(order)


def price_now(order: Order, tick: Tick) -> Decimal | None:
    """Return the price at which an order trades now, None when it does not."""
    price = tick.against(order.side)
    if order.type in {"stop", "stop_limit", "trailing_stop"} and not order.triggered:
        stop = order.stop_price
        order.triggered = stop is not None and (tick.price - stop) * order.sign >= 0
        if not order.triggered:
            return None
    if order.limit_price is not None and (order.limit_price - price) * order.sign < 0:
        return None
    return price
