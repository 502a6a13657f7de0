"""Prices: the last one of each symbol, its circuit, and how far a market order may reach."""

from collections.abc import Callable
from decimal import Decimal
from math import exp, sqrt

from tests.simulators.fyers.clock import Clock
from tests.simulators.fyers.figures import ZERO, down, on_tick, up
from tests.simulators.fyers.instruments import FUTURE, Instrument, Listing

VOLATILITY = 0.16
DAYS_PER_YEAR = 365
TENTH, FIFTH = Decimal("0.1"), Decimal("0.2")
FIVE_TIMES = 5

# Protection of market orders: up to a price, so much in rupees or as a share of the price.
Bands = tuple[tuple[Decimal | None, Decimal, bool], ...]
OPTION_BANDS: Bands = (
    (Decimal(10), Decimal("1.5"), False),
    (Decimal(20), Decimal("0.15"), True),
    (None, TENTH, True),
)
INDEX_FUTURE_BANDS: Bands = ((Decimal(10_000), Decimal(50), False), (None, Decimal("0.005"), True))
STOCK_FUTURE_BANDS: Bands = ((Decimal(50), Decimal("0.75"), False), (None, Decimal("0.015"), True))


class Market:
    """The last price of everything; None is a symbol that has no price."""

    def __init__(self, listing: Listing, clock: Clock) -> None:
        self._listing, self._clock = listing, clock
        self._prices: dict[str, Decimal | None] = {}
        self._bases: dict[str, Decimal] = {}
        self._circuits: dict[str, tuple[Decimal, Decimal]] = {}
        self.on_move: Callable[[str], None] = lambda _symbol: None

    def base(self, instrument: Instrument) -> Decimal:
        """Return the price that an instrument starts from, also its previous close."""
        if instrument.symbol not in self._bases:
            self._bases[instrument.symbol] = first_price(instrument, self._clock)
        return self._bases[instrument.symbol]

    def price(self, instrument: Instrument) -> Decimal | None:
        if instrument.symbol in self._prices:
            return self._prices[instrument.symbol]
        return self.base(instrument)

    def opposite(self, instrument: Instrument, side: int) -> Decimal | None:
        """Return what is asked of a buyer, or bid to a seller; None: nobody is there."""
        last, tick = self.price(instrument), instrument.tick
        return None if last is None else max(last + side * tick, tick)

    def move(self, symbol: str, price: Decimal | str | None) -> None:
        """Trade at a price; None takes the price away. Raise KeyError for an unknown symbol."""
        if self._listing.find(symbol) is None:
            raise KeyError(symbol)
        self._prices[symbol] = None if price is None else Decimal(price)
        self.on_move(symbol)

    def limit(self, symbol: str, low: Decimal | str, high: Decimal | str) -> None:
        """Set the circuit of a symbol."""
        self._circuits[symbol] = Decimal(low), Decimal(high)

    def circuit(self, instrument: Instrument) -> tuple[Decimal, Decimal]:
        """Return the lowest and the highest price of the day."""
        if instrument.symbol in self._circuits:
            return self._circuits[instrument.symbol]
        base, tick = self.base(instrument), instrument.tick
        if instrument.is_option:
            return tick, max(up(base * FIVE_TIMES, tick), Decimal(100))
        reach = TENTH if instrument.kind == FUTURE else FIFTH
        return up(base * (1 - reach), tick), down(base * (1 + reach), tick)

    def protected(self, instrument: Instrument, side: int) -> Decimal:
        """Return the limit that a market order becomes."""
        price, tick = self.price(instrument) or ZERO, instrument.tick
        reach = protection(instrument, price)
        low, high = self.circuit(instrument)
        wanted = down(price + reach, tick) if side > 0 else up(price - reach, tick)
        return min(max(wanted, low, tick), high)


def bands(instrument: Instrument) -> Bands:
    if instrument.is_option:
        return OPTION_BANDS
    of = instrument.underlying
    return INDEX_FUTURE_BANDS if of is not None and of.is_index else STOCK_FUTURE_BANDS


def protection(instrument: Instrument, price: Decimal) -> Decimal:
    """Return how far from a price a market order may trade; that of equity is not published."""
    for limit, reach, is_share in bands(instrument):
        if limit is None or price <= limit:
            return price * reach if is_share else reach
    return ZERO


def first_price(instrument: Instrument, clock: Clock) -> Decimal:
    of = instrument.underlying
    if of is None:
        return Decimal(15)
    if instrument.kind == FUTURE:
        return on_tick(Decimal(str(of.base * 1.005)), instrument.tick)
    if not instrument.is_option or instrument.expiry is None:
        return on_tick(Decimal(str(of.base)), instrument.tick)
    days = (instrument.expiry - clock.today).days + 1
    worth = option_worth(of.base, instrument.strike, days / DAYS_PER_YEAR, instrument.option_type)
    return max(on_tick(Decimal(f"{worth:.4f}"), instrument.tick), instrument.tick)


def option_worth(spot: float, strike: float, years: float, option_type: str) -> float:
    """Return a plausible premium: what is inside, and a bell of time around the strike."""
    width = VOLATILITY * spot * sqrt(years)
    inside = max(0.0, spot - strike if option_type == "CE" else strike - spot)
    return inside + 0.4 * width * exp(-(((spot - strike) / width) ** 2) / 2)
