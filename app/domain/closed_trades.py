"""A trade that went flat: what it was, what it cost, what it brought."""

from dataclasses import field
from datetime import datetime
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.orders import Side
from app.domain.reasons import Reason
from app.domain.structures.kinds import StructureKind
from app.domain.structures.legs import Structure
from app.domain.structures.trades import TradeState


@dataclass(frozen=True, slots=True)
class StructureHistory:
    """What a closed trade in a structure was; net prices are signed, per unit, as the broker signed them.

    `leg_prices` are those at which the legs were entered, by name, where the broker told them.
    """

    kind: StructureKind
    structure: Structure
    state: TradeState
    reason: Reason | None = None
    entry_net: Decimal | None = None
    exit_net: Decimal | None = None
    underlying_at_entry: Decimal | None = None
    leg_prices: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTrade:
    """A bot's trade from its first fill to its last.

    `quantity` is all that was ever entered, prices are averages per unit, `side` is that of the entry.
    `realized_pnl` is before fees, in the currency of the price. Where a part left at a price that nobody
    knows (`is_priced` false), there is no exit price, and no gain either. `tickets` made it, in their
    order; `counted` says how many units of its last orders are in it.
    """

    id: str
    number: int
    bot: str
    broker: str
    symbol: str
    side: Side
    quantity: Decimal
    multiplier: Decimal
    entry_price: Decimal | None
    exit_price: Decimal | None
    realized_pnl: Decimal
    fees: Decimal
    is_priced: bool
    opened_at: datetime
    closed_at: datetime
    tickets: tuple[str, ...]
    counted: dict[str, Decimal] = field(default_factory=dict)
    structure: StructureHistory | None = None

    @property
    def gain(self) -> Decimal | None:
        """What is left after fees; None where it cannot be known."""
        return self.realized_pnl - self.fees if self.is_priced else None
