"""What is held beside the legs of structures: those are left by ladders, all legs at once."""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.brokers.base import Broker
from app.domain.accounts import Position
from app.domain.money import ZERO
from app.repositories.structure_trades import StructureTrades
from app.services.broker_access.gateway import HeldSymbol


@dataclass(frozen=True, slots=True)
class FreePositions:
    """Look at a broker's positions without what structures hold of them; raise BrokerUnavailable."""

    structures: StructureTrades

    def at(self, broker: Broker) -> list[Position]:
        """Return what may be closed by an order for one symbol."""
        positions = broker.positions()
        legs = self.structures.legs_at(broker.name) if positions else {}
        rests = (replace(one, quantity=_rest(one, legs.get(one.symbol, ZERO))) for one in positions)
        return [rest for rest in rests if rest.quantity]

    def of(self, held: HeldSymbol) -> Position | None:
        """Return it of one symbol."""
        return next((item for item in self.at(held.broker) if item.symbol == held.symbol), None)


def _rest(position: Position, legs: Decimal) -> Decimal:
    """Return what is left of a position without the legs: never more than it, and never the other way."""
    rest = position.quantity - legs
    # A leg whose exit has filled is in the books for a moment more: nothing is bought for it.
    return rest if rest * position.quantity > ZERO and abs(rest) <= abs(position.quantity) else ZERO
