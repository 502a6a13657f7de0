from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accounts import MarketHours
from app.domain.hours import is_trading_day, market_hours
from app.domain.symbols import parse_symbol

pytestmark = pytest.mark.unit

NEW_YORK = ZoneInfo("America/New_York")
INDIA = ZoneInfo("Asia/Kolkata")


def at(text, zone=NEW_YORK):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def utc(text):
    return at(text, UTC)


def hours(symbol, now):
    return market_hours(parse_symbol(symbol), now)


@pytest.mark.parametrize(
    ("now", "is_open", "next_open", "next_close"),
    [
        # Thursday to Friday in winter: 09:30 in New York is 14:30 UTC
        ("2026-01-15T09:29:59", False, "2026-01-15T14:30", "2026-01-15T21:00"),
        ("2026-01-15T09:30:00", True, "2026-01-16T14:30", "2026-01-15T21:00"),
        ("2026-01-15T15:59:59", True, "2026-01-16T14:30", "2026-01-15T21:00"),
        ("2026-01-15T16:00:00", False, "2026-01-16T14:30", "2026-01-16T21:00"),
        # a weekend with Martin Luther King's day behind it
        ("2026-01-16T17:00:00", False, "2026-01-20T14:30", "2026-01-20T21:00"),
        ("2026-01-19T12:00:00", False, "2026-01-20T14:30", "2026-01-20T21:00"),
        # the clocks change on 2026-03-08 and 2026-11-01
        ("2026-03-06T12:00:00", True, "2026-03-09T13:30", "2026-03-06T21:00"),
        ("2026-10-30T12:00:00", True, "2026-11-02T14:30", "2026-10-30T20:00"),
        # Thanksgiving and the half day after it
        ("2026-11-25T18:00:00", False, "2026-11-27T14:30", "2026-11-27T18:00"),
        ("2026-11-27T12:59:59", True, "2026-11-30T14:30", "2026-11-27T18:00"),
        ("2026-11-27T13:00:00", False, "2026-11-30T14:30", "2026-11-30T21:00"),
        # over the end of a year
        ("2026-12-31T20:00:00", False, "2027-01-04T14:30", "2027-01-04T21:00"),
    ],
)
def test_share_when_asked_then_follows_new_york(now, is_open, next_open, next_close):
    assert hours("AAPL", at(now)) == MarketHours(is_open, utc(next_open), utc(next_close))


def test_option_when_asked_then_follows_its_exchange():
    noon = at("2026-01-15T12:00")

    assert hours("AAPL260620C00100000", noon).is_open
    assert not hours("NSE:NIFTY260127C26000", noon).is_open


@pytest.mark.parametrize(
    ("now", "is_open", "next_open", "next_close"),
    [
        ("2026-01-23T09:14:59", False, "2026-01-23T03:45", "2026-01-23T10:00"),
        ("2026-01-23T09:15:00", True, "2026-01-27T03:45", "2026-01-23T10:00"),  # Monday is Republic Day
        ("2026-01-23T15:30:00", False, "2026-01-27T03:45", "2026-01-27T10:00"),
    ],
)
def test_indian_share_when_asked_then_follows_mumbai(now, is_open, next_open, next_close):
    assert hours("NSE:SBIN", at(now, INDIA)) == MarketHours(is_open, utc(next_open), utc(next_close))


@pytest.mark.parametrize("symbol", ["BTCUSD", "BTCUSD.P"])
def test_coin_when_asked_then_never_closes(symbol):
    assert hours(symbol, at("2026-12-25T03:00")) == MarketHours(is_open=True)


@pytest.mark.parametrize(
    ("now", "is_open", "next_open", "next_close"),
    [
        ("2026-01-16T16:59:59", True, "2026-01-18T22:00", "2026-01-16T22:00"),
        ("2026-01-16T17:00:00", False, "2026-01-18T22:00", "2026-01-23T22:00"),
        ("2026-01-17T12:00:00", False, "2026-01-18T22:00", "2026-01-23T22:00"),
        ("2026-01-18T16:59:59", False, "2026-01-18T22:00", "2026-01-23T22:00"),
        ("2026-01-18T17:00:00", True, "2026-01-25T22:00", "2026-01-23T22:00"),
        ("2026-03-06T12:00:00", True, "2026-03-08T21:00", "2026-03-06T22:00"),  # clocks change that Sunday
    ],
)
def test_currency_when_asked_then_follows_the_forex_week(now, is_open, next_open, next_close):
    assert hours("EURUSD", at(now)) == MarketHours(is_open, utc(next_open), utc(next_close))


def test_dated_future_when_asked_then_counts_as_closed():
    assert hours("ES1!", at("2026-01-15T12:00")) == MarketHours(is_open=False)


def test_hours_when_now_is_naive_then_refused():
    with pytest.raises(ValueError, match="aware"):
        hours("AAPL", at("2026-01-15T12:00", None))


@pytest.mark.parametrize(
    ("day", "exchange", "trades"),
    [
        (date(2026, 1, 15), "NYSE", True),
        (date(2026, 1, 17), "NYSE", False),
        (date(2026, 4, 3), "NYSE", False),
        (date(2026, 11, 27), "NYSE", True),
        (date(2026, 1, 26), "NYSE", True),
        (date(2026, 1, 26), "NSE", False),
        (date(2026, 11, 27), "NSE", True),
    ],
)
def test_trading_day_when_asked_then_knows_the_holidays(day, exchange, trades):
    assert is_trading_day(day, exchange) is trades


@settings(deadline=None)
@given(
    st.datetimes(at("2024-01-01", None), at("2027-12-31", None), timezones=st.just(UTC)),
    st.sampled_from(["AAPL", "NSE:SBIN", "EURUSD"]),
)
def test_changes_when_asked_then_lie_ahead_in_their_order(now, symbol):
    answer = hours(symbol, now)

    assert now < min(answer.next_open, answer.next_close)
    assert answer.is_open == (answer.next_close < answer.next_open)
