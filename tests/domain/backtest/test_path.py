from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.backtest.path import BarWay, Standing
from app.domain.bars import Bar

pytestmark = pytest.mark.unit

AT = datetime(2026, 6, 2, 13, 30, tzinfo=UTC)
FLAT, LONG, SHORT = Standing(), Standing(1), Standing(-1)


def bar(first: int, high: int, low: int, last: int) -> Bar:
    return Bar(AT, *map(Decimal, (first, high, low, last)))


def walked(way: BarWay, *standings: Standing) -> list[int]:
    """Walk to the end; what stands changes with each step, and the last stays."""
    seen = []
    left = list(standings)
    while True:
        price = way.next(left.pop(0) if len(left) > 1 else left[0])
        if price is None:
            return seen
        seen.append(int(price))


@pytest.mark.parametrize(
    ("standing", "expected"),
    [(LONG, [90, 115, 105]), (SHORT, [115, 90, 105])],
)
def test_way_when_there_is_a_position_then_its_worse_end_comes_first(standing, expected):
    assert walked(BarWay(bar(100, 115, 90, 105), standing), standing) == expected


@pytest.mark.parametrize(("low", "expected"), [(95, [95, 110, 105]), (80, [110, 80, 105])])
def test_way_when_nothing_is_held_then_the_nearer_end_comes_first(low, expected):
    assert walked(BarWay(bar(100, 110, low, 105), FLAT), FLAT) == expected


def test_way_when_orders_wait_then_it_stops_at_each_of_their_prices():
    waiting = Standing(1, tuple(map(Decimal, (95, 92, 108, 120))))

    assert walked(BarWay(bar(100, 110, 90, 105), waiting), waiting) == [
        95,
        92,
        90,
        92,
        95,
        108,
        110,
        108,
        105,
    ]


def test_way_when_a_position_begins_inside_then_both_ends_lie_ahead_of_it():
    way, waiting = BarWay(bar(100, 120, 95, 105), FLAT), Standing(0, (Decimal(110),))

    assert walked(way, waiting, waiting, LONG) == [95, 110, 95, 120, 105]


def test_way_when_a_position_begins_on_the_way_back_then_the_end_behind_it_is_past():
    way, waiting = BarWay(bar(100, 104, 94, 96), FLAT), Standing(0, (Decimal(95),))

    assert walked(way, waiting, waiting, LONG) == [104, 95, 94, 96]


def test_way_when_a_position_begins_at_a_price_that_was_seen_then_its_worse_end_alone_lies_ahead():
    way = BarWay(bar(100, 110, 90, 105), FLAT)
    way.detour(Decimal(107), FLAT)

    assert walked(way, SHORT) == [110, 105]


def test_way_when_positions_begin_without_end_then_it_ends_all_the_same():
    way = BarWay(bar(100, 110, 90, 105), FLAT)
    turns = [LONG, SHORT] * 500

    assert len(walked(way, *turns)) < 200


def test_detour_when_a_price_was_seen_inside_then_it_is_reached_by_its_levels():
    way, waiting = BarWay(bar(100, 110, 90, 105), FLAT), Standing(0, (Decimal(103),))

    steps = [way.detour(Decimal(107), waiting) for _ in range(3)]

    assert steps == [Decimal(103), Decimal(107), None]
    assert way.detour(Decimal(111), waiting) is None


PRICES = st.integers(1, 400)


@given(
    ends=st.tuples(PRICES, PRICES, PRICES, PRICES),
    levels=st.lists(PRICES, max_size=6),
    sign=st.integers(-1, 1),
)
def test_way_when_walked_then_stays_inside_touches_both_ends_and_ends_at_the_close(ends, levels, sign):
    first, last, *_ = ends
    found = bar(first, max(ends), min(ends), last)
    standing = Standing(sign, tuple(map(Decimal, levels)))
    seen = [first, *walked(BarWay(found, standing), standing)]

    assert {min(ends), max(ends)} <= set(seen)
    assert seen[-1] == last
    assert all(min(ends) <= price <= max(ends) for price in seen)
