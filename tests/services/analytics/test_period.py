"""Which days are looked at."""

from datetime import date

import pytest

from app.services.analytics.period import Period

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("last", [date.min, date(1, 1, 15)])
def test_period_when_it_begins_with_the_calendar_then_there_is_a_day_before_it(last):
    period = Period.of(date(2026, 11, 30), None, last, None, None)

    assert period.first.toordinal() > date.min.toordinal()
    assert all(day >= period.first for day in period.newest_first())


@pytest.mark.parametrize("name", ["equity", "performance", "latency", "slippage", "refusals", "opinions"])
@pytest.mark.parametrize("query", ["to=0001-01-01", "to=0001-01-15", "from=9999-12-31&to=9999-12-31"])
def test_analytics_when_days_lie_at_an_end_of_the_calendar_then_nothing_is_there(operator, name, query):
    assert operator.get(f"/api/analytics/{name}?{query}").status_code == 200
