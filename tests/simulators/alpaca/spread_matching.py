"""How prices fill spreads: whole units, all legs at once, never off their ratio."""

from collections.abc import Sequence
from decimal import Decimal

from tests.simulators.alpaca.account import Account
from tests.simulators.alpaca.book import Book
from tests.simulators.alpaca.figures import Timer, floored, plain
from tests.simulators.alpaca.market import Clock, Market
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.spreads import Spread, SpreadLeg

ZERO = Decimal(0)


class SpreadMatcher:
    """Fills spreads against the quotes of their legs."""

    def __init__(self, book: Book, market: Market, clock: Clock, account: Account, timer: Timer) -> None:
        self._book, self._market, self._clock = book, market, clock
        self._account, self._timer = account, timer

    def work(self, spread: Spread, *, most: Decimal | None = None) -> Decimal:
        """Try a spread; return how many units filled."""
        if spread.is_final or spread.pause is not None or not self._clock.trades(spread):
            return ZERO
        if spread.status in {"pending_new", "accepted"}:
            spread.status = "new"
            self._book.on_event(spread, "new")
        prices = self.prices(spread.legs)
        if prices is None:
            return ZERO
        net = net_price(spread.legs, prices)
        wanted = (spread.quantity or ZERO) - spread.filled
        units = wanted if most is None else min(wanted, floored(most, whole=True))
        if units <= 0 or (spread.limit_price is not None and net > spread.limit_price):
            return ZERO
        self._fill(spread, units, prices, net)
        return units

    def prices(self, legs: Sequence[Order]) -> list[Decimal] | None:
        """Return what each leg costs against the quotes; None where somebody is missing."""
        ticks = [self._market.tick(leg.asset) for leg in legs]
        found = [tick.against(leg.side) for leg, tick in zip(legs, ticks, strict=True) if tick is not None]
        return found if len(found) == len(legs) and all(price > 0 for price in found) else None

    def _fill(self, spread: Spread, units: Decimal, prices: list[Decimal], net: Decimal) -> None:
        now, told = self._timer.now(), []
        for leg, price in zip(spread.legs, prices, strict=True):
            quantity = units * ratio_of(leg)
            self._account.trade(leg.asset, quantity * leg.sign, price)
            leg.take(quantity, price, now)
            told.append(
                {
                    "execution_id": self._book.new_id(),
                    "order_id": leg.id,
                    "symbol": leg.asset.symbol,
                    "qty": plain(quantity),
                    "price": plain(price),
                }
            )
        spread.take(units, net, now)
        held = {leg.asset.symbol: plain(self._account.quantity(leg.asset)) for leg in spread.legs}
        event = "fill" if spread.is_final else "partial_fill"
        more = {"qty": plain(units), "price": plain(net), "legs": told, "position_qtys": held}
        self._book.on_event(spread, event, **more)
        if spread.is_final:
            for order in (spread, *spread.legs):
                self._book.finish(order, "filled")


def ratio_of(leg: Order) -> Decimal:
    return leg.ratio if isinstance(leg, SpreadLeg) else Decimal(1)


def net_price(legs: Sequence[Order], prices: Sequence[Decimal]) -> Decimal:
    """Return what one unit costs; negative is received."""
    return sum((leg.sign * ratio_of(leg) * price for leg, price in zip(legs, prices, strict=True)), ZERO)
