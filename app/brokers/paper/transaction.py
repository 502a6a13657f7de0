from collections import deque
from datetime import datetime
from decimal import Decimal
from random import Random

from app.brokers.paper.account import PaperAccount
from app.brokers.paper.market_data import MarketData
from app.brokers.paper.records import AccountChange, PaperHolding, PaperOrder, PaperStructureOrder
from app.brokers.paper.settings import PaperSettings
from app.brokers.parts import PriceSource
from app.domain.money import ZERO


class Transaction:
    """The account at one instant, with the changes of one operation that nobody else sees yet.

    The account itself stays untouched: what changes is kept in `change`, to be written and folded, or
    dropped.
    `queue` holds the orders that the market has still to look at.
    """

    def __init__(
        self,
        account: PaperAccount,
        settings: PaperSettings,
        source: PriceSource | None,
        at: datetime,
        operation: str,
    ) -> None:
        self.account = account
        self.settings = settings
        self.at = at
        self.change = AccountChange(
            operation, at, account.cash, account.realized, account.fees, account.clock, account.switches
        )
        self.market = MarketData(self.change.prices, account.prices, source=source, settings=settings, at=at)
        self.queue: deque[str] = deque()
        self._random: Random | None = None

    @property
    def sequence(self) -> int:
        """The number that this operation will have in the journal."""
        return self.account.sequence + 1

    def order(self, client_order_id: str) -> PaperOrder | None:
        """Return an order as this operation leaves it."""
        return self.change.orders.get(client_order_id) or self.account.order(client_order_id)

    def put(self, order: PaperOrder) -> PaperOrder:
        """Set the new state of an order."""
        self.change.orders[order.id] = order
        return order

    def structure(self, client_order_id: str) -> PaperStructureOrder | None:
        """Return an order of several legs as this operation leaves it."""
        return self.change.structures.get(client_order_id) or self.account.structure(client_order_id)

    def put_structure(self, order: PaperStructureOrder) -> PaperStructureOrder:
        """Set the new state of an order of several legs."""
        self.change.structures[order.id] = order
        return order

    def open_structures(self) -> list[PaperStructureOrder]:
        """Return the orders of several legs that can still fill, oldest first."""
        named = self.account.open_structures | self.change.structures
        return [order for order in named.values() if not order.status.is_final]

    def holdings(self) -> dict[str, PaperHolding]:
        """Return every holding that this operation leaves."""
        named = self.account.holdings | self.change.holdings
        return {symbol: holding for symbol, holding in named.items() if holding.quantity}

    def working(self, symbol: str) -> list[str]:
        """Return the ids of the open orders on a symbol, oldest first."""
        known = self.account.working.get(symbol, {})
        ids = [*known, *(name for name, order in self.change.orders.items() if order.symbol == symbol)]
        return list(dict.fromkeys(ids))

    def holding(self, symbol: str) -> PaperHolding | None:
        """Return a holding; one that this operation closed has a quantity of zero."""
        return self.change.holdings.get(symbol) or self.account.holdings.get(symbol)

    def position(self, symbol: str) -> Decimal:
        """Return the signed quantity held."""
        holding = self.holding(symbol)
        return ZERO if holding is None else holding.quantity

    def closable(self, order: PaperOrder) -> Decimal:
        """Return how much of a position the order's side can close."""
        return max(ZERO, -self.position(order.symbol) * order.order.side.sign)

    def chance(self) -> Decimal:
        """Draw from [0, 1] in steps of a millionth: the seed and the operation's number decide it."""
        if self._random is None:
            # Simulated fills need repeatable draws, not secret ones.
            self._random = Random(f"{self.settings.seed}:{self.sequence}")  # noqa: S311
        return Decimal(f"{self._random.random():.6f}")
