"""What Fyers refuses for its parameters (-50, -300): such an order never gets into the book."""

from decimal import Decimal

from tests.simulators.fyers.drafts import (
    BUY,
    LIMIT,
    MARKET,
    PERCENT,
    RETIRED,
    STOP,
    STOP_LIMIT,
    Draft,
)
from tests.simulators.fyers.figures import ZERO
from tests.simulators.fyers.instruments import EQUITY, Instrument
from tests.simulators.fyers.orders import Order
from tests.simulators.fyers.refusals import invalid

HUNDRED = 100
# type: whether it wants a limit price, whether it wants a stop price
WANTED = {
    LIMIT: (True, False),
    MARKET: (False, False),
    STOP: (False, True),
    STOP_LIMIT: (True, True),
}


def check(draft: Draft, instrument: Instrument, last: Decimal | None, *, retired_allowed: bool) -> None:
    """Raise Refused for the first thing that is wrong with an order."""
    check_product(draft, instrument, retired_allowed=retired_allowed)
    check_quantity(draft.qty, instrument)
    if draft.disclosed and instrument.kind != EQUITY:
        raise invalid("disclosedQty is allowed only for equity")
    check_prices(draft.type, draft.limit_price, draft.stop_price, instrument)
    check_stop(draft, last)
    check_offsets(draft, instrument, draft.limit_price or last or ZERO)


def check_product(draft: Draft, instrument: Instrument, *, retired_allowed: bool) -> None:
    if draft.product in RETIRED:
        if not retired_allowed:
            raise invalid(f"productType {draft.product} is discontinued")
        if draft.tag is not None:
            raise invalid("orderTag is not allowed for CO and BO")
        check_retired(draft)
    elif draft.product in {"CNC", "MTF"} and instrument.kind != EQUITY:
        raise invalid(f"Invalid productType provided: {draft.product} is for equity")
    elif draft.product == "MARGIN" and instrument.kind == EQUITY:
        raise invalid("Invalid productType provided: MARGIN is for derivatives")


def check_retired(draft: Draft) -> None:
    if not draft.stop_loss:
        raise invalid("stopLoss is a required field")
    if (draft.product == "BO") != bool(draft.take_profit):
        raise invalid("Invalid takeProfit provided")


def check_quantity(quantity: int, instrument: Instrument) -> None:
    if quantity % instrument.lot:
        raise invalid(f"Quantity should be in multiple of {instrument.lot}")


def check_prices(kind: int, limit: Decimal, stop: Decimal, instrument: Instrument) -> None:
    """Raise Refused unless a type has just its prices, on the tick."""
    wants_limit, wants_stop = WANTED[kind]
    if wants_limit != bool(limit):
        raise invalid("Invalid limitPrice provided")
    if wants_stop != bool(stop):
        raise invalid("Invalid stopPrice provided")
    check_tick("LimitPrice", limit, instrument)
    check_tick("StopPrice", stop, instrument)


def check_tick(name: str, price: Decimal, instrument: Instrument) -> None:
    if price % instrument.tick:
        raise invalid(f"{name} not a multiple of tick size {instrument.tick:.4f}")


def check_stop(draft: Draft | Order, last: Decimal | None) -> None:
    """Raise Refused for a trigger that has passed or lies beyond its limit."""
    if not draft.stop_price:
        return
    away = draft.side * (draft.stop_price - (last or draft.stop_price))
    if away < 0:
        words = "greater" if draft.side == BUY else "less"
        raise invalid(f"Stop price should be {words} than the last traded price")
    if draft.limit_price and draft.side * (draft.limit_price - draft.stop_price) < 0:
        words = "less" if draft.side == BUY else "greater"
        raise invalid(f"Stop price should be {words} than or equal to the limit price")


def check_offsets(draft: Draft, instrument: Instrument, entry: Decimal) -> None:
    for name, offset in (("StopLoss", draft.stop_loss), ("TakeProfit", draft.take_profit)):
        check_offset(name, offset, draft.leg_type, instrument)
        falls = (name == "StopLoss") == (draft.side == BUY)
        worth = entry * offset / HUNDRED if draft.leg_type == PERCENT else offset
        if falls and offset and entry and worth >= entry:
            raise invalid(f"{name} is larger than the price")


def check_offset(name: str, offset: Decimal, leg_type: int, instrument: Instrument) -> None:
    if leg_type == PERCENT:
        if offset >= HUNDRED:
            raise invalid(f"Invalid {name} provided")
    else:
        check_tick(name, offset, instrument)
