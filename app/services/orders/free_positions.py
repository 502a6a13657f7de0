"""What is held beside the legs of structures: those are left by ladders, all legs at once."""

from contextlib import suppress
from dataclasses import replace

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import Position
from app.domain.trades import beside_legs
from app.errors import RecordUnreadable
from app.repositories.structure_trades import LegsHeld, StructureTrades
from app.services.broker_access.gateway import HeldSymbol


@dataclass(frozen=True, slots=True)
class FreePositions:
    """Look at a broker's positions without what structures hold of them; raise BrokerUnavailable."""

    structures: StructureTrades

    def at(self, broker: Broker) -> list[Position]:
        """Return what may be closed by an order for one symbol; what nobody can say that of is left out."""
        positions = broker.positions()
        legs, found = self.structures.legs_at(broker.name) if positions else LegsHeld({}), list[Position]()
        for position in positions:
            with suppress(RecordUnreadable):
                found += _beside(position, legs)
        return found

    def of(self, held: HeldSymbol) -> Position | None:
        """Return it of one symbol; raise RecordUnreadable where nobody can say it."""
        mine = [item for item in held.broker.positions() if item.symbol == held.symbol]
        legs = self.structures.legs_at(held.broker.name) if mine else LegsHeld({})
        return next((rest for position in mine for rest in _beside(position, legs)), None)


def _beside(position: Position, legs: LegsHeld) -> list[Position]:
    rest = beside_legs(position.quantity, legs.of(position.symbol))
    return [replace(position, quantity=rest)] if rest else []
