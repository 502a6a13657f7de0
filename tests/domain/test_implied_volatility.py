from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.implied_volatility import implied_volatility
from app.domain.instruments import OptionContract
from app.domain.options_pricing import value_option

pytestmark = pytest.mark.unit
RATE = Decimal("0.04")


def contract(kind="call", strike="100") -> OptionContract:
    return OptionContract("AAPL", date(2025, 3, 21), Decimal(strike), kind)


@given(
    kind=st.sampled_from(["call", "put"]),
    strike=st.integers(60, 160),
    days=st.integers(1, 400),
    percent=st.integers(5, 250),
)
def test_volatility_when_the_price_is_the_models_then_it_explains_the_price(kind, strike, days, percent):
    terms, years = contract(kind, strike), days / 365
    price = value_option(terms, Decimal(100), years=years, volatility=Decimal(percent) / 100, rate=RATE).price
    found = implied_volatility(terms, Decimal(100), price, years=years, rate=RATE)
    if found is None:
        # Without time value every volatility would do.
        assert price < Decimal("0.0001") or abs(price - intrinsic(terms, years)) < Decimal("0.0001")
        return
    again = value_option(terms, Decimal(100), years=years, volatility=found, rate=RATE).price
    assert again == pytest.approx(price, abs=Decimal("0.0001"))


def intrinsic(terms, years) -> Decimal:
    return value_option(terms, Decimal(100), years=years, volatility=Decimal(0), rate=RATE).price


@pytest.mark.parametrize(
    ("kind", "price", "years"),
    [("call", "101", 0.1), ("put", "200", 0.1), ("call", "-1", 0.1), ("call", "2", 0.0), ("call", "2", -1.0)],
)
def test_volatility_when_none_explains_the_price_then_none(kind, price, years):
    assert implied_volatility(contract(kind), Decimal(100), Decimal(price), years=years, rate=RATE) is None


@pytest.mark.parametrize("spot", [Decimal(0), Decimal(-1)])
def test_volatility_when_the_underlying_has_no_price_then_none(spot):
    assert implied_volatility(contract(), spot, Decimal(2), years=0.1, rate=RATE) is None


@given(
    kind=st.sampled_from(["call", "put"]),
    strike=st.integers(60, 160),
    percent=st.integers(5, 250),
    near=st.integers(1, 900),
)
def test_volatility_when_one_beside_it_is_known_then_it_is_the_same(kind, strike, percent, near):
    terms, years = contract(kind, strike), 30 / 365
    price = value_option(terms, Decimal(100), years=years, volatility=Decimal(percent) / 100, rate=RATE).price
    alone = implied_volatility(terms, Decimal(100), price, years=years, rate=RATE)
    beside = implied_volatility(terms, Decimal(100), price, years=years, rate=RATE, near=Decimal(near) / 100)

    assert (alone is None) == (beside is None)
    if alone is None or beside is None or abs(price - intrinsic(terms, years)) < Decimal("0.01"):
        return
    assert beside == pytest.approx(alone, abs=Decimal("0.0005"))
