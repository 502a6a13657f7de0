"""The simulated market: which orders a price fills, at which price, and what that does to the account."""

from dataclasses import replace
from decimal import Context, Decimal

from app.brokers.paper import legs
from app.brokers.paper.records import Execution, PaperHolding, PaperOrder, Price
from app.brokers.paper.transaction import Transaction
from app.domain.instruments import Instrument
from app.domain.money import ZERO, round_down
from app.domain.orders import Order, OrderStatus, OrderType, Side, TimeInForce

_AT_ONCE = frozenset({TimeInForce.IOC, TimeInForce.FOK})
_PRICE = Context(prec=12)
_AVERAGE = Context(prec=18)
_SMALLEST_PART, _LARGEST_PART = Decimal("0.1"), Decimal("0.9")


def increment_of(order: Order) -> Decimal:
    """Return the smallest step of the order's quantity; contracts are whole."""
    increment = order.instrument.quantity_increment
    return increment if order.instrument.option is None else max(increment, Decimal(1))


def move_price(draft: Transaction, symbol: str, price: Price) -> None:
    """Set a price and let every order that follows it meet the market, oldest first."""
    draft.change.prices[symbol] = price
    # Options follow their underlying; sorted, so that the same prices fill the same orders on every run.
    for name in (symbol, *sorted(draft.account.derivatives.get(symbol, ()))):
        draft.queue.extend(draft.working(name))
    settle(draft)


def settle(draft: Transaction) -> None:
    """Match the queue until it is empty; fills may add to it."""
    while draft.queue:
        order = draft.order(draft.queue.popleft())
        if order is not None and order.is_live:
            match(draft, order)


def match(draft: Transaction, order: PaperOrder) -> None:
    """Let one live order meet the current price."""
    price = draft.market.mark(order.order.instrument)
    if price is None:
        return
    seen = _observe(order, price)
    if seen is not order:
        draft.put(seen)
    if _is_marketable(seen, price):
        _execute(draft, seen, price)
    _take_back_rest(draft, order.id)


def fill_price(draft: Transaction, side: Side, price: Decimal, limit: Decimal | None) -> Decimal:
    """Return what a fill at the market costs: slippage hurts, a limit holds."""
    slippage = draft.settings.slippage_fraction
    if slippage:
        price = _PRICE.multiply(price, 1 + slippage * side.sign)
    if limit is None:
        return price
    # Slippage may eat up the gain over a limit, but never more than the limit allows.
    return min(price, limit) if side is Side.BUY else max(price, limit)


def _observe(order: PaperOrder, price: Decimal) -> PaperOrder:
    kind = order.order.type
    if kind in (OrderType.MARKET, OrderType.LIMIT) or order.triggered:
        return order
    stop = order.stop_price
    if stop is not None and (price - stop) * order.order.side.sign >= 0:
        # It stays triggered: a price that comes back does not take a stop back.
        return replace(order, triggered=True)
    return order


def _is_marketable(order: PaperOrder, price: Decimal) -> bool:
    kind = order.order.type
    if kind in (OrderType.STOP, OrderType.STOP_LIMIT) and not order.triggered:
        return False
    if kind not in (OrderType.LIMIT, OrderType.STOP_LIMIT) or order.limit_price is None:
        return True
    return (order.limit_price - price) * order.order.side.sign >= 0


def _execute(draft: Transaction, order: PaperOrder, price: Decimal) -> None:
    if order.reduces_only:
        closable = draft.closable(order)
        if not closable:
            legs.end(draft, order, OrderStatus.CANCELED, legs.FLAT)
            return
        # An exit that is larger than what is left would open the opposite position.
        if closable < order.remaining:
            order = replace(order, quantity=order.filled + closable)
    quantity = _quantity_now(draft, order)
    _fill(draft, order, quantity, fill_price(draft, order.order.side, price, order.limit_price))


def _quantity_now(draft: Transaction, order: PaperOrder) -> Decimal:
    probability = draft.settings.partial_fill_probability
    all_or_none = order.filled or order.order.time_in_force is TimeInForce.FOK
    if not probability or all_or_none or draft.chance() >= probability:
        return order.remaining
    part = _SMALLEST_PART + (_LARGEST_PART - _SMALLEST_PART) * draft.chance()
    return round_down(order.remaining * part, increment_of(order.order)) or order.remaining


def _fill(draft: Transaction, order: PaperOrder, quantity: Decimal, price: Decimal) -> None:
    fee = _fee(draft, order, quantity * price * order.order.instrument.multiplier)
    filled = order.filled + quantity
    after = replace(
        order,
        status=OrderStatus.FILLED if filled == order.quantity else OrderStatus.PARTIALLY_FILLED,
        filled=filled,
        average=_average(order.filled, order.average, quantity, price),
        fees=order.fees + fee,
        filled_at=draft.change.at,
    )
    draft.put(after)
    signed = quantity * order.order.side.sign
    draft.change.fills.append(Execution(order.id, signed, price, fee))
    flattened = _book_fill(draft, order.order.instrument, signed, price, fee)
    legs.follow_fill(draft, order, after)
    if flattened:
        legs.cancel_stale_exits(draft, order.symbol)


def _fee(draft: Transaction, order: PaperOrder, value: Decimal) -> Decimal:
    settings = draft.settings
    # One order, one fixed fee, in however many parts it fills.
    fixed = ZERO if order.filled else settings.fee_per_order
    return _PRICE.plus(fixed + value * settings.fee_fraction)


def book(draft: Transaction, instrument: Instrument, signed: Decimal, price: Decimal, fee: Decimal) -> None:
    """Book what was bought (or sold, negative) at a price without an order of its own: a leg, an exercise."""
    if _book_fill(draft, instrument, signed, price, fee):
        legs.cancel_stale_exits(draft, instrument.symbol)


def _book_fill(
    draft: Transaction, instrument: Instrument, signed: Decimal, price: Decimal, fee: Decimal
) -> bool:
    change = draft.change
    held = draft.holding(instrument.symbol) or PaperHolding(instrument, ZERO, price)
    # Signed units of the old position that this fill closes, and none where it adds.
    closed = max(min(held.quantity, -signed), ZERO) + min(max(held.quantity, -signed), ZERO)
    after = held.quantity + signed
    adds = after * held.quantity > 0 and abs(after) > abs(held.quantity)
    average = held.average
    if adds:
        average = _average(abs(held.quantity), held.average, abs(signed), price)
    # Through zero the position is a new one, at the price of this fill.
    elif after * held.quantity <= 0:
        average = price
    change.holdings[instrument.symbol] = PaperHolding(instrument, after, average)
    # A sale brings cash in, as `signed` is negative; the fee goes out on both sides.
    change.cash -= signed * price * instrument.multiplier + fee
    change.fees += fee
    change.realized += closed * (price - held.average) * instrument.multiplier
    # Flat or turned round: the exits of the old position would now open another one.
    return held.quantity != 0 and after * held.quantity <= 0


def _average(before: Decimal, average: Decimal | None, quantity: Decimal, price: Decimal) -> Decimal:
    if not before or average is None:
        return price
    return _AVERAGE.divide(before * average + quantity * price, before + quantity)


def _take_back_rest(draft: Transaction, name: str) -> None:
    order = draft.order(name)
    if order is not None and order.is_live and order.order.time_in_force in _AT_ONCE:
        legs.end(draft, order, OrderStatus.CANCELED, "What could not fill at once was canceled.")
