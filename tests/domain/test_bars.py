from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bars import Bar, Series

pytestmark = pytest.mark.unit

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("prices", "is_sound"),
    [
        ((10, 12, 9, 11), True),
        ((10, 10, 10, 10), True),
        ((13, 12, 9, 11), False),
        ((10, 12, 9, 8), False),
        ((1, 2, 0, 1), False),
    ],
)
def test_bar_when_prices_are_compared_then_sound_only_within_low_and_high(prices, is_sound):
    assert Bar(NOON, *map(Decimal, prices)).is_sound is is_sound


def test_within_when_a_bar_lies_across_an_edge_then_it_is_left_out():
    price = Decimal(1)
    bars = tuple(Bar(NOON + number * MINUTE, price, price, price, price) for number in range(-1, 4))
    series = Series(bars, MINUTE, NOON - MINUTE, NOON + 4 * MINUTE)
    found = series.within(NOON - timedelta(seconds=30), NOON + timedelta(seconds=150))

    assert [bar.at for bar in found] == [NOON, NOON + MINUTE]


@given(st.sets(st.integers(0, 60)), st.integers(-5, 65), st.integers(0, 65))
def test_within_when_read_then_exactly_the_whole_bars_of_the_time(minutes, start, length):
    bars = tuple(Bar(NOON + minute * MINUTE, *[Decimal(1)] * 4) for minute in sorted(minutes))
    begin, end = NOON + start * MINUTE, NOON + (start + length) * MINUTE
    found = Series(bars, 2 * MINUTE, NOON, NOON).within(begin, end)

    assert found == tuple(bar for bar in bars if begin <= bar.at and bar.at + 2 * MINUTE <= end)
