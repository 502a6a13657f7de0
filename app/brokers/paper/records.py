from dataclasses import field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.dataclass import dataclass
from app.domain.instruments import Instrument
from app.domain.money import ZERO
from app.domain.orders import Order, OrderClass, OrderRole, OrderStatus
from app.domain.structures.exchange_switches import Switches
from app.domain.structures.orders import LegFill, StructureOrder

EPOCH = datetime.fromtimestamp(0, UTC)
NEW_YORK, CLOSE = ZoneInfo("America/New_York"), time(16)
# A held leg is not among them: what it protects has not been bought yet.
_LIVE = frozenset({OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED})


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """An order as it was asked, and how far it has come.

    `mate` is the leg that lives and dies with this one; `parent` is the order that both protect.
    """

    order: Order
    broker_order_id: str
    created_at: datetime
    quantity: Decimal
    status: OrderStatus = OrderStatus.ACCEPTED
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    filled: Decimal = ZERO
    average: Decimal | None = None
    fees: Decimal = ZERO
    message: str | None = None
    triggered: bool = False
    parent: str | None = None
    mate: str | None = None
    filled_at: datetime | None = None

    @property
    def id(self) -> str:
        """The client order id."""
        return self.order.client_order_id

    @property
    def symbol(self) -> str:
        """The canonical symbol."""
        return self.order.instrument.symbol

    @property
    def remaining(self) -> Decimal:
        """The quantity that has not filled."""
        return self.quantity - self.filled

    @property
    def is_live(self) -> bool:
        """True when the next price may fill the order."""
        return self.status in _LIVE and not self.is_container

    @property
    def is_container(self) -> bool:
        """True for an OCO order itself: its two legs trade, it only sums them up."""
        return self.order.order_class is OrderClass.OCO

    @property
    def reduces_only(self) -> bool:
        """True for an order that may close a position and never open one."""
        return self.order.role is OrderRole.EXIT or self.is_container

    @property
    def reserved(self) -> Decimal:
        """The value that the unfilled rest of an entry would add to the positions, before leverage."""
        # The rest of a market order is expected to cost what its first part did.
        price = self.limit_price or self.stop_price or self.average
        if self.reduces_only or price is None:
            return ZERO
        return self.remaining * price * self.order.instrument.multiplier

    def ended(self, status: OrderStatus, message: str | None) -> "PaperOrder":
        """Return the order in a final state."""
        return replace(self, status=status, message=message)


@dataclass(frozen=True, slots=True)
class PaperStructureOrder:
    """An order of several legs, and how far it has come; `looks` is how often it has met the market.

    `reserved` is what its unfilled rest may still take from the buying power.
    """

    order: StructureOrder
    broker_order_id: str
    created_at: datetime
    status: OrderStatus = OrderStatus.ACCEPTED
    filled_units: int = 0
    average_net: Decimal | None = None
    legs: tuple[LegFill, ...] = ()
    fees: Decimal = ZERO
    looks: int = 0
    unit_need: Decimal = ZERO
    message: str | None = None
    filled_at: datetime | None = None

    @property
    def id(self) -> str:
        """The client order id."""
        return self.order.client_order_id

    @property
    def remaining(self) -> int:
        """The units that have not filled."""
        return self.order.units - self.filled_units

    @property
    def reserved(self) -> Decimal:
        """What the unfilled rest may still cost, its largest loss included."""
        return ZERO if self.status.is_final else self.unit_need * self.remaining


NO_SWITCHES = Switches()


def closing_time(day: date) -> datetime:
    """Return New York's close on a day of expiry."""
    return datetime.combine(day, CLOSE, NEW_YORK)


def close_key(underlying: str, day: date) -> str:
    """Return the name of what an underlying cost at the close of a day."""
    return f"{underlying}/{day.isoformat()}"


@dataclass(frozen=True, slots=True)
class PaperHolding:
    """A signed quantity of an instrument at its average price."""

    instrument: Instrument
    quantity: Decimal
    average: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """A simulated price; a pinned one was set by the operator and ignores alerts."""

    value: Decimal
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution: `quantity` is signed, `price` per unit, `fee` in the account's currency."""

    client_order_id: str
    quantity: Decimal
    price: Decimal
    fee: Decimal


@dataclass(slots=True)
class AccountChange:
    """What one operation left behind: the new state of everything that it touched, and its fills.

    A holding of zero is a position that was closed. `closes` are the prices at which contracts expired, by
    `close_key`.
    """

    operation: str
    at: datetime
    cash: Decimal
    realized: Decimal
    fees: Decimal
    clock: datetime | None = None
    switches: Switches = NO_SWITCHES
    orders: dict[str, PaperOrder] = field(default_factory=dict)
    structures: dict[str, PaperStructureOrder] = field(default_factory=dict)
    holdings: dict[str, PaperHolding] = field(default_factory=dict)
    prices: dict[str, Price] = field(default_factory=dict)
    closes: dict[str, Decimal] = field(default_factory=dict)
    fills: list[Execution] = field(default_factory=list)
    is_setting: bool = False

    @property
    def is_empty(self) -> bool:
        """True when the operation changed nothing."""
        return not (self.orders or self.structures or self.prices or self.holdings or self.is_setting)
