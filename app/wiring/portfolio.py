"""How what shows and closes positions and trades is made."""

from collections.abc import Callable
from uuid import UUID

from app.dataclass import dataclass
from app.domain.pursuits import ExitWish
from app.domain.structures.trades import StructureTrade
from app.domain.tickets import Ticket
from app.repositories.closed_trades import ClosedTrades
from app.repositories.structure_trades import StructureTrades
from app.services.broker_access.gateway import HeldSymbol
from app.services.orders.free_positions import FreePositions
from app.services.orders.tracking import OrderTracker
from app.services.orders.working import WorkingOrders
from app.services.portfolio.closers import ClosedBy
from app.services.portfolio.positions import PositionService
from app.services.portfolio.snapshots import Snapshots
from app.services.portfolio.structure_marks import StructureMarks
from app.services.portfolio.trade_history import TradeHistory
from app.services.pursuits.service import PursuitService
from app.services.structures.closings import StructureClosings
from app.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True)
class LateExits:
    """What takes exits to their end, found at the first use."""

    pursuits: Callable[[], PursuitService]
    structures: Callable[[], StructureClosings]

    def pursue(self, held: HeldSymbol, ticket: Ticket, wish: ExitWish | None = None) -> None:
        """Pursue an exit by orders for one symbol."""
        self.pursuits().begin(held, ticket, wish)

    def give_up(self, ticket: UUID, by: str) -> object:
        """Give an exit up."""
        return self.pursuits().end(ticket, by)

    def leave(self, trade: StructureTrade, by: ClosedBy, *, ticket: UUID, trim: int | None = None) -> Ticket:
        """Leave a structure by its ladder."""
        return self.structures().leave(trade, by, ticket=ticket, trim=trim)


def position_service(
    base: Foundation,
    tracker: OrderTracker,
    working_orders: WorkingOrders,
    snapshots: Snapshots,
    late: LateExits,
) -> PositionService:
    """Return what closes positions."""
    return PositionService(
        runtime=base.runtime,
        open_orders=base.open_orders,
        ledger=base.ledger,
        tracker=tracker,
        trades=base.trades,
        working_orders=working_orders,
        gateway=base.gateway,
        snapshots=snapshots,
        free=FreePositions(StructureTrades(base.store)),
        pursue=late.pursue,
        give_up=late.give_up,
        leave=late.leave,
        new_ticket_id=base.new_ticket_id,
    )


def trade_history(base: Foundation, marks: StructureMarks, snapshots: Snapshots) -> TradeHistory:
    """Return what bots hold and what they have traded."""
    return TradeHistory(
        trades=base.trades,
        structures=StructureTrades(base.store),
        marks=marks,
        closed=ClosedTrades(base.store),
        snapshots=snapshots,
        clock=base.clock,
    )
