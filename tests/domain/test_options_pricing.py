from datetime import UTC, date, datetime
from decimal import Decimal
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instruments import OptionContract
from app.domain.options_pricing import value_option, years_to_expiry

pytestmark = pytest.mark.unit

STRIKE = Decimal(100)


def value(kind="call", spot=100, strike=100, years=1.0, volatility="0.2", rate="0.05"):
    contract = OptionContract("AAPL", date(2025, 6, 20), Decimal(str(strike)), kind)
    return value_option(
        contract, Decimal(str(spot)), years=years, volatility=Decimal(volatility), rate=Decimal(rate)
    )


# Hull, Options, Futures and Other Derivatives: S=42, K=40, r=10 %, volatility 20 %, six months.
@pytest.mark.parametrize(("kind", "price"), [("call", "4.76"), ("put", "0.81")])
def test_value_when_textbook_example_then_textbook_price(kind, price):
    worth = value(kind, spot=42, strike=40, years=0.5, rate="0.1").price

    assert round(worth, 2) == Decimal(price)


@pytest.mark.parametrize(
    ("kind", "price", "delta"), [("call", "10.4506", "0.6368"), ("put", "5.5735", "-0.3632")]
)
def test_value_when_at_the_money_for_a_year_then_known_price_and_delta(kind, price, delta):
    worth = value(kind)

    assert (round(worth.price, 4), round(worth.delta, 4)) == (Decimal(price), Decimal(delta))


@given(spot=st.floats(1, 500), strike=st.floats(1, 500), years=st.floats(0, 3))
def test_value_when_any_terms_then_put_call_parity_holds(spot, strike, years):
    call, put = value("call", spot, strike, years), value("put", spot, strike, years)

    assert float(call.price - put.price) == pytest.approx(spot - strike * exp(-0.05 * years), abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "spot", "price"), [("call", 110, 10), ("call", 90, 0), ("put", 90, 10), ("put", 110, 0)]
)
def test_value_when_expired_then_intrinsic(kind, spot, price):
    assert value(kind, spot=spot, years=0.0).price == price


def test_value_when_nothing_moves_then_discounted_forward():
    assert float(value(volatility="0").price) == pytest.approx(100 - 100 * exp(-0.05), abs=1e-6)


@pytest.mark.parametrize(("kind", "delta"), [("call", 1), ("put", -1)])
def test_delta_when_expired_in_the_money_then_whole(kind, delta):
    assert value(kind, spot=110 if kind == "call" else 90, years=0.0).delta == delta


@given(spot=st.floats(1, 500), years=st.floats(0, 3))
def test_value_when_any_spot_then_never_negative(spot, years):
    assert value("put", spot, years=years).price >= 0


def test_value_when_spot_is_zero_then_call_is_worthless():
    assert value("call", spot=0).price == 0


def test_years_when_expiry_is_past_then_zero():
    contract = OptionContract("AAPL", date(2025, 6, 20), STRIKE, "call")

    assert years_to_expiry(contract, datetime(2025, 6, 21, tzinfo=UTC)) == 0.0


def test_years_when_day_of_expiry_then_until_new_yorks_close():
    contract = OptionContract("AAPL", date(2025, 6, 20), STRIKE, "call")

    assert years_to_expiry(contract, datetime(2025, 6, 20, 19, 0, tzinfo=UTC)) == pytest.approx(1 / 8760)
