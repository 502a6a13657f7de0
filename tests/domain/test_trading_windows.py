from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.trading_windows import DAYS, TradingWindow, is_within, window_of

pytestmark = pytest.mark.unit

ZONES = [ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"), ZoneInfo("UTC")]
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
minutes = st.integers(0, 1439)
windows = st.builds(
    TradingWindow, st.frozensets(st.integers(0, 6), min_size=1), minutes, st.integers(0, 1440)
).filter(lambda window: window.opens != window.closes)
moments = st.integers(0, 2 * 365 * 86400).map(lambda second: MONDAY + timedelta(seconds=second))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mon-fri 09:45-15:30", "mon-fri 09:45-15:30"),
        ("Tue 09:45-15:30", "tue 09:45-15:30"),
        ("mon,tue,wed,fri 09:45 - 15:30", "mon-wed,fri 09:45-15:30"),
        ("fri-mon 22:00-02:00", "mon,fri-sun 22:00-02:00"),
        ("mon-sun 00:00-24:00", "00:00-24:00"),
        ("22:00-02:00", "22:00-02:00"),
    ],
)
def test_window_when_it_is_written_then_it_is_shown_in_one_way(text, shown):
    assert str(window_of(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mon-fri",
        "weekdays 09:45-15:30",
        "mon- 09:45-15:30",
        "mon, 09:45-15:30",
        "09:45-09:45",
        "24:00-02:00",
        "09:60-15:30",
        "09:45-24:01",
        "9:45-15:30",
        "mon 09:45",
        "mon 09:45-15:30 America/New_York",
    ],
)
def test_window_when_it_is_no_window_then_refused(text):
    with pytest.raises(ValueError, match="must"):
        window_of(text)


@given(window=windows)
def test_window_when_written_out_then_read_again_as_the_same(window):
    assert window_of(str(window)) == window


@given(window=windows, now=moments, zone=st.sampled_from(ZONES))
def test_window_when_asked_at_any_moment_then_it_agrees_with_the_minutes_that_it_lists(window, now, zone):
    local = now.astimezone(zone)
    length = (window.closes - window.opens) % 1440 or 1440
    opened = {(day * 1440 + window.opens) % 10080 for day in window.days}
    minute = local.weekday() * 1440 + local.hour * 60 + local.minute
    expected = any((minute - start) % 10080 < length for start in opened)

    assert is_within((str(window),), now, zone) is expected


@given(window=windows)
def test_window_when_a_week_is_walked_then_it_is_open_for_its_length_on_each_of_its_days(window):
    walked = (MONDAY + timedelta(minutes=30 * step) for step in range(2 * 24 * 7))
    opened = sum(is_within((str(window),), moment, ZONES[-1]) for moment in walked)
    length = (window.closes - window.opens) % 1440 or 1440

    assert abs(opened * 30 - length * len(window.days)) <= 30 * len(window.days)


def test_days_when_counted_then_the_week_begins_on_monday():
    assert DAYS[MONDAY.weekday()] == "mon"
