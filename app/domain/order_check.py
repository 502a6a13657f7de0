"""One order as it is about to be sent, and what a gate says of it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from app.domain.accounts import Account
from app.domain.capabilities import Capabilities
from app.domain.ideas import Idea
from app.domain.instruments import Instrument
from app.domain.limits import Limits
from app.domain.money import ZERO
from app.domain.opinions import Decision
from app.domain.orders import OrderRole, Side
from app.domain.reasons import Reason
from app.domain.trading_state import TradingState


class Verdict(NamedTuple):
    """What one gate said; `code` is set when it refused."""

    gate: str
    passed: bool
    code: Reason | None
    detail: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the bot has done: today's (UTC) entries, its open positions, its last entry into the symbol."""

    orders_today: int = 0
    notional_today: Decimal = ZERO
    open_positions: int = 0
    holds_symbol: bool = False
    last_entry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One order as it is about to be sent, with everything that the gates compare it with.

    `price` and `quote` are per unit, `notional` and `position_value` in the account's currency; `held` is the
    account's signed position before the order. None is unknown.

    `asked` is the size that the alert itself names, `stop_loss` and `take_profit` are its own exits.
    `opinion_reason` is why a needed opinion is none, `notional_cap` the largest value that sizing aimed at.
    `may_sell_options`: its dialect is for selling options, which short selling of shares does not concern.
    """

    now: datetime
    role: OrderRole
    side: Side
    broker: Capabilities
    limits: Limits
    global_state: TradingState = TradingState.ACTIVE
    bot_state: TradingState = TradingState.ACTIVE
    sent_at: datetime | None = None
    instrument: Instrument | None = None
    symbol_refusal: tuple[Reason, str] | None = None
    allowed_symbols: tuple[str, ...] | None = None
    broker_configured: bool = True
    live_allowed: bool = False
    equity_known: bool = True
    lacks_opinion: bool = False
    opinion_reason: Reason | None = None
    decision: Decision | None = None
    is_advisory: bool = False
    min_confidence: Decimal = ZERO
    idea: Idea | None = None
    notional_cap: Decimal | None = None
    lacks_approval: bool = False
    approval_above: Decimal | None = None
    opposed_by: str | None = None
    may_sell_options: bool = False
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    asked: Decimal | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    quote: Decimal | None = None
    reference_price: Decimal | None = None
    held: Decimal | None = None
    account: Account | None = None
    market_open: bool | None = None
    usage: Usage = field(default_factory=Usage)

    @property
    def notional(self) -> Decimal | None:
        """What the order is worth."""
        if self.quantity is None or self.price is None or self.instrument is None:
            return None
        return self.quantity * self.price * self.instrument.multiplier

    @property
    def resulting(self) -> Decimal | None:
        """The account's signed position after the order."""
        if self.held is None or self.quantity is None:
            return None
        return self.held + self.side.sign * self.quantity

    @property
    def position_value(self) -> Decimal | None:
        """What the account's position in the instrument would be worth after the order."""
        if self.resulting is None or self.price is None or self.instrument is None:
            return None
        return abs(self.resulting) * self.price * self.instrument.multiplier

    @property
    def opens_short(self) -> bool:
        """True for a selling entry; an entry comes only after the opposite position is closed."""
        return self.role is OrderRole.ENTRY and self.side is Side.SELL
