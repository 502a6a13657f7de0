"""What Alpaca would answer with a refusal, found before anything is sent; each with a sentence."""

from collections.abc import Callable
from decimal import Decimal

from app.brokers.alpaca.normalisation import (
    CENT,
    LEAST_VALUES,
    RESTING,
    Asset,
    is_fractional,
    leg_bases,
    takes_legs,
)
from app.brokers.alpaca.symbols import class_of
from app.domain.instruments import AssetClass
from app.domain.money import ONE, ZERO
from app.domain.orders import Order, OrderChange, OrderClass, OrderRole, OrderType, Receipt, Side, TimeInForce

# By Alpaca's specification; the SDK sends longer ones as well.
LONGEST_ID = 128
LARGEST = Decimal(10) ** 12
_NAMES = {AssetClass.EQUITY: "shares", AssetClass.CRYPTO: "coins", AssetClass.OPTION: "options"}
_TYPES = {
    # Stops that trail are moved by us, step by step; nothing here says by how much.
    AssetClass.EQUITY: frozenset(OrderType) - {OrderType.TRAILING_STOP},
    AssetClass.CRYPTO: frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_LIMIT}),
    AssetClass.OPTION: frozenset({OrderType.MARKET, OrderType.LIMIT}),
}
_TIMES = {
    AssetClass.EQUITY: frozenset(TimeInForce),
    AssetClass.CRYPTO: frozenset({TimeInForce.GTC, TimeInForce.IOC}),
    # Options may rest until canceled since 28 August 2026 (Alpaca's changelog of that day).
    AssetClass.OPTION: RESTING,
}
_INDIAN_VENUES = frozenset({"nse", "bse"})
LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


def order_refusal(
    order: Order, *, base_price: Decimal | None = None, asset: Asset | None = None
) -> str | None:
    """Return why Alpaca would refuse the order, or None.

    `base_price` is the market's price per unit; without it the legs of a market order are only compared with
    each other. `asset` adds what Alpaca says about the instrument itself.
    """
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _instrument(order, asset),
        lambda: _identity(order),
        lambda: _size(order, asset),
        lambda: _terms(order),
        lambda: _prices(order),
        lambda: _fraction(order),
        lambda: _value(order, base_price),
        lambda: _whole_shares(order, asset),
        lambda: _short(order, asset),
        lambda: _class(order),
        lambda: _legs(order),
        lambda: _geometry(order, base_price),
    )
    return next((sentence for check in checks if (sentence := check()) is not None), None)


def change_refusal(receipt: Receipt, change: OrderChange) -> str | None:
    """Return why Alpaca would not replace the order, or None."""
    wanted = [
        value for value in (change.quantity, change.limit_price, change.stop_price) if value is not None
    ]
    if not wanted or not all(_is_positive(value) for value in wanted):
        return "A change needs at least one positive quantity or price."
    if receipt.notional is not None:
        return "Alpaca does not change orders for an amount of money; cancel it and place another."
    # What both orders filled could be counted twice, or not at all.
    if receipt.filled_quantity > ZERO:
        return "The order is filled in part; cancel it and place another."
    # Alpaca does not change fractional quantities, neither from one nor to one.
    quantities = [size for size in (receipt.quantity, change.quantity) if size is not None]
    is_equity = class_of(receipt.symbol) is not AssetClass.CRYPTO
    if change.quantity is not None and is_equity and any(size % ONE for size in quantities):
        return "Alpaca changes whole quantities only."
    return None


def _instrument(order: Order, asset: Asset | None) -> str | None:
    instrument = order.instrument
    if instrument.asset_class not in _NAMES or instrument.venue in _INDIAN_VENUES:
        where = f" of {instrument.venue.upper()}" if instrument.venue in _INDIAN_VENUES else ""
        return f"Alpaca does not trade {instrument.symbol}{where} ({instrument.asset_class.value})."
    if asset is not None and not asset.tradable:
        return f"Alpaca does not let {instrument.symbol} be traded now."
    return None


def _identity(order: Order) -> str | None:
    if 0 < len(order.client_order_id) <= LONGEST_ID:
        return None
    return f"A client order id has 1 to {LONGEST_ID} characters."


def _size(order: Order, asset: Asset | None) -> str | None:
    if (order.quantity is None) is (order.notional is None):
        return "Exactly one of quantity and notional must be set."
    size = order.notional if order.quantity is None else order.quantity
    if not _is_positive(size):
        return f"The size must be a positive number, not {size}."
    least = asset.minimum_quantity if asset is not None else None
    if least is not None and order.quantity is not None and order.quantity < least:
        return f"Alpaca takes at least {least} of {order.instrument.symbol}."
    return None


def _terms(order: Order) -> str | None:
    asset_class = order.instrument.asset_class
    if order.type not in _TYPES[asset_class]:
        return f"Alpaca takes no {order.type.value} orders for {_NAMES[asset_class]}."
    if order.time_in_force not in _TIMES[asset_class]:
        return f"Alpaca takes no {order.time_in_force.value} orders for {_NAMES[asset_class]}."
    return None


def _prices(order: Order) -> str | None:
    if order.type in LIMITED and not _is_positive(_limit(order)):
        return f"A {order.type.value} order needs a positive limit price."
    if order.type in STOPPED and not _is_positive(order.stop_price):
        return f"A {order.type.value} order needs a positive stop price."
    return None


def _fraction(order: Order) -> str | None:
    if not is_fractional(order) or order.instrument.asset_class is AssetClass.CRYPTO:
        return None
    if order.instrument.asset_class is AssetClass.OPTION:
        return "Alpaca trades whole option contracts only."
    # Alpaca's pages disagree on stop orders of fractions; these forms are the ones that are proven.
    takes = {OrderType.MARKET} if order.notional is not None else {OrderType.MARKET, OrderType.LIMIT}
    if order.type not in takes:
        what = "an amount of money" if order.notional is not None else "a fraction of a share"
        return f"Alpaca takes no {order.type.value} order for {what}."
    if order.time_in_force is not TimeInForce.DAY:
        return "Alpaca takes fractional orders for the day only."
    return None


def _value(order: Order, base_price: Decimal | None) -> str | None:
    # What is left of a position may be worth less: Alpaca lets it be closed in another way.
    least, price = LEAST_VALUES.get(order.instrument.asset_class), order.limit_price or base_price
    if least is None or order.role is OrderRole.EXIT:
        return None
    value = order.notional
    if value is None and order.quantity is not None and price is not None:
        value = order.quantity * price
    if value is None or value >= least:
        return None
    return f"Alpaca takes no order worth less than {least} USD."


def _whole_shares(order: Order, asset: Asset | None) -> str | None:
    # What is held in fractions can be left, whatever may be bought now.
    if asset is None or asset.fractionable or not is_fractional(order) or order.role is OrderRole.EXIT:
        return None
    return f"Alpaca trades whole shares of {order.instrument.symbol} only."


def _short(order: Order, asset: Asset | None) -> str | None:
    # Selling what is held is no short sale.
    if order.side is Side.BUY or order.role is OrderRole.EXIT:
        return None
    if order.instrument.asset_class is AssetClass.CRYPTO:
        return "Alpaca does not sell coins short."
    if order.instrument.asset_class is AssetClass.EQUITY and is_fractional(order):
        return "Alpaca sells whole shares short only."
    if order.instrument.asset_class is AssetClass.EQUITY and asset is not None and not asset.shortable:
        return f"Alpaca does not sell {order.instrument.symbol} short."
    return None


def _class(order: Order) -> str | None:
    kind = order.order_class
    if kind is OrderClass.SIMPLE:
        return None
    if not takes_legs(order):
        return f"Alpaca takes {kind.value} orders only for whole shares, day or gtc."
    if kind is not OrderClass.OCO and order.role is OrderRole.EXIT:
        return f"A {kind.value} order must be an entry."
    if kind is OrderClass.OCO and order.type is not OrderType.LIMIT:
        return "An oco order must be of type limit."
    return None


def _legs(order: Order) -> str | None:
    kind, legs = order.order_class, (order.take_profit, order.stop_loss)
    if kind is OrderClass.SIMPLE:
        return None
    if any(price is not None and not _is_positive(price) for price in legs):
        return "The prices of the legs must be positive."
    if sum(price is not None for price in legs) != (1 if kind is OrderClass.OTO else len(legs)):
        needed = "exactly one of" if kind is OrderClass.OTO else "both"
        return f"A {kind.value} order needs {needed} take_profit and stop_loss."
    return None


def _geometry(order: Order, base_price: Decimal | None) -> str | None:
    if order.order_class is OrderClass.SIMPLE:
        return None
    exit_side = order.side if order.order_class is OrderClass.OCO else order.side.opposite
    above, below = order.take_profit, order.stop_loss
    if exit_side is Side.BUY:
        above, below = below, above
    if above is not None and below is not None and above <= below:
        return "The take-profit must lie beyond the stop-loss, on the side of the gain."
    is_pair = order.order_class is OrderClass.OCO
    bases = (base_price, base_price) if is_pair else leg_bases(order, base_price)
    over, under = bases if exit_side is Side.SELL else bases[::-1]
    # Alpaca wants a cent between them at least, below a dollar too, where prices have finer steps.
    is_near = above is not None and over is not None and above < over + CENT
    is_near = is_near or (below is not None and under is not None and below > under - CENT)
    if is_near:
        return f"The legs must lie on both sides of {bases[0]}, at least {CENT} from it."
    return None


def _limit(order: Order) -> Decimal | None:
    return order.take_profit if order.order_class is OrderClass.OCO else order.limit_price


def _is_positive(value: Decimal | None) -> bool:
    return value is not None and value.is_finite() and ZERO < value < LARGEST
