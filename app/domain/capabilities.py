"""What a broker can do, known before anybody logs in there."""

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ONE, ZERO
from app.domain.symbols import get_asset_class


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a broker can do; gates and the planner read this instead of the broker's name.

    `short` are the kinds of instrument that can be sold short; `whole_shorts`: only whole units of them.
    `held_exits` are the kinds whose stop-loss and take-profit the broker itself holds, for multiples of
    `held_exit_increment` units; a pair must be `held_exit_distance` from the price. `opposing_orders`: an
    order may be sent while another rests on the other side, or holds the same units; `one_sided` are the
    kinds of which no plain order is taken while anybody's rests on the other side. `market_orders_rest`: an
    order at the market becomes a limit that may rest. `day_orders_only`: working orders end with the day, and
    are taken while the market is open. `coin_fee` is the largest part of a bought coin that the broker keeps
    as its fee, so that less is held than was bought. `live`: an
    entry may cost real money. `calls_a_minute` are the requests that it takes, where ladders must be paced by
    us; None: it paces them itself, or counts none. `zone` is where the account's day begins at midnight.
    `bar_feeds` are the kinds of which it keeps past prices, and whose trades they are made of;
    `adjusted_bars` those whose prices it adjusts as one asks.
    """

    name: str
    asset_classes: frozenset[AssetClass] = frozenset(AssetClass)
    fractional: frozenset[AssetClass] = frozenset()
    notional: bool = False
    short: frozenset[AssetClass] = frozenset()
    whole_shorts: bool = False
    bracket: bool = False
    oco: bool = False
    held_exits: frozenset[AssetClass] = frozenset()
    held_exit_increment: Decimal = ONE
    held_exit_distance: Decimal = ZERO
    opposing_orders: bool = False
    one_sided: frozenset[AssetClass] = frozenset()
    coin_fee: Decimal = ZERO
    market_orders_rest: bool = False
    day_orders_only: bool = False
    crosses_zero: bool = False
    unique_client_order_ids: bool = False
    simulated: bool = False
    live: bool = False
    calls_a_minute: int | None = None
    zone: str = "America/New_York"
    bar_feeds: Mapping[AssetClass, str] = field(default_factory=dict, hash=False)
    adjusted_bars: frozenset[AssetClass] = frozenset()

    def kept_fee(self, symbol: str) -> Decimal:
        """Return the largest part of what was bought under a symbol that may have been kept as a fee."""
        return self.coin_fee if self.coin_fee and get_asset_class(symbol) is AssetClass.CRYPTO else ZERO

    def increment(self, instrument: Instrument) -> Decimal:
        """Return the smallest step of a quantity: whole units where the broker takes no fractions."""
        if instrument.asset_class in self.fractional:
            return instrument.quantity_increment
        return max(ONE, instrument.quantity_increment)
