"""One signal while it is decided on, and the rules of the house."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from app.brokers.base import Broker, Capabilities
from app.domain.bots import Bot
from app.domain.instruments import AssetClass, Instrument
from app.domain.limits import Limits
from app.domain.orders import Order
from app.domain.proposals import BrokerTraits
from app.domain.protection import Protection
from app.domain.reasons import Reason
from app.domain.signals import Signal
from app.domain.tickets import Ticket
from app.domain.trading_state import TradingState
from app.services.trading.market import MarketView

# What a broker would refuse anyway is told even where its credentials are missing.
UNCONFIGURED = {
    "alpaca": BrokerTraits(
        "alpaca",
        frozenset({AssetClass.CRYPTO, AssetClass.EQUITY, AssetClass.OPTION}),
        frozenset({AssetClass.EQUITY, AssetClass.OPTION}),
        whole_shorts=True,
    ),
    "fyers": BrokerTraits("fyers", frozenset({AssetClass.OPTION}), frozenset({AssetClass.OPTION})),
}


@dataclass(frozen=True, slots=True)
class TradingRules:
    """What the environment says about trading; `ceiling` holds for every bot."""

    ceiling: Limits
    default_broker: str = "paper"
    allow_live: bool = False
    dry_run: bool = True


@dataclass(slots=True)
class Case:
    """One signal while it is decided on.

    `protection` is what its entry shall be protected by; `lost_exits` says that exits were taken back for it.
    """

    ticket: Ticket
    signal: Signal
    bot: Bot
    limits: Limits
    broker_name: str
    broker: Broker | None = None
    instrument: Instrument | None = None
    symbol_refusal: tuple[Reason, str] | None = None
    view: MarketView | None = None
    global_state: TradingState = TradingState.ACTIVE
    orders: list[Order] = field(default_factory=list)
    is_preview: bool = False
    protection: Protection | None = None
    lost_exits: bool = False

    @property
    def symbol(self) -> str:
        """The canonical symbol, or the alert's own where it has none."""
        return self.instrument.symbol if self.instrument is not None else self.signal.symbol

    @property
    def quote(self) -> Decimal | None:
        """The market's price, where the broker gave one."""
        if self.view is None or self.view.quote is None:
            return None
        return self.view.quote.price

    @property
    def traits(self) -> BrokerTraits:
        """What the gates need to know of the broker."""
        if self.broker is None:
            return UNCONFIGURED.get(self.broker_name, BrokerTraits(self.broker_name))
        return traits_of(self.broker.name, self.broker.capabilities)


@lru_cache(maxsize=16)
def traits_of(name: str, capabilities: Capabilities) -> BrokerTraits:
    """Reduce what a broker can do to what the gates ask."""
    shorts = {
        AssetClass.EQUITY: capabilities.short_equity,
        AssetClass.CRYPTO: capabilities.short_crypto,
        AssetClass.OPTION: capabilities.short_options,
        AssetClass.FOREX: AssetClass.FOREX in capabilities.asset_classes,
    }
    short = frozenset(kind for kind, possible in shorts.items() if possible)
    return BrokerTraits(
        name,
        capabilities.asset_classes,
        short,
        whole_shorts=capabilities.whole_shorts,
        live=capabilities.live,
    )
