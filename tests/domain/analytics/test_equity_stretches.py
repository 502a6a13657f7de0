from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.analytics.equity_curve import EquityCurve
from app.domain.analytics.equity_stretches import EquityStretch, curve_of, joined, put_together

pytestmark = pytest.mark.unit

START = datetime(2026, 6, 1, tzinfo=UTC)


def points(worths: list[int]) -> list[tuple[str, Decimal]]:
    each = timedelta(minutes=5)
    return [((START + each * place).isoformat(), Decimal(worth)) for place, worth in enumerate(worths)]


@given(st.lists(st.lists(st.integers(-20, 10_000), max_size=400), max_size=6))
def test_stretches_when_put_together_then_the_fall_is_that_of_all_points(parts):
    every = points([worth for part in parts for worth in part])
    stretches, taken = [], 0
    for part in parts:
        stretches.append(EquityStretch.of(every[taken : taken + len(part)]))
        taken += len(part)
    whole = EquityCurve.of(every, most=1_000_000)
    found, below = curve_of(stretches), dict(whole.drawdown)

    assert (found.max_drawdown, found.count) == (whole.max_drawdown, whole.count)
    assert [below[at] for at, _ in found.points] == [value for _, value in found.drawdown]
    assert {worth for _, worth in found.points} >= {
        pick(worth for _, worth in every) for pick in (min, max) if every
    }


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=900))
def test_stretches_when_joined_twice_then_nothing_but_points_between_is_lost(worths):
    every = points(worths)
    parts = [EquityStretch.of(every[begin : begin + 100]) for begin in range(0, len(every), 100)]
    twice = EquityStretch.from_json(joined([put_together(parts).to_json()]))

    assert curve_of([twice]).max_drawdown == curve_of(parts).max_drawdown
    assert (twice.points[0], twice.points[-1].at) == (parts[0].points[0], parts[-1].points[-1].at)
    assert twice.count == len(worths)
    assert len(twice.points) <= 100
