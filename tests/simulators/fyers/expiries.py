"""Days on which contracts expire, counted from any day, and how tickers write them."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from tests.simulators.fyers.clock import IST

TUESDAY = 1
WEEK = timedelta(days=7)
MONTH_CODES = "123456789OND"
INDEX_CLOSE, STOCK_CLOSE = time(15, 30), time(15, 40)  # both are seen in real files
QUARTER_MONTHS, HALF_YEAR_MONTHS = frozenset({3, 6, 9, 12}), frozenset({6, 12})


def last_tuesday(year: int, month: int) -> date:
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=(last.weekday() - TUESDAY) % 7)


def is_monthly(day: date) -> bool:
    return day == last_tuesday(day.year, day.month)


def weeklies(today: date, count: int) -> list[date]:
    """Return the next Tuesdays, today's among them."""
    first = today + timedelta(days=(TUESDAY - today.weekday()) % 7)
    return [first + WEEK * number for number in range(count)]


def monthlies(today: date, count: int, months: frozenset[int] = frozenset(range(1, 13))) -> list[date]:
    """Return the next last Tuesdays of these months, today's among them."""
    found: list[date] = []
    year, month = today.year, today.month
    while len(found) < count:
        day = last_tuesday(year, month)
        if day >= today and month in months:
            found.append(day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def option_days(name: str, today: date) -> list[date]:
    """Return when options on an underlying expire; only NIFTY has weeks."""
    days = {*monthlies(today, 3)}
    if name in {"NIFTY", "BANKNIFTY"}:
        days |= {*monthlies(today, 4, QUARTER_MONTHS)}
    if name == "NIFTY":
        days |= {*weeklies(today, 5), *monthlies(today, 8, HALF_YEAR_MONTHS)}
    return sorted(days)


def epoch(day: date, *, is_index: bool) -> int:
    close = INDEX_CLOSE if is_index else STOCK_CLOSE
    return int(datetime.combine(day, close, IST).timestamp())


def code(day: date, *, is_option: bool) -> str:
    """Return a day as tickers write it: 26JUL for the last of a month, 26721 for another week."""
    if is_option and not is_monthly(day):
        return f"{day:%y}{MONTH_CODES[day.month - 1]}{day:%d}"
    return f"{day:%y%b}".upper()
