"""When markets are open: New York, India, currencies, coins."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Literal
from zoneinfo import ZoneInfo

from app.dataclass import dataclass
from app.domain.accounts import MarketHours
from app.domain.instruments import AssetClass, Instrument

Exchange = Literal["NYSE", "NSE"]

_NEW_YORK, _INDIA = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
_UTC = ZoneInfo("UTC")
_INDIAN_VENUES = frozenset({"nse", "bse"})
_HALF_DAY_CLOSE = time(13)
_FOREX_WEEK = time(17)
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Calendar:
    zone: ZoneInfo
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class _Session:
    opens: datetime
    closes: datetime


_CALENDARS: dict[Exchange, _Calendar] = {
    "NYSE": _Calendar(_NEW_YORK, time(9, 30), time(16)),
    "NSE": _Calendar(_INDIA, time(9, 15), time(15, 30)),
}


def market_hours(instrument: Instrument, now: datetime) -> MarketHours:
    """Return whether an instrument trades at `now` (aware), and the changes after it in UTC.

    Coins and perpetuals never close, so they have no next change. What has no hours here (dated futures,
    unknown instruments) counts as closed.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    if _never_closes(instrument):
        return MarketHours(is_open=True)
    if instrument.asset_class is AssetClass.FOREX:
        return _hours(_forex_weeks(now), now)
    if instrument.asset_class in {AssetClass.EQUITY, AssetClass.OPTION}:
        return _hours(_sessions("NSE" if instrument.venue in _INDIAN_VENUES else "NYSE", now), now)
    return MarketHours(is_open=False)


def exchange_zone(instrument: Instrument) -> ZoneInfo:
    """Return the zone in which people speak of an instrument's hours: its exchange's, UTC for coins."""
    if instrument.venue in _INDIAN_VENUES:
        return _INDIA
    return _UTC if _never_closes(instrument) else _NEW_YORK


def opened_at(instrument: Instrument, now: datetime) -> datetime | None:
    """Return when the session that the calendar knows at `now` (aware) opened; None where there is none."""
    if _never_closes(instrument):
        return None
    if instrument.asset_class is AssetClass.FOREX:
        sessions = _forex_weeks(now)
    else:
        sessions = _sessions("NSE" if instrument.venue in _INDIAN_VENUES else "NYSE", now)
    session = next(session for session in sessions if session.closes > now)
    return session.opens if session.opens <= now else None


def exchange_closes(instrument: Instrument) -> bool:
    """Tell whether an instrument has regular hours, outside of which it may trade all the same."""
    return instrument.asset_class in {AssetClass.EQUITY, AssetClass.OPTION}


def sessions_between(
    instrument: Instrument, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]] | None:
    """Return when the exchange of shares and options opens and closes; None of what has no such hours."""
    if not exchange_closes(instrument):
        return None
    following = _sessions("NSE" if instrument.venue in _INDIAN_VENUES else "NYSE", start)
    return [(each.opens, each.closes) for each in takewhile(lambda each: each.opens < end, following)]


def is_trading_day(day: date, exchange: Exchange = "NYSE") -> bool:
    """True when the exchange opens on that local date, half days included."""
    return day.weekday() < _SATURDAY and day not in _closures(exchange, day.year).holidays


def _never_closes(instrument: Instrument) -> bool:
    return instrument.asset_class is AssetClass.CRYPTO or instrument.symbol.endswith(".P")


def _hours(sessions: Iterator[_Session], now: datetime) -> MarketHours:
    upcoming = (session for session in sessions if session.closes > now)
    first = next(upcoming)
    if now < first.opens:
        return MarketHours(is_open=False, next_open=first.opens, next_close=first.closes)
    return MarketHours(is_open=True, next_open=next(upcoming).opens, next_close=first.closes)


def _sessions(exchange: Exchange, now: datetime) -> Iterator[_Session]:
    calendar = _CALENDARS[exchange]
    day = now.astimezone(calendar.zone).date()
    while True:
        if is_trading_day(day, exchange):
            half = day in _closures(exchange, day.year).half_days
            closes = _HALF_DAY_CLOSE if half else calendar.closes
            yield _Session(_utc(day, calendar.opens, calendar.zone), _utc(day, closes, calendar.zone))
        day += _ONE_DAY


def _forex_weeks(now: datetime) -> Iterator[_Session]:
    today = now.astimezone(_NEW_YORK).date()
    sunday = today - timedelta(days=today.isoweekday() % 7)
    while True:
        friday = sunday + timedelta(days=5)
        yield _Session(_utc(sunday, _FOREX_WEEK, _NEW_YORK), _utc(friday, _FOREX_WEEK, _NEW_YORK))
        sunday += timedelta(days=7)


def _utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Closures:
    holidays: frozenset[date]
    half_days: frozenset[date]


@lru_cache(maxsize=32)
def _closures(exchange: Exchange, year: int) -> _Closures:
    from holidays import HALF_DAY, financial_holidays

    closed = frozenset(financial_holidays(exchange, years=year))
    half = (
        frozenset(financial_holidays(exchange, years=year, categories=HALF_DAY)) if exchange == "NYSE" else ()
    )
    return _Closures(closed, frozenset(half) - closed)
