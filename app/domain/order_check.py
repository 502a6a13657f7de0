"""One order as it is about to be sent, in parts, and what a gate says of it."""

from dataclasses import field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from app.dataclass import dataclass
from app.domain.accounts import Account, AssetTerms, MarketSnapshot
from app.domain.bots import Bot
from app.domain.capabilities import Capabilities
from app.domain.exit_levels import Levels
from app.domain.instruments import Instrument
from app.domain.limits import Limits
from app.domain.losses import NOT_ASKED, Losses
from app.domain.money import ZERO
from app.domain.opinions import Direction
from app.domain.orders import OrderRole, Side
from app.domain.reasons import Reason
from app.domain.review import Review
from app.domain.signals import Signal
from app.domain.trading_state import TradingState

NO_LEVELS = Levels(None, None)


class Verdict(NamedTuple):
    """What one gate said; `code` is set when it refused."""

    gate: str
    passed: bool
    code: Reason | None
    detail: str


@dataclass(frozen=True, slots=True)
class ProposedOrder:
    """The order itself; the price is per unit, None is unknown.

    `asked` is the size that the alert itself names, `own_exits` are the exits that it brings. `stop` is where
    the order's stop-loss will stand, `risk` what may be lost there (account currency) where that is limited.
    `budget` is the money that the size was worked out from, None where it was not.
    """

    role: OrderRole
    side: Side
    quantity: Decimal | None = None
    price: Decimal | None = None
    asked: Decimal | None = None
    own_exits: Levels = NO_LEVELS
    stop: Decimal | None = None
    risk: Decimal | None = None
    budget: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Permissions:
    """What may trade here, before any figure is looked at.

    `broker_needs` are the settings that the broker needs, `equity_unknown`: what its account is worth is
    watched and cannot be seen. `opposed_by` is the bot that holds the opposite position. `may_sell_options`:
    the alert's dialect is for selling options, which short selling of shares does not concern.
    """

    global_state: TradingState = TradingState.ACTIVE
    bot_state: TradingState = TradingState.ACTIVE
    broker_configured: bool = True
    broker_needs: str = ""
    allow_live: bool = False
    equity_unknown: bool = False
    opposed_by: str | None = None
    may_sell_options: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What the bot has done: today's (UTC) entries, its open positions, its last entry into the symbol."""

    orders_today: int = 0
    notional_today: Decimal = ZERO
    open_positions: int = 0
    holds_symbol: bool = False
    last_entry_at: datetime | None = None


NOTHING_USED = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCheck:
    """One order with everything that the gates compare it with.

    `sent_at` is the moment from which its age counts; `symbol_refusal` is why its symbol is no instrument.
    `market` is None where the broker was not asked. What follows from the parts is worked out once, since
    many gates ask for it, or since a gate need not be asked where there is none of it: `quote` is the
    market's price, `asset` what the broker says of the instrument, `own_exits` those that the alert brings.
    An alert of more than `longest_age` seconds is too old. `freeze_quantity` is the most that the exchange
    takes at once, `currency` the account's, in which limits and values are told, `notional` what the order is
    worth. `opens_short`: a selling entry, which comes only after the opposite position is closed. `is_idea`
    and `is_reviewed`: an entry that follows a trade idea, or in which an analyst or a person has a word.
    """

    now: datetime
    bot: Bot
    signal: Signal
    order: ProposedOrder
    limits: Limits
    capabilities: Capabilities
    instrument: Instrument | None = None
    symbol_refusal: tuple[Reason, str] | None = None
    sent_at: datetime | None = None
    permissions: Permissions = field(default_factory=Permissions)
    review: Review = field(default_factory=Review)
    market: MarketSnapshot | None = None
    usage: Usage = NOTHING_USED
    losses: Losses = NOT_ASKED
    account: Account | None = field(init=False)
    asset: AssetTerms | None = field(init=False)
    quote: Decimal | None = field(init=False)
    own_exits: Levels | None = field(init=False)
    longest_age: int | None = field(init=False)
    freeze_quantity: Decimal | None = field(init=False)
    currency: str | None = field(init=False)
    notional: Decimal | None = field(init=False)
    opens_short: bool = field(init=False)
    is_idea: bool = field(init=False)
    is_reviewed: bool = field(init=False)

    def __post_init__(self) -> None:
        """Work out what follows from the parts."""
        market, order, instrument = self.market, self.order, self.instrument
        account = None if market is None else market.account
        if account is not None:
            currency: str | None = account.currency
        else:
            currency = instrument.currency if instrument is not None else None
        # The dataclass is frozen: this is how its own fields are set.
        put = partial(object.__setattr__, self)
        put("account", account)
        put("asset", None if market is None else market.asset)
        put("quote", None if market is None or market.quote is None else market.quote.price)
        put("own_exits", None if order.own_exits == NO_LEVELS else order.own_exits)
        put("longest_age", _stricter(self.limits.stale_after_seconds, self.signal.terms.longest_age))
        put("freeze_quantity", None if instrument is None else instrument.freeze_quantity)
        put("currency", currency)
        put("notional", self._value(order.quantity))
        is_entry = order.role is OrderRole.ENTRY
        put("opens_short", is_entry and order.side is Side.SELL)
        put("is_idea", is_entry and self.signal.idea is not None)
        put("is_reviewed", is_entry and self.review.is_wanted)

    @property
    def takes_side(self) -> bool:
        """Tell whether it is an entry that follows a trade idea which expects a rise or a fall."""
        idea = self.signal.idea
        return self.is_idea and idea is not None and idea.direction is not Direction.NEUTRAL

    @property
    def position_value(self) -> Decimal | None:
        """What the account's position in the instrument would be worth after the order."""
        if self.market is None or self.order.quantity is None:
            return None
        return self._value(abs(self.market.position + self.order.side.sign * self.order.quantity))

    @property
    def loss_at_stop(self) -> Decimal | None:
        """What the order loses if it fills at its price and is closed at its stop; None without a stop."""
        quantity, price, stop = self.order.quantity, self.order.price, self.order.stop
        if quantity is None or price is None or stop is None or self.instrument is None:
            return None
        return quantity * (price - stop) * self.order.side.sign * self.instrument.multiplier

    def _value(self, quantity: Decimal | None) -> Decimal | None:
        if quantity is None or self.order.price is None or self.instrument is None:
            return None
        return quantity * self.order.price * self.instrument.multiplier


def _stricter(first: int | None, second: int | None) -> int | None:
    if first is None or second is None:
        return second if first is None else first
    return min(first, second)
