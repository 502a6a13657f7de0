"""Orders brought into the nearest form that Fyers takes, where nothing that was asked for gets worse.

- An order that rests until it is canceled rests for the day: Fyers' book is empty the next morning.
- Exits that Fyers no longer takes as a cover or bracket order go with an intraday order.
- Prices move to the tick: limits never to a worse price, stops never to a later trigger.
"""

from dataclasses import replace
from decimal import Decimal

from app.brokers.fyers.products import INTRADAY, RETIRED
from app.brokers.fyers.symbols import tick_of
from app.domain.instruments import Instrument
from app.domain.money import plain, round_down, round_price
from app.domain.orders import Order, OrderChange, Side, TimeInForce


def normalised(order: Order, instrument: Instrument) -> Order:
    """Return the order as Fyers takes it; `instrument` has the lot and the tick."""
    sells = order.side is Side.SELL

    def move(price: Decimal | None, *, up: bool) -> Decimal | None:
        return None if price is None else normalised_price(price, instrument, up=up)

    lasts = TimeInForce.DAY if order.time_in_force is TimeInForce.GTC else order.time_in_force
    return replace(
        order,
        time_in_force=lasts,
        product=INTRADAY if order.product in RETIRED else order.product,
        limit_price=move(order.limit_price, up=sells),
        stop_price=move(order.stop_price, up=sells),
        take_profit=move(order.take_profit, up=not sells),
        stop_loss=move(order.stop_loss, up=not sells),
    )


def normalised_change(change: OrderChange, side: Side, instrument: Instrument) -> OrderChange:
    """Return a change with its prices on the tick."""
    limit, stop = (
        None if price is None else normalised_price(price, instrument, up=side is Side.SELL)
        for price in (change.limit_price, change.stop_price)
    )
    return replace(change, limit_price=limit, stop_price=stop)


def normalised_price(price: Decimal, instrument: Instrument, *, up: bool) -> Decimal:
    """Move a price to a multiple of the tick; what is no price stays for `order_refusal` to name."""
    if not price.is_finite() or price <= 0:
        return price
    return round_price(price, tick_of(price, instrument), up=up)


def offset(level: Decimal, entry: Decimal, instrument: Instrument) -> Decimal:
    """Return how far an exit is from its entry, in whole ticks and never nothing."""
    tick = tick_of(entry, instrument)
    # Rounded towards the entry: an exit may come a little sooner, never later.
    return max(round_down(abs(level - entry), tick), plain(tick))
