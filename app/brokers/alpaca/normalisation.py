"""Orders brought into the nearest form that Alpaca takes, where nothing that was asked for gets worse.

- A coin's order for the day rests until it is cancelled: coins have no day.
- A bracket at the market rests until it is cancelled: its legs last as long as their entry may.
- A fraction of a share, or an amount of money, is for the day, which is all that Alpaca takes.
- An entry that Alpaca takes no legs with (fractions, money, coins, options, legs less than a cent
  from the price) goes out plain; its exits are managed afterwards.
- Prices move to the tick: limits never to a worse price, stops never to a later trigger.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.instruments import AssetClass, Instrument
from app.domain.money import ONE, round_down, round_price
from app.domain.orders import Order, OrderClass, OrderType, Side, TimeInForce
from app.domain.pricing import tick_at

# Alpaca reads nine decimals of a size, and money to the cent.
CENT, SMALLEST = Decimal("0.01"), Decimal("0.000000001")
# What an order must be worth in dollars: "cost basis must be >= minimal amount of order" else.
LEAST_VALUES = {AssetClass.EQUITY: Decimal(1), AssetClass.CRYPTO: Decimal(10)}
RESTING = frozenset({TimeInForce.DAY, TimeInForce.GTC})
_PLAIN_WHEN_NEEDED = frozenset({OrderClass.BRACKET, OrderClass.OTO})


@dataclass(frozen=True, slots=True)
class Asset:
    """What Alpaca says about an instrument; sizes and increments are there for coins only."""

    symbol: str
    tradable: bool
    fractionable: bool
    shortable: bool
    active: bool = True
    minimum_quantity: Decimal | None = None
    quantity_increment: Decimal | None = None
    price_increment: Decimal | None = None


def normalised(order: Order, asset: Asset | None = None, price: Decimal | None = None) -> Order:
    """Return the order as Alpaca takes it; what cannot be fitted stays for `order_refusal` to name.

    `price` is the market's.
    """
    sized = _with(
        order,
        quantity=_normalised_quantity(order.quantity, asset),
        # Down, always: nothing that was asked for may grow.
        notional=None if order.notional is None else _rounded_down(order.notional, CENT),
    )
    timed = _with(sized, time_in_force=_normalised_time(sized))
    priced = _normalised_prices(timed, asset)
    return _normalised_class(priced, price)


def is_fractional(order: Order) -> bool:
    """True when the order is for an amount of money or a part of a unit."""
    return order.notional is not None or (
        order.quantity is not None and order.quantity.is_finite() and order.quantity % ONE != 0
    )


def normalised_price(price: Decimal, instrument: Instrument, asset: Asset | None, *, up: bool) -> Decimal:
    """Move a price to a multiple of the smallest step that Alpaca takes at its height."""
    if not price.is_finite() or price <= 0:
        return price
    tick = tick_at(price, instrument)
    if instrument.asset_class is AssetClass.CRYPTO:
        known = asset.price_increment if asset is not None else None
        tick = known or SMALLEST
    return round_price(price, tick, up=up)


def _with(order: Order, **values: Any) -> Order:
    """Return the order with other values; most orders are copied once, not at every step."""
    # By identity: 1.50 equals 1.5, yet it is written with one digit more.
    others = {name: value for name, value in values.items() if value is not getattr(order, name)}
    return replace(order, **others) if others else order


def _rounded_down(value: Decimal, increment: Decimal) -> Decimal:
    return round_down(value, increment) if value.is_finite() else value


def _normalised_quantity(quantity: Decimal | None, asset: Asset | None) -> Decimal | None:
    if quantity is None:
        return None
    known = asset.quantity_increment if asset is not None else None
    return _rounded_down(quantity, known or SMALLEST)


def _normalised_time(order: Order) -> TimeInForce:
    asset_class, time_in_force = order.instrument.asset_class, order.time_in_force
    if asset_class is AssetClass.CRYPTO and time_in_force is TimeInForce.DAY:
        return TimeInForce.GTC
    if asset_class is not AssetClass.EQUITY:
        return time_in_force
    if not is_fractional(order):
        # Legs of a day order would end in the evening and leave the position bare.
        outlives_day = order.order_class in _PLAIN_WHEN_NEEDED and order.type is OrderType.MARKET
        return TimeInForce.GTC if outlives_day and time_in_force is TimeInForce.DAY else time_in_force
    # At the market there is no waiting that "immediately" could be meant to prevent.
    if order.type is OrderType.MARKET or time_in_force is TimeInForce.GTC:
        return TimeInForce.DAY
    return time_in_force


def _normalised_class(order: Order, price: Decimal | None) -> Order:
    if order.order_class not in _PLAIN_WHEN_NEEDED:
        return order
    if takes_legs(order) and not _are_too_near(order, price):
        return order
    return replace(order, order_class=OrderClass.SIMPLE, take_profit=None, stop_loss=None)


def takes_legs(order: Order) -> bool:
    """True when Alpaca takes legs with an order of this instrument, size and time."""
    return (
        order.instrument.asset_class is AssetClass.EQUITY
        and not is_fractional(order)
        and order.time_in_force in RESTING
    )


def leg_bases(order: Order, price: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Return the prices from which Alpaca counts the distance of take-profit and stop-loss; None: not known.

    A limit that the market has passed fills at the market.
    """
    entry = order.limit_price or order.stop_price or price
    if order.type is not OrderType.LIMIT or entry is None or price is None:
        return entry, entry
    return entry, min(entry, price) if order.side is Side.BUY else max(entry, price)


def _are_too_near(order: Order, price: Decimal | None) -> bool:
    """Tell whether legs lie on the right sides, but nearer than Alpaca takes them.

    On a wrong side they stay, to be refused by name.
    """
    sign, legs = order.side.sign, (order.take_profit, order.stop_loss)
    gaps = [
        (leg - base) * direction
        for leg, base, direction in zip(legs, leg_bases(order, price), (sign, -sign), strict=True)
        if leg is not None and base is not None
    ]
    return bool(gaps) and 0 < min(gaps) < CENT


def _normalised_prices(order: Order, asset: Asset | None) -> Order:
    sells = order.side is Side.SELL
    # The legs of an entry trade the other way, and so round the other way.
    exit_sells = sells if order.order_class in {OrderClass.OCO, OrderClass.SIMPLE} else not sells

    def move(price: Decimal | None, *, up: bool) -> Decimal | None:
        return None if price is None else normalised_price(price, order.instrument, asset, up=up)

    return _with(
        order,
        limit_price=move(order.limit_price, up=sells),
        stop_price=move(order.stop_price, up=sells),
        take_profit=move(order.take_profit, up=exit_sells),
        stop_loss=move(order.stop_loss, up=exit_sells),
    )
