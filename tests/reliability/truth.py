"""What a simulated broker holds, under our names: every order that it ever took and every position."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.domain.orders import OrderStatus, bot_of_order
from tests.reliability.evidence import LEGS

Row = dict[str, Any]
# A bot and a canonical symbol.
Holding = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """An order: the `first` form that the broker gave it, the `last` one, and what all its forms have filled.

    `sign` is +1 for a buy and -1 for a sell, `remaining` the units that it may still fill; a live stop is one
    that a price triggers.
    """

    name: str
    symbol: str
    sign: int
    status: OrderStatus
    filled: Decimal
    remaining: Decimal
    is_live_stop: bool
    first: Row
    last: Row

    @property
    def bot(self) -> str | None:
        """Whose it is; None: nobody's."""
        return bot_of_order(self.name)

    @property
    def holding(self) -> Holding:
        """Whose position in what it changes."""
        return self.bot or "nobody", self.symbol

    @property
    def is_leg(self) -> bool:
        """True for a stop-loss or take-profit."""
        return self.name.endswith(LEGS)


@dataclass(frozen=True, slots=True)
class Truth:
    """Read once, when nothing moves any more; `positions` and `prices` are by canonical symbol."""

    placed: list[Placed]
    positions: dict[str, Decimal]
    prices: dict[str, Decimal] = field(default_factory=dict)

    def by_name(self) -> dict[str, Placed]:
        """Return the orders by our ids."""
        return {order.name: order for order in self.placed}

    def held(self) -> dict[Holding, Decimal]:
        """Return what each bot's fills come to."""
        sums: dict[Holding, Decimal] = defaultdict(Decimal)
        for order in self.placed:
            sums[order.holding] += order.sign * order.filled
        return sums

    def working(self, holding: Holding | None = None) -> Iterator[Placed]:
        """Yield what is not over, of one holding or of all."""
        for order in self.placed:
            if not order.status.is_final and holding in {None, order.holding}:
                yield order
