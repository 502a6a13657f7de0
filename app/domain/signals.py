"""What an alert means, whatever its dialect."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.domain.ideas import Idea
from app.domain.orders import OrderType, Side, TimeInForce


class Dialect(StrEnum):
    """The shapes in which alerts arrive."""

    STRATEGY = "strategy"
    BRIDGE = "bridge"
    OPTION = "option"
    TRADE_IDEA = "trade_idea"


# In the place of one order: every working order of the bot in the symbol.
ALL_ORDERS = "all"


class Intent(StrEnum):
    """What an alert wants; `order` is a plain buy or sell whose meaning follows from the position.

    `cover` buys back what was sold short, and nothing else where the bot is cover-only. `cancel` and `modify`
    are commands about an order that works already.
    """

    ENTER_LONG = "enter_long"
    EXIT_LONG = "exit_long"
    ENTER_SHORT = "enter_short"
    EXIT_SHORT = "exit_short"
    CLOSE = "close"
    TARGET = "target"
    ORDER = "order"
    COVER = "cover"
    CANCEL = "cancel"
    MODIFY = "modify"

    @property
    def is_command(self) -> bool:
        """True when the alert concerns an order that works already, and asks for none of its own."""
        return self in {Intent.CANCEL, Intent.MODIFY}


@dataclass(frozen=True, slots=True)
class Target:
    """The position that TradingView's strategy now has, and the one that it had; None: not said.

    `now` and `before` are +1 (long), 0 (flat) or -1 (short); sizes are unsigned contracts.
    """

    now: int
    before: int | None = None
    now_size: Decimal | None = None
    before_size: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ContractWords:
    """Which option of the alert's symbol is meant, in the alert's own words; `kind` is call or put."""

    expiry: str
    strike: str
    kind: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One alert's meaning.

    `quantity` is in units of the instrument, prices are per unit, `sent_at` is the alert's own time (UTC).
    `stop_loss` and `take_profit` are the alert's own exits, `product` says how the broker holds it.
    `side` is what the alert's order does, `idea` is what a trade idea says. A command names its `order`; it
    has no side of its own, and its symbol is empty where the alert names none.
    """

    dialect: Dialect
    symbol: str
    intent: Intent
    side: Side
    exchange: str | None = None
    quantity: Decimal | None = None
    target: Target | None = None
    order_type: OrderType | None = None
    limit_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    reference_price: Decimal | None = None
    sent_at: datetime | None = None
    idempotency_key: str | None = None
    strategy: str | None = None
    note: str | None = None
    order: str | None = None
    stop_price: Decimal | None = None
    contract: ContractWords | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    product: str | None = None
    idea: Idea | None = None
