from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.domain.reasons import Reason
from app.domain.structures.expiry_choice import later_expiry, nearest_day
from app.domain.structures.legs import StructureRefused
from app.domain.structures.strike_choice import nearest_strike
from tests.domain.structures.builders import FAR, NEAR
from tests.domain.structures.chains import chain

pytestmark = pytest.mark.unit
CALLS = chain(strikes=range(14, 27), step="5").of("call", NEAR)


@pytest.mark.parametrize(("away", "is_taken"), [(0, True), (7, True), (-7, True), (8, False), (-8, False)])
def test_day_when_asked_for_then_the_nearest_within_the_bound(away, is_taken):
    wanted = NEAR + timedelta(days=away)
    if is_taken:
        assert nearest_day([FAR, NEAR], wanted, 7) == NEAR
        return
    with pytest.raises(StructureRefused, match=str(NEAR)) as refused:
        nearest_day([FAR, NEAR], wanted, 7)
    assert refused.value.reason is Reason.EXPIRY_TOO_FAR


def test_day_when_none_is_listed_then_refused():
    with pytest.raises(StructureRefused):
        nearest_day([], NEAR, 7)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("100", "100"),
        ("102.4", "100"),
        ("102.6", "105"),
        ("126", "125"),
        ("66.7", "70"),
        ("140", None),
        ("66", None),
    ],
)
def test_strike_when_asked_for_then_the_nearest_within_a_fraction(wanted, found):
    if found is not None:
        assert nearest_strike(CALLS, Decimal(wanted), Decimal("0.05")).strike == Decimal(found)
        return
    with pytest.raises(StructureRefused) as refused:
        nearest_strike(CALLS, Decimal(wanted), Decimal("0.05"))
    assert refused.value.reason is Reason.STRIKE_TOO_FAR


def test_second_expiry_when_a_calendar_wants_it_then_nearest_to_four_weeks_later():
    listed = [NEAR + timedelta(weeks=weeks) for weeks in range(9)]
    assert later_expiry(listed, NEAR) == NEAR + timedelta(weeks=4)
    with pytest.raises(StructureRefused):
        later_expiry([date(2026, 1, 2)], NEAR)
