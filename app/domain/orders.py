"""Orders and receipts, in the words that every broker adapter translates to and from."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid5

from app.dataclass import dataclass
from app.domain.instruments import Instrument


class Side(StrEnum):
    """The direction of an order."""

    BUY = "buy"
    SELL = "sell"

    # +1 for a buy, -1 for a sell: what a fill does to a signed position.
    sign: int

    def __init__(self, word: str) -> None:
        self.sign = 1 if word == "buy" else -1

    @property
    def opposite(self) -> "Side":
        """The other direction."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """How an order meets the market."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING_STOP = "trailing_stop"


class TimeInForce(StrEnum):
    """How long an order may rest."""

    DAY = "day"
    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"


class OrderClass(StrEnum):
    """How an order's legs belong together."""

    SIMPLE = "simple"
    BRACKET = "bracket"
    OCO = "oco"
    OTO = "oto"


class OrderStatus(StrEnum):
    """Where an order stands at the broker."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    HELD = "held"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    REPLACED = "replaced"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """True when nothing more can happen to the order."""
        return self in _FINAL


_FINAL = frozenset(
    {
        OrderStatus.FILLED,
        OrderStatus.CANCELED,
        OrderStatus.EXPIRED,
        OrderStatus.REJECTED,
        OrderStatus.REPLACED,
    }
)


class OrderRole(StrEnum):
    """What an order does to a position; exits never open one."""

    ENTRY = "entry"
    EXIT = "exit"

    @property
    def place(self) -> int:
        """The order's place in its ticket: what closes stands before what opens."""
        return 0 if self is OrderRole.EXIT else 1


STOP_LOSS_SUFFIX = "-sl"
TAKE_PROFIT_SUFFIX = "-tp"
OWN_ID = re.compile(r"(.+)-(\d{13})-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:-sl|-tp)?")


@dataclass(frozen=True, slots=True)
class Order:
    """What is sent to a broker, once.

    Exactly one of `quantity` (units of the instrument) and `notional` (account currency) is set.
    `reference_price` is the market's price that the alert told: simulated markets may adopt it.
    `take_profit` and `stop_loss` are prices of the protecting legs of a bracket, OCO or OTO order; their
    client order ids are this order's with `-tp` and `-sl` appended. `product` is the broker's own word for
    how it holds the position.
    """

    client_order_id: str
    instrument: Instrument
    side: Side
    role: OrderRole
    type: OrderType = OrderType.MARKET
    time_in_force: TimeInForce = TimeInForce.DAY
    quantity: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    order_class: OrderClass = OrderClass.SIMPLE
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    reference_price: Decimal | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What a working order should become; None leaves a field as it is."""

    quantity: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The broker's answer to an order, and later its state.

    Prices are per unit, `filled_quantity` is unsigned, times are aware UTC. `symbol` is canonical.
    `filled_at` is when the last of it filled; None where nothing has, or where the broker does not tell.
    """

    client_order_id: str
    broker_order_id: str
    broker: str
    symbol: str
    side: Side
    type: OrderType
    status: OrderStatus
    created_at: datetime
    quantity: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    filled_quantity: Decimal = Decimal(0)
    average_fill_price: Decimal | None = None
    fees: Decimal = Decimal(0)
    message: str | None = None
    filled_at: datetime | None = None

    def seen_at(self, at: datetime) -> "Receipt":
        """Return it with a fill time: when it was seen, where the broker tells none (Fyers does not)."""
        return self if self.filled_at is not None or not self.filled_quantity else replace(self, filled_at=at)

    @property
    def is_protective(self) -> bool:
        """True for a stop-loss or take-profit leg, told by its client order id."""
        return self.client_order_id.endswith((STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX))


def client_order_id(bot: str, ticket: UUID, role: OrderRole, suffix: str = "") -> str:
    """Derive the id of a ticket's exit or entry: the same ticket always gives the same two ids.

    A restart therefore knows from an id which of the two the broker holds. The shape is
    `{bot}-{epoch milliseconds}-{uuid}{suffix}`; the milliseconds are the ticket's own (UUIDv7).
    """
    return placed_order_id(bot, ticket, role.place) + suffix


def placed_order_id(bot: str, ticket: UUID, place: int | str) -> str:
    """Derive the id of the order at any place of a ticket; exits placed later have places of their own."""
    milliseconds = ticket.int >> 80
    return f"{bot}-{milliseconds}-{uuid5(ticket, str(place))}"


def unsent(order: Order, *, broker: str, at: datetime, status: OrderStatus = OrderStatus.PENDING) -> Receipt:
    """Return the receipt of an order for which the broker gave none."""
    return Receipt(
        client_order_id=order.client_order_id,
        broker_order_id="",
        broker=broker,
        symbol=order.instrument.symbol,
        side=order.side,
        type=order.type,
        status=status,
        created_at=at,
        quantity=order.quantity,
        notional=order.notional,
        limit_price=order.limit_price,
        stop_price=order.stop_price,
    )


def leg_names(order: Order) -> list[str]:
    """Return the client order ids of the legs that go out with an order."""
    legs = ((order.take_profit, TAKE_PROFIT_SUFFIX), (order.stop_loss, STOP_LOSS_SUFFIX))
    return [order.client_order_id + suffix for price, suffix in legs if price is not None]


def family_name(name: str) -> str:
    """Return the client order id of the order whose leg a name is; its own where it is none."""
    return name.removesuffix(STOP_LOSS_SUFFIX).removesuffix(TAKE_PROFIT_SUFFIX)


def units_on(orders: Iterable[Receipt], side: Side) -> Decimal:
    """Return how many units working orders on one side may trade.

    The legs of one pair count once: what one trades is taken off the other. A leg that is held back until its
    entry fills trades nothing yet.
    """
    families: dict[str, Decimal] = {}
    for order in orders:
        if order.side is side and order.status is not OrderStatus.HELD:
            name = family_name(order.client_order_id)
            left = (order.quantity or Decimal(0)) - order.filled_quantity
            families[name] = max(families.get(name, left), left)
    return sum(families.values(), Decimal(0))


def bot_of_order(name: str) -> str | None:
    """Return whose order a client order id names; None when it is none of ours."""
    match = OWN_ID.fullmatch(name)
    return match[1] if match is not None else None


def moment_of_order(name: str) -> int | None:
    """Return the epoch milliseconds in which an order's alert came; None for what is none of ours."""
    match = OWN_ID.fullmatch(name)
    return int(match[2]) if match is not None else None
