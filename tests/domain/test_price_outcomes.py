from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.bars import Bar, Series
from app.domain.opinions import Direction
from app.domain.price_outcomes import Basis, First, Horizon, Missing, Thesis, follow

pytestmark = pytest.mark.unit

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = Horizon.read("1h")
BULLISH = Thesis(Direction.BULLISH, Decimal(100), Decimal(110), Decimal(95))
BEARISH = Thesis(Direction.BEARISH, Decimal(100), Decimal(90), Decimal(105))


def series(*moves: tuple[int, int, int, int], since=NOON, until=NOON + timedelta(hours=2)) -> Series:
    """One bar a minute from noon on; open, high, low, close."""
    bars = tuple(Bar(NOON + place * MINUTE, *map(Decimal, move)) for place, move in enumerate(moves))
    return Series(bars, MINUTE, since, until)


@pytest.mark.parametrize(("thesis", "gain"), [(BULLISH, "0.04"), (BEARISH, "-0.04")])
def test_follow_when_the_price_rose_then_gain_is_in_the_theses_direction(thesis, gain):
    course = follow(thesis, series((101, 102, 100, 101), (101, 104, 101, 104)), NOON, HOUR)

    assert (course.gain, course.close, course.first) == (Decimal(gain), 104, First.NEITHER)
    assert (course.basis, course.closed_at) == (Basis.NAMED, NOON + 2 * MINUTE)


def test_follow_when_no_entry_is_named_then_first_price_after_arrival_counts():
    course = follow(Thesis(Direction.BULLISH), series((80, 88, 80, 88)), NOON, HOUR)

    assert (course.basis, course.entry, course.gain) == (Basis.ARRIVAL, 80, Decimal("0.1"))
    assert course.first is None


@pytest.mark.parametrize(
    ("thesis", "moves", "first"),
    [
        (BULLISH, [(100, 110, 99, 109), (109, 109, 90, 90)], First.TARGET),
        (BULLISH, [(100, 101, 95, 96), (96, 120, 96, 120)], First.STOP),
        (BULLISH, [(100, 109, 96, 100)], First.NEITHER),
        (BEARISH, [(100, 101, 90, 91), (91, 106, 91, 106)], First.TARGET),
        (BEARISH, [(100, 105, 99, 100), (100, 100, 80, 80)], First.STOP),
    ],
)
def test_follow_when_levels_are_reached_then_the_first_of_them_counts(thesis, moves, first):
    course = follow(thesis, series(*moves), NOON, HOUR)

    assert (course.first, course.ambiguous) == (first, False)


@pytest.mark.parametrize("thesis", [BULLISH, BEARISH])
def test_follow_when_one_bar_reaches_both_levels_then_stop_and_said_to_be_ambiguous(thesis):
    course = follow(thesis, series((100, 111, 89, 100)), NOON, HOUR)

    assert (course.first, course.ambiguous) == (First.STOP, True)


def test_follow_when_bars_lie_outside_of_the_horizon_then_they_count_for_nothing():
    spike, calm = (100, 200, 100, 200), (100, 100, 100, 100)
    course = follow(BULLISH, series(spike, *[calm] * 60, spike), NOON + MINUTE, HOUR)

    assert (course.close, course.first) == (100, First.NEITHER)


@pytest.mark.parametrize(
    "known",
    [
        series(),
        series((1, 1, 1, 1), since=NOON + MINUTE),
        series((1, 1, 1, 1), until=NOON + timedelta(minutes=59)),
    ],
)
def test_follow_when_not_all_of_the_time_is_known_then_nothing_is_told(known):
    assert follow(BULLISH, known, NOON, HOUR).missing is Missing.NO_BARS


@pytest.mark.parametrize(("text", "hours"), [("30m", 0.5), ("1h", 1), (" 5d ", 120)])
def test_horizon_when_written_well_then_read(text, hours):
    assert Horizon.read(text).length == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "h", "0h", "1w", "-1h", "61d", "1.5h", "1h1"])
def test_horizon_when_written_otherwise_then_refused(text):
    with pytest.raises(ValueError, match="30m, 1h or 5d"):
        Horizon.read(text)
