from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.backtest.tape import ends_of
from app.domain.bars import Bar, Series

pytestmark = pytest.mark.unit

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PRICES = (Decimal(1),) * 4


def ends(symbol: str, span: timedelta, *begins: str) -> list[str]:
    bars = tuple(Bar(datetime.fromisoformat(begin).replace(tzinfo=UTC), *PRICES) for begin in begins)
    series = Series(bars, span, bars[0].at, bars[-1].at + span)
    return [end.isoformat()[:16] for end in ends_of(symbol, series)]


@pytest.mark.parametrize(
    ("symbol", "span", "begins", "expected"),
    [
        ("AAPL", DAY, ["2026-06-01T13:30", "2026-06-02T13:30"], ["2026-06-01T20:00", "2026-06-02T20:00"]),
        ("AAPL", DAY, ["2026-06-01T04:00"], ["2026-06-01T20:00"]),
        # The day after Thanksgiving is half a day.
        ("AAPL", DAY, ["2026-11-27T14:30"], ["2026-11-27T18:00"]),
        ("AAPL", 7 * DAY, ["2026-06-01T13:30"], ["2026-06-05T20:00"]),
        ("AAPL", HOUR, ["2026-06-01T18:30", "2026-06-01T19:30"], ["2026-06-01T19:30", "2026-06-01T20:00"]),
        ("BTC-USD", DAY, ["2026-06-01T00:00"], ["2026-06-02T00:00"]),
        ("RELIANCE", DAY, ["2026-06-01T03:45"], ["2026-06-01T10:00"]),
        ("INFY", DAY, ["2026-05-31T18:30"], ["2026-06-01T10:00"]),
        ("INFY", DAY, ["2026-06-01T13:30"], ["2026-06-01T20:00"]),
        (
            "RELIANCE",
            HOUR,
            ["2026-06-01T03:45", "2026-06-01T09:45"],
            ["2026-06-01T04:45", "2026-06-01T10:00"],
        ),
    ],
)
def test_bar_when_its_session_closes_within_it_then_ends_with_it(symbol, span, begins, expected):
    assert ends(symbol, span, *begins) == expected
