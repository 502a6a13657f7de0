"""One order at the simulated Alpaca, as it lives and as it is shown."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.simulators.alpaca.assets import OPTION, Asset
from tests.simulators.alpaca.figures import FINEST, SECOND, floored, is_whole, moment, plain

FINAL = frozenset({"filled", "canceled", "expired", "replaced", "rejected"})
UNTIL_NEXT_MOVE = 2**63
DAY, QUARTER = 86_400 * SECOND, 90 * 86_400 * SECOND
ENDINGS = {
    "canceled": "canceled_at",
    "expired": "expired_at",
    "filled": "filled_at",
    "rejected": "failed_at",
    "replaced": "replaced_at",
}


@dataclass(slots=True, eq=False, kw_only=True)
class Order:
    """A working order: `rivals` end with it, `legs` stand under it, `margin` is what it reserves in full.

    A `waiting` order is the leg of an entry that is not filled; `pause` says until when (nanoseconds) an
    order must not trade, `leaves` when a cancel that was asked for takes effect.
    """

    id: str
    client_order_id: str
    asset: Asset
    side: str
    type: str
    time_in_force: str
    created_at: int
    order_class: str = ""
    position_intent: str = ""
    quantity: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    extended_hours: bool = False
    status: str = "pending_new"
    filled: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    margin: Decimal = Decimal(0)
    high_water: Decimal | None = None
    target: Decimal | None = None
    triggered: bool = False
    waiting: bool = False
    pause: int | None = None
    leaves: int | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    updated_at: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    parent: "Order | None" = None
    legs: list["Order"] = field(default_factory=list)
    rivals: list["Order"] = field(default_factory=list)

    @property
    def sign(self) -> int:
        return 1 if self.side == "buy" else -1

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def closes(self) -> bool:
        """True when it reduces a position."""
        return self.position_intent.endswith("close")

    @property
    def is_live(self) -> bool:
        """True when a price can fill it."""
        return not self.waiting and not self.is_final

    @property
    def holds(self) -> bool:
        """True when what it would close is held for it."""
        return self.is_live

    @property
    def is_part(self) -> bool:
        """True for a leg that only trades together with others."""
        return False

    @property
    def reserve(self) -> Decimal:
        """What the unfilled part keeps from the account's margin."""
        whole = self.quantity or self.target
        return self.margin * (1 - self.filled / whole) if whole and self.filled else self.margin

    @property
    def is_whole(self) -> bool:
        return self.quantity is not None and is_whole(self.quantity)

    def remaining(self, price: Decimal) -> Decimal:
        """What is left to fill; a notional order learns its quantity from its first price."""
        if self.quantity is not None:
            return self.quantity - self.filled
        if self.target is None and self.notional is not None:
            self.target = floored(self.notional / price, whole=False)
        return (self.target or Decimal(0)) - self.filled

    def take(self, quantity: Decimal, price: Decimal, at: int) -> None:
        """Count one fill."""
        self.filled += quantity
        self.value += quantity * price
        self.updated_at = at
        self.status = "filled" if self.filled == (self.quantity or self.target) else "partially_filled"

    def trail(self, price: Decimal) -> None:
        """Let the stop of a trailing order follow its best price."""
        better = max if self.side == "sell" else min
        best = self.high_water = price if self.high_water is None else better(self.high_water, price)
        distance = best * self.trail_percent / 100 if self.trail_percent else self.trail_price
        self.stop_price = best + self.sign * (distance or Decimal(0))

    def as_json(self, *, nested: bool = False) -> dict[str, Any]:
        average = (self.value / self.filled).quantize(FINEST) if self.filled else None
        return {
            "id": self.id,
            "client_order_id": self.client_order_id,
            **self._times(),
            "replaced_by": self.replaced_by,
            "replaces": self.replaces,
            "asset_id": self.asset.id,
            "symbol": self.asset.symbol,
            "asset_class": self.asset.asset_class,
            "notional": plain(self.notional),
            "qty": plain(self.quantity),
            "filled_qty": plain(self.filled),
            "filled_avg_price": plain(average),
            "order_class": self.order_class or ("simple" if self.asset.asset_class == OPTION else ""),
            "order_type": self.type,
            "type": self.type,
            "side": self.side,
            "time_in_force": self.time_in_force,
            "limit_price": plain(self.limit_price),
            "stop_price": plain(self.stop_price),
            "status": self.status,
            "extended_hours": self.extended_hours,
            "legs": [leg.as_json() for leg in self.legs] if nested and self.legs else None,
            "trail_percent": plain(self.trail_percent),
            "trail_price": plain(self.trail_price),
            "hwm": plain(self.high_water),
            "position_intent": self.position_intent,
            "subtag": None,
            "source": None,
        }

    def _times(self) -> dict[str, str | None]:
        life = DAY if self.time_in_force == "day" else QUARTER
        return {
            "created_at": moment(self.created_at),
            "updated_at": moment(self.updated_at or self.created_at),
            "submitted_at": moment(self.created_at),
            **{name: moment(self.ended.get(name)) for name in ENDINGS.values()},
            "expires_at": moment(self.created_at + life),
        }
