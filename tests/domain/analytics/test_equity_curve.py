from decimal import Decimal

import pytest

from app.domain.analytics.equity_curve import EquityCurve

pytestmark = pytest.mark.unit


def curve(*worths: str, most: int = 500) -> EquityCurve:
    return EquityCurve.of([(f"t{place}", Decimal(worth)) for place, worth in enumerate(worths)], most)


def test_curve_when_it_falls_then_drawdown_is_a_fraction_of_the_peak():
    found = curve("100", "120", "90", "108", "130")

    assert [str(value) for _, value in found.drawdown] == ["0", "0", "0.25", "0.1", "0"]
    assert found.max_drawdown == Decimal("0.25")


@pytest.mark.parametrize("worths", [(), ("0", "0"), ("-5", "-9")])
def test_curve_when_nothing_was_ever_there_then_nothing_is_lost(worths):
    assert curve(*worths).max_drawdown in {None, 0}


def test_curve_when_it_is_long_then_it_is_thinned_and_keeps_its_highest_and_lowest_points():
    worths = [str(1000 + number % 7) for number in range(10_000)]
    worths[4321], worths[7777] = "5000", "1"
    found = curve(*worths)
    shown = [value for _, value in found.points]

    assert (len(shown) <= 500, found.count) == (True, 10_000)
    assert (max(shown), min(shown)) == (5000, 1)
    assert found.max_drawdown == Decimal("0.9998")
    assert (found.points[0][0], found.points[-1][0]) == ("t0", "t9999")
    assert [at for at, _ in found.points] == sorted(
        (at for at, _ in found.points), key=lambda at: int(at[1:])
    )
