"""What is held beside the legs of structures: those are left by ladders, all legs at once."""

from dataclasses import replace

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.money import ZERO
from app.domain.trades import beside_legs
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
        rests = ((one, beside_legs(one.quantity, legs.get(one.symbol, ZERO))) for one in positions)
        return [replace(one, quantity=rest) for one, rest in rests if rest]

    def of(self, held: HeldSymbol) -> Position | None:
        """Return it of one symbol."""
        return next((item for item in self.at(held.broker) if item.symbol == held.symbol), None)
