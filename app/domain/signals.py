"""What an alert means, whatever its dialect."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from app.dataclass import dataclass
from app.domain.alert_terms import BY_THE_BOT, AlertTerms
from app.domain.ideas import Idea
from app.domain.orders import OrderType, Side, TimeInForce
from app.domain.structures.commands import Command

# A bot's secret stands in one of these.
SECRET_FIELDS = ("secret", "token")
# What says only who sends an alert, and when, in any dialect: it makes no other alert of it.
_OF_THE_SENDING = frozenset({*SECRET_FIELDS, "time", "timestamp", "date"})


def own_words(alert: dict[str, Any]) -> dict[str, Any]:
    """Return what two alerts with one key are compared by: everything but secrets and the time of sending.

    A sender that builds a lost alert anew writes another time into it and means the same order.
    """
    return {name: value for name, value in alert.items() if name not in _OF_THE_SENDING}


class DuplicateAnswer(StrEnum):
    """What the sender of an alert that came before is told."""

    FIRST_ANSWER = "first_answer"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Dialect:
    """A shape in which alerts arrive, and what its document promises that others do not.

    `price_field` is where its alerts say what the market's price is. `may_sell_options`: its orders may sell
    options to open. `names_underlying`: its symbol is the underlying's; what was traded stands in the order
    alone. `carries_idea`: its alerts are ideas, had independently of each other. `refusal_status` is the one
    HTTP status of whatever is denied or rejected;
    None: it depends on who refused. Without a key of their own the same words later than `resend_seconds`
    are another alert; None: than the inbox remembers, which it does for `known_seconds` whatever is set.
    """

    STRATEGY: ClassVar["Dialect"]
    BRIDGE: ClassVar["Dialect"]
    OPTION: ClassVar["Dialect"]
    TRADE_IDEA: ClassVar["Dialect"]
    BOT_COMMAND: ClassVar["Dialect"]

    name: str
    price_field: str | None = None
    may_sell_options: bool = False
    names_underlying: bool = False
    carries_idea: bool = False
    refusal_status: int | None = None
    resend_seconds: int | None = None
    known_seconds: int = 0
    duplicate_answer: DuplicateAnswer = DuplicateAnswer.FIRST_ANSWER

    @classmethod
    def named(cls, name: str | None) -> "Dialect":
        """Return the dialect that a ticket names; a name without promises of its own is a plain dialect's."""
        return _PROMISING.get(name or "") or cls(name or "")


Dialect.STRATEGY = Dialect("strategy", price_field="strategy_order_price")
Dialect.BRIDGE = Dialect("bridge", price_field="limit_price", duplicate_answer=DuplicateAnswer.CONFLICT)
Dialect.OPTION = Dialect("option", may_sell_options=True, names_underlying=True, refusal_status=400)
Dialect.TRADE_IDEA = Dialect(
    "trade_idea", price_field="entry_price", carries_idea=True, duplicate_answer=DuplicateAnswer.DUPLICATE
)
Dialect.BOT_COMMAND = Dialect("bot_command", names_underlying=True, refusal_status=400, resend_seconds=10)
# A ticket keeps the name alone: it must find the promises again years later.
_PROMISING = {
    dialect.name: dialect
    for dialect in (
        Dialect.STRATEGY,
        Dialect.BRIDGE,
        Dialect.OPTION,
        Dialect.TRADE_IDEA,
        Dialect.BOT_COMMAND,
    )
}

# The dialects of other services; none of them promises anything.
OF_OTHERS = tuple(
    Dialect(name)
    for name in ("tutorial", "threecommas", "pickmytrade", "openalgo", "traderspost", "webhooks_bot", "text")
)


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
    ENTER_STRUCTURE = "enter_structure"
    EXIT_STRUCTURE = "exit_structure"


# They concern an order that works already, and ask for none of their own.
COMMANDS = frozenset({Intent.CANCEL, Intent.MODIFY})
# They concern structures of options, which have a way of their own.
STRUCTURES = frozenset({Intent.ENTER_STRUCTURE, Intent.EXIT_STRUCTURE})
# They ask for an amount, whatever the position is then.
SIZED = frozenset({Intent.ORDER, Intent.COVER})


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
    `size_field` is the name under which somebody other than TradingView wrote the quantity, `unused` are
    fields of an entry that came with an alert that only exits. `terms` is what it settles for its bot.
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
    structure: Command | None = None
    size_field: str | None = None
    unused: tuple[str, ...] = ()
    terms: AlertTerms = BY_THE_BOT
