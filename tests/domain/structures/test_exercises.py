"""What became shares at an expiry where the account shows other shares than the price says."""

from decimal import Decimal

import pytest

from app.domain.reasons import Reason
from app.domain.structures.exercises import by_account, by_price, shares_of
from app.domain.structures.settlement import expired_legs, settle_expiry
from app.domain.structures.trades import TradeState
from tests.domain.structures.builders import NEAR, legs
from tests.domain.structures.test_settlement import NOW, holding
from tests.domain.structures.test_trades import CONDOR

pytestmark = pytest.mark.unit
PUT, SPREAD = legs("-P95"), legs("+P90", "-P95")
CLOSED, ASSIGNED = Reason.CLOSED_BY_BROKER, Reason.LEG_ASSIGNED


def shown(structure, units, price, came, missing=()):
    """Return the trade's end where so many shares came."""
    trade, price = holding(structure, "-2", units), Decimal(price)
    over = expired_legs(trade, [NEAR])
    expected = shares_of(trade, over, by_price(trade, over, price))
    what = by_account(trade, over, price, Decimal(came) - expected, missing)
    return what, settle_expiry(trade, over, price, NOW, what)


@pytest.mark.parametrize(
    ("structure", "units", "price", "came", "shares", "reason", "left"),
    [
        (PUT, 3, "90", 300, 300, None, 0),
        (PUT, 3, "90", 0, 0, CLOSED, 0),
        (PUT, 3, "90", 100, 100, CLOSED, 0),
        (PUT, 3, "98", 0, 0, None, 0),
        (PUT, 3, "98", 200, 200, ASSIGNED, 0),
        # Bought or sold by hand meanwhile: what no whole contract explains is nobody's here.
        (PUT, 3, "98", 37, 0, None, 37),
        (PUT, 3, "98", -100, 0, None, -100),
        (PUT, 3, "90", 900, 300, None, 600),
        # Both in the money: the sold leg is what brokers close, and what is bought is exercised.
        (SPREAD, 2, "85", 0, 0, None, 0),
        (SPREAD, 2, "85", -200, -200, CLOSED, 0),
        (CONDOR, 1, "108", 0, 0, CLOSED, 0),
        (CONDOR, 1, "100", -100, -100, ASSIGNED, 0),
        # Nobody exercises for a loss what he has bought.
        (legs("+P95"), 1, "98", -100, 0, None, -100),
    ],
)
def test_account_when_shares_came_or_did_not_then_those_are_booked_and_none_invented(
    structure, units, price, came, shares, reason, left
):
    what, settled = shown(structure, units, price, came)

    assert (settled.shares, what.reason, what.left) == (shares, reason, left)
    assert (settled.trade.legs, settled.trade.reason) == ({}, reason)
    is_assigned = any(what.exercised.values())
    assert settled.trade.state is (TradeState.ASSIGNED if is_assigned else TradeState.EXPIRED)


def test_account_when_a_bought_leg_was_missing_before_the_close_then_it_is_the_one_that_went():
    (bought,) = (leg.instrument.symbol for leg in SPREAD.legs if not leg.is_short)

    assert shown(SPREAD, 1, "85", 100, missing={bought})[1].shares == 100


def test_money_when_a_leg_was_assigned_though_it_expired_outside_then_the_strike_was_paid():
    settled = shown(PUT, 1, "98", 100)[1]

    # Two received, ninety-five paid for shares that are booked at ninety-eight.
    assert -(settled.trade.entered_value + settled.trade.exited_value) == Decimal(2) + (98 - 95)


def test_money_when_the_broker_closed_what_was_in_the_money_then_for_what_it_was_worth():
    settled = shown(PUT, 1, "90", 0)[1]

    assert -(settled.trade.entered_value + settled.trade.exited_value) == Decimal(2) - (95 - 90)
