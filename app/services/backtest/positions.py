"""What the simulated account holds and waits for, between two looks at it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import field
from decimal import Decimal

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.backtest.path import Standing
from app.domain.money import ZERO
from app.domain.orders import OrderStatus, Receipt
from app.services.backtest.simulated import TapeMarket

NOTHING = Standing()


@dataclass(slots=True)
class AccountLook:
    """The account at one moment; between two looks only prices move its worth.

    `options`: some of it is worth what a model says, and has to be asked for.
    """

    equity: Decimal = ZERO
    options: bool = False
    standing: dict[str, Standing] = field(default_factory=dict)
    _held: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)
    mark: tuple[object, ...] = ()

    @classmethod
    def at(cls, broker: Broker) -> "AccountLook":
        """Look at a broker now."""
        positions, orders = broker.positions(), broker.open_orders()
        account = broker.account()
        return cls(
            equity=account.equity,
            options=any(_is_option(position) for position in positions),
            standing=_standing(positions, orders),
            _held=[_holding(position) for position in positions],
            mark=(
                tuple((position.symbol, position.quantity) for position in positions),
                tuple((order.client_order_id, order.status, order.filled_quantity) for order in orders),
            ),
        )

    @property
    def holds(self) -> bool:
        """Tell whether there is any position."""
        return any(standing.sign for standing in self.standing.values())

    def of(self, symbol: str) -> Standing:
        """Return what stands in a symbol."""
        return self.standing.get(symbol, NOTHING)

    def is_watched(self, symbol: str, follows: bool) -> bool:  # noqa: FBT001
        """Tell whether the way through a bar matters; where a rule `follows` prices, a position is enough."""
        standing = self.of(symbol)
        return self.options or bool(standing.levels) or (follows and standing.sign != 0)

    def is_met(self, symbol: str, last: Decimal | None, price: Decimal) -> bool:
        """Tell whether a price that came after another may fill or trigger something."""
        if self.options:
            return True
        levels = self.of(symbol).levels
        if last is None:
            return bool(levels)
        low, high = min(last, price), max(last, price)
        return any(low <= level <= high for level in levels)

    def worth(self, market: TapeMarket) -> Decimal:
        """Return the equity at the market's prices of now; options need another look."""
        total = self.equity
        for symbol, units, price in self._held:
            now = market.price_of(symbol)
            if now is not None:
                total += units * (now - price)
        return total


def _standing(positions: Iterable[Position], orders: Iterable[Receipt]) -> dict[str, Standing]:
    signs = {position.symbol: 1 if position.quantity > ZERO else -1 for position in positions}
    levels: dict[str, set[Decimal]] = defaultdict(set)
    for order in orders:
        if order.status is not OrderStatus.HELD:
            levels[order.symbol] |= {
                price for price in (order.limit_price, order.stop_price) if price is not None
            }
    return {
        symbol: Standing(signs.get(symbol, 0), tuple(sorted(levels.get(symbol, ()))))
        for symbol in sorted(signs.keys() | levels.keys())
    }


def _holding(position: Position) -> tuple[str, Decimal, Decimal]:
    multiplier = position.instrument.multiplier if position.instrument is not None else Decimal(1)
    price = position.market_price if position.market_price is not None else position.average_price
    return position.symbol, position.quantity * multiplier, price


def _is_option(position: Position) -> bool:
    return position.instrument is not None and position.instrument.option is not None
