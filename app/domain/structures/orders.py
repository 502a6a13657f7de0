"""An order for whole units of a structure at a net limit, and what a broker answers to it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from app.dataclass import dataclass
from app.domain.money import ZERO
from app.domain.orders import OrderRole, OrderStatus, TimeInForce
from app.domain.reasons import Reason
from app.domain.structures.legs import Structure


@dataclass(frozen=True, slots=True)
class StructureOrder:
    """What is sent to a broker, once: `units` of a structure, its legs as they are to be traded.

    What closes a trade is an order for the opposite structure. `limit` is the signed net price of one unit,
    per unit of the underlying: positive is the most that is paid, negative the least that is received.
    """

    client_order_id: str
    structure: Structure
    units: int
    limit: Decimal
    role: OrderRole
    time_in_force: TimeInForce = TimeInForce.DAY


def structure_order_id(bot: str, ticket: UUID, trade: str, place: int) -> str:
    """Derive the id of an order of a trade's ladder: one ticket may leave several trades at once."""
    milliseconds = ticket.int >> 80
    return f"{bot}-{milliseconds}-{uuid5(ticket, f'{trade}/{place}')}"


@dataclass(frozen=True, slots=True)
class LegFill:
    """What has filled of one leg: `quantity` is signed, `price` is the average per unit of the underlying."""

    symbol: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class StructureReceipt:
    """The broker's answer to a structure's order, and later its state.

    `average_net` has the sign of `limit`. Legs fill in whole units, never off their ratio; a broker that
    could do otherwise says so by `legs`, whose sum then is not `filled_units` of the structure. `reason` is
    what a refusal means, where the broker tells more than that it is one.
    """

    client_order_id: str
    broker_order_id: str
    broker: str
    status: OrderStatus
    created_at: datetime
    units: int
    limit: Decimal
    filled_units: int = 0
    average_net: Decimal | None = None
    legs: tuple[LegFill, ...] = ()
    fees: Decimal = ZERO
    message: str | None = None
    reason: Reason | None = None
    filled_at: datetime | None = None
