from decimal import Decimal

import pytest

from app.domain.structures.profile import profile_of
from tests.domain.structures.builders import legs

pytestmark = pytest.mark.unit
CONDOR = legs("+P90", "-P95", "-C105", "+C110")


def drawn(structure, net, units=1):
    profile = profile_of(structure, Decimal(net), Decimal(units))
    return [(point.price, point.gain) for point in profile.points], profile


def test_condor_when_it_is_drawn_then_its_corners_and_break_evens_are_there():
    points, profile = drawn(CONDOR, "-1.5", units=2)

    assert points == [
        (Decimal("84.5"), -700),
        (90, -700),
        (Decimal("93.5"), 0),
        (95, 300),
        (105, 300),
        (Decimal("106.5"), 0),
        (110, -700),
        (Decimal("115.5"), -700),
    ]
    assert (profile.largest_loss, profile.largest_gain) == (700, 300)
    assert profile.break_evens == (Decimal("93.5"), Decimal("106.5"))


@pytest.mark.parametrize(
    ("structure", "net", "last", "loss", "gain"),
    [
        (legs("+C100"), "5", (Decimal("110.25"), 525), 500, None),
        (legs("-C100"), "-5", (Decimal("110.25"), -525), None, 500),
        (legs("+100S", "-C105"), "98", (Decimal("110.25"), 700), 9800, 700),
    ],
)
def test_structure_when_it_has_no_end_then_none_is_told_and_the_line_goes_on(
    structure, net, last, loss, gain
):
    points, profile = drawn(structure, net)

    assert points[-1] == last
    assert (profile.largest_loss, profile.largest_gain) == (loss, gain)


def test_put_when_its_strike_is_low_then_no_price_is_below_zero():
    points, _ = drawn(legs("-P1"), "-0.9")
    assert points[0] == (0, -10)


def test_calendar_when_it_is_drawn_then_there_is_no_line():
    points, profile = drawn(legs("-C100", "+C100/far"), "2")
    assert (points, profile.break_evens, profile.largest_gain) == ([], (), None)
    assert profile.largest_loss == 200
