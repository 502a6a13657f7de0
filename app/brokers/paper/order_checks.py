"""What the simulated broker refuses, each with a sentence; nothing here changes anything."""

from decimal import Decimal

from app.brokers.paper.buying_power import buying_power
from app.brokers.paper.capabilities import CAPABILITIES
from app.brokers.paper.legs import FLAT, leg_ids
from app.brokers.paper.matching import fill_price, increment_of
from app.brokers.paper.records import PaperOrder
from app.brokers.paper.transaction import Transaction
from app.domain.instruments import AssetClass
from app.domain.money import ZERO, round_down
from app.domain.options_pricing import years_to_expiry
from app.domain.orders import Order, OrderClass, OrderRole, OrderType, Side, TimeInForce
from app.errors import BrokerRejected

LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})
_LARGEST = Decimal(10) ** 15
_RESTING = frozenset({TimeInForce.DAY, TimeInForce.GTC})


def check_terms(draft: Transaction, order: Order) -> None:
    """Refuse an order that could not trade at any price."""
    # The legs' ids too: of two orders under one id, only one could be found again.
    if any(draft.order(name) is not None for name in (order.client_order_id, *leg_ids(order))):
        raise BrokerRejected("client_order_id must be unique; the first order stands as it is.")
    _check_instrument(draft, order)
    _check_size(order)
    _check_prices(order)
    _check_class(order)


def check_against_market(draft: Transaction, order: Order) -> Decimal:
    """Refuse an order that the market or the account does not allow; return its quantity in units."""
    price = draft.market.mark(order.instrument)
    if price is None:
        raise BrokerRejected(f"There is no price for {order.instrument.symbol}.")
    expected = _expected_price(draft, order, price)
    _check_legs(order, price if order.order_class is OrderClass.OCO else expected)
    quantity = _quantity(order, expected)
    if order.role is OrderRole.EXIT or order.order_class is OrderClass.OCO:
        return _closing_quantity(draft, order, quantity)
    _check_buying_power(draft, order, quantity, expected)
    return quantity


def check_quantity(order: Order, quantity: Decimal) -> None:
    """Refuse a quantity that is not a positive multiple of the instrument's increment."""
    increment = increment_of(order)
    _positive("quantity", quantity)
    if quantity % increment:
        raise BrokerRejected(f"The quantity {quantity} is not a multiple of {increment}.")


def check_growth(draft: Transaction, paper: PaperOrder, changed: PaperOrder) -> None:
    """Refuse a change that reserves more than the account still has."""
    growth, available = changed.reserved - paper.reserved, buying_power(draft)
    if growth > available:
        raise BrokerRejected(f"The change needs {growth:.2f} more, the buying power is {available:.2f}.")


def check_price(name: str, price: Decimal) -> None:
    """Refuse a price that is not a positive number."""
    _positive(name, price)


def _check_instrument(draft: Transaction, order: Order) -> None:
    instrument, terms = order.instrument, order.instrument.option
    if instrument.asset_class not in CAPABILITIES.asset_classes:
        raise BrokerRejected(f"The paper broker does not trade {instrument.asset_class.value} instruments.")
    if (instrument.asset_class is AssetClass.OPTION) is not (terms is not None):
        raise BrokerRejected(f"The terms of {instrument.symbol} do not fit its asset class.")
    # An exit passes: what is still held must be left even after the expiry.
    if terms is not None and order.role is OrderRole.ENTRY and not years_to_expiry(terms, draft.at):
        raise BrokerRejected(f"{instrument.symbol} expired on {terms.expiry}.")


def _check_size(order: Order) -> None:
    if (order.quantity is None) is (order.notional is None):
        raise BrokerRejected("Exactly one of quantity and notional must be set.")
    if order.notional is not None:
        _positive("notional", order.notional)
    if order.quantity is not None:
        check_quantity(order, order.quantity)


def _check_prices(order: Order) -> None:
    kind = order.type
    if kind in LIMITED:
        _positive("limit_price", order.limit_price)
    if kind in STOPPED:
        _positive("stop_price", order.stop_price)
    if kind is OrderType.TRAILING_STOP:
        # Stops that trail are moved by us, step by step; nothing here says by how much.
        raise BrokerRejected(f"The paper broker takes no {kind.value} orders.")
    if order.reference_price is not None:
        _positive("reference_price", order.reference_price)


def _positive(name: str, value: Decimal | None) -> None:
    if value is None or not value.is_finite() or not 0 < value < _LARGEST:
        raise BrokerRejected(f"The {name} must be a positive number, not {value}.")


def _check_class(order: Order) -> None:
    legs, kind = len(leg_ids(order)), order.order_class
    at_once = order.time_in_force not in _RESTING
    if at_once and order.type not in (OrderType.MARKET, OrderType.LIMIT):
        raise BrokerRejected(f"A {order.type.value} order cannot be {order.time_in_force.value}.")
    if kind is OrderClass.SIMPLE:
        return
    if at_once:
        raise BrokerRejected(f"A {kind.value} order must be day or gtc.")
    if legs != (1 if kind is OrderClass.OTO else 2):
        raise BrokerRejected(
            f"A {kind.value} order needs {'one leg' if kind is OrderClass.OTO else 'two legs'}."
        )
    if kind is not OrderClass.OCO and order.role is OrderRole.EXIT:
        raise BrokerRejected(f"A {kind.value} order must be an entry.")


def _expected_price(draft: Transaction, order: Order, price: Decimal) -> Decimal:
    market = fill_price(draft, order.side, price, None)
    if order.order_class is OrderClass.OCO:
        return price
    if order.type in LIMITED and order.limit_price is not None:
        return order.limit_price
    if order.type is OrderType.STOP and order.stop_price is not None:
        # A stop fills at the market once it triggers, so the money must do for the worse of the two.
        return max(order.stop_price, market) if order.side is Side.BUY else min(order.stop_price, market)
    return market


def _check_legs(order: Order, base: Decimal) -> None:
    if order.order_class is OrderClass.SIMPLE:
        return
    protects = order.side.opposite if order.order_class is not OrderClass.OCO else order.side
    above, below = order.take_profit, order.stop_loss
    if protects is Side.BUY:
        above, below = below, above
    for name, price, fits in (
        ("upper", above, above is None or base < above),
        ("lower", below, below is None or ZERO < below < base),
    ):
        if not fits:
            raise BrokerRejected(f"The {name} leg at {price} is on the wrong side of {base}.")


def _quantity(order: Order, price: Decimal) -> Decimal:
    if order.quantity is not None:
        return order.quantity
    unit = price * order.instrument.multiplier
    quantity = round_down((order.notional or ZERO) / unit, increment_of(order)) if unit else ZERO
    if not quantity:
        raise BrokerRejected(f"A notional of {order.notional} buys nothing at {price}.")
    return quantity


def _closing_quantity(draft: Transaction, order: Order, quantity: Decimal) -> Decimal:
    closable = max(ZERO, -draft.position(order.instrument.symbol) * order.side.sign)
    if not closable:
        raise BrokerRejected(FLAT)
    # An exit never opens the other side, however large it was asked for.
    return min(quantity, closable)


def _check_buying_power(draft: Transaction, order: Order, quantity: Decimal, price: Decimal) -> None:
    held = draft.position(order.instrument.symbol)
    # Only what makes the position larger needs money.
    growth = abs(held + quantity * order.side.sign) - abs(held)
    if growth <= 0:
        return
    settings, unit = draft.settings, price * order.instrument.multiplier
    # The fee is for all of the order, also for the part that only closes.
    needed = growth * unit + settings.fee_per_order + quantity * unit * settings.fee_fraction
    available = buying_power(draft)
    if needed > available:
        raise BrokerRejected(f"The order needs {needed:.2f}, the buying power is {available:.2f}.")
