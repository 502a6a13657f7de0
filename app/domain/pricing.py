"""At what price an order is placed, and where its stop-loss and take-profit stand."""

from decimal import Decimal
from typing import NamedTuple

from app.domain.bots import BotConfiguration
from app.domain.instruments import Instrument
from app.domain.money import round_price
from app.domain.orders import OrderType, Side
from app.domain.signals import Signal


def order_type(signal: Signal, bot: BotConfiguration) -> OrderType:
    """Return what the alert asks for, else what the bot prefers."""
    if signal.order_type is not None:
        return signal.order_type
    return OrderType.LIMIT if bot.use_limit_orders else OrderType.MARKET


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
    moved = base + side.sign * bot.limit_offset_ticks * instrument.price_tick
    return round_price(moved, instrument.price_tick, up=side is Side.SELL)


class Levels(NamedTuple):
    """Prices at which a position is left."""

    stop_loss: Decimal
    take_profit: Decimal


def exit_levels(bot: BotConfiguration, instrument: Instrument, side: Side, basis: Decimal) -> Levels:
    """Place the exits of an entry around a price, each rounded towards that price."""
    stop = basis * (1 - side.sign * bot.sl_pct)
    target = basis * (1 + side.sign * bot.tp_pct)
    is_long = side is Side.BUY
    return Levels(
        round_price(stop, instrument.price_tick, up=is_long),
        round_price(target, instrument.price_tick, up=not is_long),
    )
