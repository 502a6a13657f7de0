"""An entry into a structure as analysts and people are asked about it: contracts, price, largest loss."""

from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.money import ZERO, plain, text
from app.domain.orders import OrderRole
from app.domain.refusals import money
from app.domain.structures.kinds import StructureKind
from app.domain.structures.legs import Structure
from app.domain.structures.payoff import break_evens, largest_gain, largest_loss
from app.domain.structures.trades import StructureTrade


@dataclass(frozen=True, slots=True)
class ProposedStructure:
    """How many units of which structure, at the mid and at worst; prices are net, signed and per unit.

    `unit_value` is what limits on an entry's value are compared with: the largest loss of one unit, and where
    that has no end the value of what one unit stands for.
    """

    kind: StructureKind
    structure: Structure
    units: int
    mid: Decimal
    worst: Decimal
    unit_value: Decimal

    @property
    def value(self) -> Decimal:
        """What all units count for where an entry's value is limited."""
        return self.unit_value * self.units

    @property
    def loss(self) -> Decimal | None:
        """The most that all units can lose at the worst price; None has no end."""
        loss = largest_loss(self.structure, self.worst)
        return None if loss is None else loss * self.units

    def told(self) -> str:
        """Tell it in one line."""
        legs = ", ".join(f"{leg.ratio:+d} {leg.instrument.symbol}" for leg in self.structure.legs)
        loss, currency = self.loss, self.structure.currency
        most = "without end" if loss is None else money(loss, currency)
        return (
            f"enter {self.units} x {self.kind.words} ({legs}); "
            f"net {self.mid:f}, at worst {self.worst:f}; largest loss {most}"
        )

    def record(self) -> dict[str, Any]:
        """Show it as data: per unit, but for its number of units."""
        return {
            "kind": self.kind.value,
            "legs": [{"symbol": leg.instrument.symbol, "ratio": leg.ratio} for leg in self.structure.legs],
            "units": self.units,
            "net_price": format(self.worst, "f"),
            "largest_loss": text(largest_loss(self.structure, self.worst)),
            "largest_gain": text(largest_gain(self.structure, self.worst)),
            "break_evens": [text(plain(price)) for price in break_evens(self.structure, self.worst)],
        }


def unit_value(structure: Structure, net: Decimal, price: Decimal) -> Decimal:
    """Return what one unit counts for where values are limited; `price` is the underlying's."""
    loss = largest_loss(structure, net)
    return price * structure.multiplier if loss is None else loss


def entry_value(trade: StructureTrade) -> Decimal:
    """Return what the entry of a trade counts for where values are limited, as when it was decided.

    That was at its ladder's last price. Of several orders those that are over do not tell theirs any more.
    """
    work, price = trade.work, trade.underlying_at_entry or ZERO
    if work is None or work.role is not OrderRole.ENTRY:
        net = trade.entry_net
        return ZERO if net is None else unit_value(trade.structure, net, price) * trade.entered_units
    worst = work.rungs[-1].price + sum((part.rungs[-1].price for part in work.rest), ZERO)
    return unit_value(trade.structure, worst, price) * (work.rest_units or trade.entered_units + work.units)
