from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.errors import InvalidRequest
from app.schemas.backtest.moments import days_come_first, moment

pytestmark = pytest.mark.unit

NEW_YORK = ZoneInfo("America/New_York")
AT = datetime(2026, 6, 2, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-02 09:30",
        "2026-06-02T09:30:00",
        "2026-06-02T13:30:00Z",
        "2026-06-02T15:30:00+02:00",
        "1780407000",
        "1780407000000",
        "Jun 2, 2026, 09:30",
        "Jun 02, 2026 9:30 AM",
        "June 2, 2026 09:30:00",
        "2 Jun 2026 09:30",
        "02.06.2026 09:30",
        "2.6.2026, 9:30",
        "2026/06/02 09:30",
        "2026.06.02 09:30",
    ],
)
def test_time_when_its_day_cannot_be_mistaken_then_is_read(text):
    assert moment(text, NEW_YORK, "here") == AT


def test_day_when_without_a_time_then_begins_in_its_zone():
    assert moment("Jun 2, 2026", NEW_YORK, "here") == moment("2026-06-02", NEW_YORK, "here")


@pytest.mark.parametrize(
    ("others", "month"), [(["6/1/2026 10:00", "25/12/2025 10:00"], 2), (["1/6/2026", "12/25/2025 10:00"], 6)]
)
def test_day_with_slashes_when_another_tells_the_order_then_is_read_by_it(others, month):
    found = moment("6/2/2026 9:30", UTC, "here", day_first=days_come_first(others))

    assert (found.month, found.day) == (month, 8 - month)


@pytest.mark.parametrize("text", ["6/2/2026 9:30", "13/13/2026", "2 juin 2026", "yesterday", "", "9" * 30])
def test_time_when_it_may_be_another_or_none_then_is_refused_with_its_place(text):
    with pytest.raises(InvalidRequest, match=r"here: .* like 2026-06-02 14:30"):
        moment(text, UTC, "here")


@pytest.mark.parametrize("text", ["0001-01-01", "1970-01-01T23:59Z", "2100-01-01", "9999-12-31 23:59-05:00"])
def test_time_when_nothing_can_be_numbered_by_it_then_is_refused_with_its_place(text):
    with pytest.raises(InvalidRequest, match=r"here: .* is not between 1970-01-02 and 2100"):
        moment(text, UTC, "here")


def test_order_of_days_when_no_time_tells_then_is_unknown():
    assert days_come_first(["6/2/2026", "2026-06-25", ""]) is None
