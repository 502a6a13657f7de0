"""At what price an order is placed."""

from decimal import Decimal

from app.domain.accounts import Quote
from app.domain.bots import BotConfiguration
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ONE, ZERO, round_price
from app.domain.orders import OrderType, Side
from app.domain.signals import Signal

# Below a dollar, American shares may be priced in hundredths of a cent (SEC rule 612).
CENT, FINE_CENT = Decimal("0.01"), Decimal("0.0001")
COIN_DIGITS = 5

# How far from the last price Indian exchanges let an order at the market trade: up to a price, so much in
# rupees or as a fraction. What is not published for shares is taken to be that of their futures.
_OPTION_REACHES = (
    (Decimal(10), Decimal("1.5"), ZERO),
    (Decimal(20), ZERO, Decimal("0.15")),
    (None, ZERO, Decimal("0.1")),
)
_OTHER_REACHES = ((Decimal(50), Decimal("0.75"), ZERO), (None, ZERO, Decimal("0.015")))


def order_type(signal: Signal, bot: BotConfiguration) -> OrderType:
    """Return what the alert asks for, else what the bot prefers."""
    if signal.order_type is not None:
        return signal.order_type
    return OrderType.LIMIT if bot.use_limit_orders else OrderType.MARKET


def market_price(quote: Quote | None, reference: Decimal | None, *, simulated: bool) -> Decimal | None:
    """Return the price that an order at the market would be valued at; None is unknown.

    A real market is believed, and nothing else is; a simulated one follows the alert's price.
    """
    if quote is not None and (quote.firm or reference is None):
        return quote.price
    return reference if simulated else None


def entry_price(
    signal: Signal, bot: BotConfiguration, instrument: Instrument, side: Side, market_price: Decimal | None
) -> tuple[OrderType, Decimal | None]:
    """Return how an entry meets the market, and at what price: its limit, its trigger, or the market's.

    None: that is not known, so that it cannot be valued.
    """
    kind = order_type(signal, bot)
    if kind is OrderType.LIMIT:
        return kind, limit_price(signal, bot, instrument, side, market_price)
    own = {OrderType.STOP_LIMIT: signal.limit_price, OrderType.STOP: signal.stop_price}
    return kind, own.get(kind, market_price)


def limit_price(
    signal: Signal, bot: BotConfiguration, instrument: Instrument, side: Side, market_price: Decimal | None
) -> Decimal | None:
    """Return the limit of an order: the alert's own, or its price moved by the bot's offset.

    A positive offset is more eager: above the price for a buy, below it for a sell. None: no price is known.
    """
    if signal.limit_price is not None:
        return signal.limit_price
    first, second = signal.reference_price, market_price
    if not bot.use_strategy_order_price:
        first, second = second, first
    base = first if first is not None else second
    if base is None:
        return None
    tick = tick_at(base, instrument)
    return round_price(base + side.sign * bot.limit_offset_ticks * tick, tick, up=side is Side.SELL)


def tick_at(price: Decimal, instrument: Instrument) -> Decimal:
    """Return the smallest step of a price as high as this one; cheap shares and coins move in finer steps."""
    tick = instrument.price_tick
    if instrument.asset_class is AssetClass.EQUITY:
        return FINE_CENT if tick == CENT and price < ONE else tick
    if instrument.asset_class is AssetClass.CRYPTO and price > ZERO:
        return min(tick, ONE.scaleb(price.adjusted() + 1 - COIN_DIGITS))
    return tick


def protected_limit(instrument: Instrument, side: Side, last: Decimal) -> Decimal:
    """Return the limit within which an order at the market may trade, by India's market price protection."""
    is_option = instrument.asset_class is AssetClass.OPTION
    for most, amount, part in _OPTION_REACHES if is_option else _OTHER_REACHES:
        if most is None or last <= most:
            reach = amount + last * part
            break
    tick = instrument.price_tick
    return max(round_price(last + side.sign * reach, tick, up=side is Side.SELL), tick)
