from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.domain.reasons import Reason
from app.domain.structures.kinds import recognise
from app.domain.structures.settlement import closing_of, expired_legs, lose_leg, settle_expiry, shortfalls
from app.domain.structures.trades import TradeState
from tests.domain.structures.builders import NEAR, legs
from tests.domain.structures.test_trades import CONDOR, NOW, held, working

pytestmark = pytest.mark.unit


def holding(structure, net, units=1):
    return replace(
        held(),
        structure=structure,
        kind=recognise(structure),
        entered_units=units,
        entered_value=Decimal(net) * units,
        legs={leg.instrument.symbol: Decimal(leg.ratio * units) for leg in structure.legs},
    )


def expire(trade, price, days=(NEAR,)):
    return settle_expiry(trade, expired_legs(trade, days), Decimal(price), NOW)


@pytest.mark.parametrize(
    ("structure", "net", "price", "gain", "shares", "state"),
    [
        (CONDOR, "-1.5", "100", "150", 0, TradeState.EXPIRED),
        (CONDOR, "-1.5", "108", "-150", -100, TradeState.ASSIGNED),
        (CONDOR, "-1.5", "120", "-350", 0, TradeState.ASSIGNED),
        (legs("+C100"), "5", "112", "700", 100, TradeState.ASSIGNED),
        (legs("+C100"), "5", "100", "-500", 0, TradeState.EXPIRED),
        (legs("-P95"), "-2", "90", "-300", 100, TradeState.ASSIGNED),
        (legs("+100S", "-C105"), "98", "110", "700", 0, TradeState.ASSIGNED),
        (legs("+100S", "-C105"), "98", "103", "500", 100, TradeState.EXPIRED),
    ],
)
def test_trade_when_it_expires_then_gain_and_shares_are_those_of_the_close(
    structure, net, price, gain, shares, state
):
    settled = expire(holding(structure, net), price)
    after = settled.trade

    assert -(after.entered_value + after.exited_value) * 100 == Decimal(gain)
    assert (settled.shares, after.state, after.legs, after.closed_at) == (shares, state, {}, NOW)


@pytest.mark.parametrize(
    ("venue", "day", "closes"),
    [
        (None, date(2025, 3, 21), datetime(2025, 3, 21, 20, tzinfo=UTC)),
        (None, date(2025, 11, 28), datetime(2025, 11, 28, 18, tzinfo=UTC)),
        ("nse", date(2025, 3, 20), datetime(2025, 3, 20, 10, tzinfo=UTC)),
    ],
)
def test_close_when_a_day_of_expiry_ends_then_by_the_hours_of_its_exchange(venue, day, closes):
    structure = legs("+C100")
    leg = replace(structure.legs[0], instrument=replace(structure.legs[0].instrument, venue=venue))
    trade = replace(held(), structure=replace(structure, legs=(leg,)))

    assert closing_of(trade, day) == closes


def test_calendar_when_its_near_leg_expires_then_the_other_is_left_alone():
    trade = holding(legs("-C100", "+C100/far"), "2")
    settled = expire(trade, "103")

    assert settled.trade.state is TradeState.BROKEN
    assert list(settled.trade.legs.values()) == [1]
    assert settled.shares == -100


def test_leg_when_the_broker_closed_it_then_the_trade_is_broken_and_the_price_counts():
    trade = holding(CONDOR, "-1.5", units=2)
    short = CONDOR.legs[1]
    after = lose_leg(trade, short, Decimal(-2), Decimal("0.4"), Reason.CLOSED_BY_BROKER)

    assert short.instrument.symbol not in after.legs
    assert (after.state, after.reason) == (TradeState.BROKEN, Reason.CLOSED_BY_BROKER)
    assert after.exited_value == Decimal("0.8")


def test_contracts_when_the_broker_shows_less_than_trades_hold_then_they_are_short():
    trade = holding(CONDOR, "-1.5", units=2)
    held_there = dict(trade.legs)
    symbol = CONDOR.legs[1].instrument.symbol
    assert shortfalls([trade], held_there) == []

    held_there[symbol] = Decimal(-1)
    (found,) = shortfalls([trade], held_there)
    assert (found.symbol, found.missing) == (symbol, -1)

    del held_there[symbol]
    assert shortfalls([trade], held_there)[0].missing == -2
    assert shortfalls([replace(trade, work=working())], held_there) == []
