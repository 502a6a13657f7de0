from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.price_outcomes import HORIZONS, Horizon, Missing
from app.services.opinion_scores.past_opinions import read_past
from app.services.opinion_scores.price_outcomes import Follower, merged
from tests.past_opinions import NOON, RisingPrices, idea_alert, past_ticket

pytestmark = pytest.mark.unit

LATER = NOON + timedelta(days=30)
HOUR = (Horizon.read("1h"),)
STRETCHES = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(1, 200)).map(
        lambda pair: (NOON + timedelta(hours=pair[0]), NOON + timedelta(hours=sum(pair)))
    ),
    max_size=20,
)


def follow(prices, *tickets, now=LATER, horizons=HORIZONS, seconds=10.0):
    found = [read_past(ticket) for ticket in tickets or [past_ticket()]]
    return Follower(prices, now, horizons, seconds).follow(found)


def test_follow_when_horizons_are_over_then_each_has_its_own_gain():
    (courses,) = follow(RisingPrices())

    assert [courses[name].gain for name in ("1h", "1d", "5d")] == [
        Decimal("0.01"),
        Decimal("0.24"),
        1 + Decimal("0.2"),
    ]


def test_follow_when_a_horizon_is_not_over_then_only_that_one_is_missing():
    (courses,) = follow(RisingPrices(), now=NOON + timedelta(hours=25))

    assert (courses["1d"].missing, courses["5d"].missing) == (None, Missing.NOT_OVER)


def test_follow_when_a_horizon_has_only_just_passed_then_its_prices_are_not_settled():
    prices = RisingPrices()
    (courses,) = follow(prices, now=NOON + timedelta(minutes=75), horizons=HOUR)

    assert (courses["1h"].missing, prices.asked) == (Missing.NOT_OVER, [])


def test_follow_when_many_ideas_share_a_symbol_then_it_is_asked_for_once():
    prices = RisingPrices()
    follow(prices, past_ticket(), past_ticket("2026-06-03"), past_ticket("2026-06-06"))

    assert [(symbol, end - start) for symbol, start, end, _ in prices.asked] == [("NVDA", timedelta(days=10))]


def test_follow_when_ideas_lie_far_apart_then_nothing_between_is_asked_for():
    prices = RisingPrices()
    follow(prices, past_ticket(), past_ticket("2026-06-20"), horizons=HOUR)

    assert [(start.day, end - start) for _, start, end, _ in prices.asked] == [
        (1, HOUR[0].length),
        (20, HOUR[0].length),
    ]


@pytest.mark.parametrize(("horizon", "minutes"), [("1d", 1), ("5d", 5), ("30d", 30)])
def test_follow_when_the_horizon_is_long_then_bars_are_longer(horizon, minutes):
    prices = RisingPrices()
    follow(prices, horizons=(Horizon.read(horizon),), now=LATER + timedelta(days=30))

    assert prices.asked[0][3] == minutes


def test_follow_when_nobody_keeps_prices_then_that_is_told():
    (courses,) = follow(RisingPrices(keeps=False), horizons=HOUR)

    assert courses["1h"].missing is Missing.NO_SOURCE


def test_follow_when_the_broker_fails_then_it_is_not_asked_again():
    prices = RisingPrices(fails=True)
    other = past_ticket(signal={"symbol": "MSFT", "side": "buy"})
    courses = follow(prices, past_ticket(), other, horizons=HOUR)

    assert [each["1h"].missing for each in courses] == [Missing.UNREACHABLE] * 2
    assert len(prices.asked) == 1


def test_follow_when_time_is_up_then_the_rest_is_not_asked_for():
    (courses,) = follow(RisingPrices(), horizons=HOUR, seconds=-1)

    assert courses["1h"].missing is Missing.NOT_ASKED


def test_follow_when_the_idea_is_bearish_then_a_rise_is_a_loss():
    (courses,) = follow(RisingPrices(), past_ticket(alert=idea_alert(direction="bearish")), horizons=HOUR)

    assert courses["1h"].gain == Decimal("-0.01")


@given(STRETCHES)
def test_merged_when_read_then_each_lies_in_exactly_one_of_them(stretches):
    found = list(merged(stretches))

    for start, end in stretches:
        assert sum(begin <= start and end <= until for begin, until in found) == 1
    assert found == sorted(found)
