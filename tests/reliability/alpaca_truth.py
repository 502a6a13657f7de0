"""What the simulated Alpaca holds, under our names: every order it ever accepted and every position."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.brokers.alpaca.legs import own_id
from app.brokers.alpaca.receipts import status_of
from app.brokers.alpaca.symbols import canonical_symbol
from app.domain.orders import OrderStatus, bot_of_order
from tests.reliability.evidence import LEGS

STOPS = frozenset({"stop", "stop_limit", "trailing_stop"})
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """An order: the `first` form of it, the `last` one, and what all of its forms have filled."""

    name: str
    first: Row
    last: Row
    filled: Decimal

    @property
    def bot(self) -> str | None:
        """Whose it is; None: nobody's."""
        return bot_of_order(self.name)

    @property
    def symbol(self) -> str:
        """Its canonical symbol."""
        return canonical_symbol(self.last["symbol"], self.last["asset_class"])

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return 1 if self.last["side"] == "buy" else -1

    @property
    def status(self) -> OrderStatus:
        """Where it stands, in our words."""
        return status_of(self.last["status"], self.filled)

    @property
    def is_leg(self) -> bool:
        """True for a stop-loss or take-profit."""
        return self.name.endswith(LEGS)

    @property
    def is_live_stop(self) -> bool:
        """True when a falling (or rising) price triggers it."""
        return self.last["type"] in STOPS and bool(self.last["live"])

    @property
    def remaining(self) -> Decimal:
        """Units that it may still fill."""
        return Decimal(self.last["qty"] or 0) - Decimal(self.last["filled_qty"])


class Truth:
    """Read once, when nothing moves any more."""

    def __init__(self, rows: list[Row], positions: list[Row]) -> None:
        self._rows = {row["id"]: row for row in rows}
        self.placed = [self._placed(row) for row in rows if row["replaces"] is None]
        held = {canonical_symbol(row["symbol"], row["asset_class"]): row for row in positions}
        self.positions = {symbol: Decimal(row["qty"]) for symbol, row in held.items()}
        self.prices = {symbol: Decimal(row["current_price"]) for symbol, row in held.items()}

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

    def _placed(self, first: Row) -> Placed:
        forms = list(self._forms(first))
        filled = sum((Decimal(row["filled_qty"]) for row in forms), Decimal(0))
        return Placed(self._name(first), first, forms[-1], filled)

    def _forms(self, row: Row) -> Iterable[Row]:
        yield row
        while row["replaced_by"] is not None:
            row = self._rows[row["replaced_by"]]
            yield row

    def _name(self, first: Row) -> str:
        if first["parent"] is None:
            name = own_id(first)
            return name + "-tp" if first["order_class"] == "oco" and not name.endswith("-tp") else name
        parent = self._rows[first["parent"]]
        while parent["replaces"] is not None:
            parent = self._rows[parent["replaces"]]
        suffix = "-tp" if first["type"] == "limit" else "-sl"
        return own_id(parent).removesuffix("-tp") + suffix
