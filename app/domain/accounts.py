"""What a broker says about money, holdings, prices and hours."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.instruments import Instrument
from app.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class Account:
    """Money at a broker, in the account's currency; `options_buying_power` None: options have no own one."""

    equity: Decimal
    cash: Decimal
    buying_power: Decimal
    currency: str = "USD"
    can_trade: bool = True
    options_buying_power: Decimal | None = None

    @property
    def power_for_options(self) -> Decimal:
        """What options may be bought or written with: nobody lends on them where shares are lent on."""
        return self.buying_power if self.options_buying_power is None else self.options_buying_power

    def with_more(self, freed: Decimal) -> "Account":
        """Return it with more money to buy with."""
        return replace(self, buying_power=self.buying_power + freed)


@dataclass(frozen=True, slots=True)
class Position:
    """A holding: `quantity` is signed (short is negative), prices are per unit.

    `instrument` is there where the broker knows more than the symbol.
    """

    symbol: str
    quantity: Decimal
    average_price: Decimal
    market_price: Decimal | None = None
    unrealized_pnl: Decimal | None = None
    instrument: Instrument | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """The latest price of an instrument; bid and ask where the broker gives both.

    `firm` is False for a simulated market that moves to an alert's own price before it fills the order.
    """

    price: Decimal
    at: datetime
    bid: Decimal | None = None
    ask: Decimal | None = None
    firm: bool = True


@dataclass(frozen=True, slots=True)
class MarketHours:
    """Whether an instrument's market is open, and when that changes."""

    is_open: bool
    next_open: datetime | None = None
    next_close: datetime | None = None


@dataclass(frozen=True, slots=True)
class AssetTerms:
    """What a broker says of one instrument, beyond what holds for its kind; None: it does not say.

    `is_listed` is False only where the broker was asked and has none of this name. An order is for a multiple
    of `quantity_increment` units, and at least for `minimum_quantity` and worth `minimum_value`.
    """

    is_listed: bool = True
    quantity_increment: Decimal | None = None
    minimum_quantity: Decimal | None = None
    minimum_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MarketSnapshot:
    """The account, its signed position in one instrument, the quote, and the market's hours.

    Without `account` nothing can be entered: an exit needs the position alone. `hours` is None where they
    were not asked for. `is_told`: nobody asked for the position; the broker keeps telling it.
    """

    account: Account | None
    position: Decimal
    quote: Quote | None
    hours: MarketHours | None = None
    is_told: bool = False
    asset: AssetTerms | None = None

    def after_closing(
        self, closing: Decimal, price: Decimal | None, instrument: Instrument
    ) -> "MarketSnapshot":
        """Return position and account once what a reversal closes is closed and its money is free."""
        if closing == ZERO or price is None:
            return self
        freed = closing * price * instrument.multiplier
        account = None if self.account is None else self.account.with_more(freed)
        position = self.position - (closing if self.position > ZERO else -closing)
        return replace(self, account=account, position=position)
