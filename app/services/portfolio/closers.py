"""Who closes what is held beside the bots, and what takes that to its end."""

from typing import Protocol
from uuid import UUID

from app.dataclass import dataclass
from app.domain.pursuits import ExitWish
from app.domain.structures.trades import StructureTrade
from app.domain.tickets import Stage, Ticket
from app.repositories.open_orders import OPERATOR
from app.services.broker_access.gateway import HeldSymbol


@dataclass(frozen=True, slots=True)
class ClosedBy:
    """Who closes positions at a broker beside the bots, as the ticket of the sale says it."""

    name: str
    dialect: str
    stage: Stage
    reason: str | None = None


BY_OPERATOR = ClosedBy(OPERATOR, OPERATOR, Stage.RECEIVED)


class Pursues(Protocol):
    """Takes an exit to its end, over refusals and restarts."""

    def __call__(self, held: HeldSymbol, ticket: Ticket, wish: ExitWish | None = None) -> None:
        """Try it at once; without a wish all that is held goes."""


class GivesUp(Protocol):
    """Ends an exit that goes on."""

    def __call__(self, ticket: UUID, by: str) -> object:
        """Give it up; raise NotFound or PursuitOver where it does not go on."""


class LeavesStructures(Protocol):
    """Begins to leave a structure by its ladder."""

    def __call__(
        self, trade: StructureTrade, by: ClosedBy, *, ticket: UUID, trim: int | None = None
    ) -> Ticket:
        """Return the ticket of it; raise NotFound, or RequestRefused where it is left already."""
