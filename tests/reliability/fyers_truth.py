"""What the simulated Fyers holds, under our names: every order that it ever took and every position."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.brokers.fyers.tags import digest, digest_in, tagged
from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, OrderStatus, bot_of_order, family_name

STATUSES = {
    1: OrderStatus.CANCELED,
    2: OrderStatus.FILLED,
    4: OrderStatus.PENDING,
    5: OrderStatus.REJECTED,
    6: OrderStatus.ACCEPTED,
    7: OrderStatus.EXPIRED,
}
STOPS = frozenset({3, 4})
LEGS = (STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """An order under our name, as Fyers shows it."""

    name: str
    symbol: str
    last: Row

    @property
    def bot(self) -> str | None:
        """Whose it is; None: nobody's."""
        return bot_of_order(self.name)

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return int(self.last["side"])

    @property
    def filled(self) -> Decimal:
        """Units that have traded."""
        return Decimal(self.last["filledQty"])

    @property
    def remaining(self) -> Decimal:
        """Units that it may still fill."""
        return Decimal(self.last["qty"]) - self.filled

    @property
    def status(self) -> OrderStatus:
        """Where it stands, in our words."""
        known = STATUSES[self.last["status"]]
        return OrderStatus.PARTIALLY_FILLED if self.filled and not known.is_final else known

    @property
    def is_leg(self) -> bool:
        """True for a stop-loss or take-profit."""
        return self.name.endswith(LEGS)

    @property
    def is_live_stop(self) -> bool:
        """True when a rising price triggers it."""
        return self.last["type"] in STOPS and not self.status.is_final


class Truth:
    """Read once, when nothing moves any more; `names` are those that may have been sent."""

    def __init__(self, rows: list[Row], positions: list[Row], symbols: dict[str, str], names: Iterable[str]):
        self._names = {digest(name): name for name in names}
        self._rows = {row["id"]: row for row in rows}
        self.placed = [Placed(self._name(row), symbols[row["symbol"]], row) for row in rows]
        self.positions = {symbols[row["symbol"]]: Decimal(row["netQty"]) for row in positions}

    def by_name(self) -> dict[str, Placed]:
        """Return the orders by our ids."""
        return {order.name: order for order in self.placed}

    def held(self) -> dict[tuple[str, str], Decimal]:
        """Return what each bot's fills come to, by bot and symbol."""
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for order in self.placed:
            sums[order.bot or "nobody", order.symbol] += order.sign * order.filled
        return sums

    def working(self) -> Iterator[Placed]:
        """Yield what is not over."""
        return (order for order in self.placed if not order.status.is_final)

    def _name(self, row: Row) -> str:
        if row["parentId"]:
            suffix = STOP_LOSS_SUFFIX if row["type"] in STOPS else TAKE_PROFIT_SUFFIX
            return family_name(self._name(self._rows[row["parentId"]])) + suffix
        tag = tagged(row["orderTag"])
        return self._names.get(digest_in(tag) or "", tag or row["id"])
