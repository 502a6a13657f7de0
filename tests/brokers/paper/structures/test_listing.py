from datetime import date
from decimal import Decimal

import pytest

from app.brokers.paper.structures.listing import listed_expiries, listed_strikes, strike_step

pytestmark = pytest.mark.unit


def test_expiries_when_listed_then_fridays_for_eight_weeks_and_third_ones_for_a_year():
    days = listed_expiries(date(2026, 11, 29))
    assert days[:4] == [date(2026, 12, 4), date(2026, 12, 11), date(2026, 12, 18), date(2026, 12, 24)]
    assert date(2027, 1, 22) in days
    assert date(2027, 1, 29) not in days
    assert date(2027, 2, 19) in days
    assert days[-1] == date(2027, 11, 19)
    assert len(days) == 18


@pytest.mark.parametrize(
    ("friday", "traded"),
    [(date(2026, 4, 3), date(2026, 4, 2)), (date(2026, 12, 25), date(2026, 12, 24))],
)
def test_friday_when_the_exchange_is_closed_then_the_day_before_expires(friday, traded):
    days = listed_expiries(date(friday.year, friday.month, 1))
    assert traded in days
    assert friday not in days


def test_today_when_it_is_a_friday_then_it_is_listed_still():
    assert listed_expiries(date(2026, 12, 4))[0] == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("price", "step"),
    [("24.99", "0.5"), ("25", "1"), ("99", "1"), ("100", "2.5"), ("250", "5"), ("999", "5"), ("1000", "25")],
)
def test_step_when_the_price_is_higher_then_strikes_are_further_apart(price, step):
    assert strike_step(Decimal(price)) == Decimal(step)


@pytest.mark.parametrize("price", ["0.4", "3", "42.42", "190.5", "612", "25000"])
def test_strikes_when_listed_then_multiples_of_the_step_around_the_price(price):
    strikes = list(listed_strikes(Decimal(price)))
    step = strike_step(Decimal(price))
    assert strikes == sorted(set(strikes))
    assert all(strike > 0 and strike % step == 0 for strike in strikes)
    if Decimal(price) > 1:
        assert strikes[0] < Decimal(price) < strikes[-1]
