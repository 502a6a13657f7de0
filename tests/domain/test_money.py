from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import plain, round_down, round_price, text

pytestmark = pytest.mark.unit

amounts = st.decimals(-(10**12), 10**12, places=12)
steps = st.sampled_from([Decimal(step) for step in ("1", "0.05", "0.01", "0.0001", "0.000000001", "25")])


@pytest.mark.parametrize(
    ("value", "increment", "expected"),
    [("1.999", "0.01", "1.99"), ("-1.999", "0.01", "-1.99"), ("7", "5", "5"), ("0.9", "1", "0")],
)
def test_round_down_when_between_steps_then_goes_towards_zero(value, increment, expected):
    assert str(round_down(Decimal(value), Decimal(increment))) == expected


@pytest.mark.parametrize(
    ("value", "up", "expected"),
    [("1.231", True, "1.24"), ("1.239", False, "1.23"), ("1.23", True, "1.23"), ("-1.231", False, "-1.24")],
)
def test_round_price_when_between_ticks_then_goes_the_safe_way(value, up, expected):
    assert str(round_price(Decimal(value), Decimal("0.01"), up=up)) == expected


@given(amounts, steps)
def test_round_down_when_anything_then_largest_multiple_within(value, step):
    rounded = round_down(value, step)

    assert Fraction(rounded) % Fraction(step) == 0
    assert 0 <= abs(value) - abs(rounded) < step


@given(amounts, steps)
def test_round_price_when_anything_then_brackets_the_price(value, tick):
    below, above = round_price(value, tick, up=False), round_price(value, tick, up=True)

    assert below <= value <= above
    assert above - below in {0, tick}


def test_round_down_when_quotient_has_many_digits_then_neither_raises_nor_rounds_up():
    assert round_down(Decimal("1e24"), Decimal("1e-9")) == Decimal("1e24")
    assert round_down(Decimal("0." + "9" * 60), Decimal(1)) == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1E+3", "1000"), ("1.500", "1.5"), ("-0", "0"), ("0E+9", "0"), ("100", "100"), ("0.10", "0.1")],
)
def test_plain_when_written_then_has_neither_exponent_nor_trailing_zeros(value, expected):
    assert str(plain(Decimal(value))) == expected


def test_text_when_value_is_tiny_or_missing_then_plain_digits_or_none():
    assert text(Decimal("1E-9")) == "0.000000001"
    assert text(None) is None
