"""Which contracts the simulated exchange lists: a rule instead of a list, the same for every underlying."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, takewhile

from app.domain.hours import is_trading_day
from app.domain.money import round_down

WEEKS, MONTHS = 8, 12
_FRIDAY, _WEEK, _DAY = 4, timedelta(days=7), timedelta(days=1)
_THIRD_FRIDAY = range(15, 22)
# The step between strikes by the price of the underlying, as exchanges fit it.
_STEPS = ((Decimal(25), Decimal("0.5")), (Decimal(100), Decimal(1)), (Decimal(250), Decimal("2.5")))
_WIDE, _WIDE_FROM, _WIDEST = Decimal(5), Decimal(1000), Decimal(25)
# How far from the price strikes are listed, as a fraction of it.
REACH = Decimal("0.4")


def listed_expiries(today: date) -> list[date]:
    """Return the days of expiry from New York's `today` on: Fridays of eight weeks, third ones of a year."""
    first = today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    weekly = [first + _WEEK * number for number in range(WEEKS)]
    later = takewhile(lambda day: day < today + timedelta(days=366), (first + _WEEK * n for n in count()))
    monthly = [day for day in later if day.day in _THIRD_FRIDAY][:MONTHS]
    return sorted({_traded(day) for day in (*weekly, *monthly) if _traded(day) >= today})


def listed_strikes(price: Decimal) -> Iterator[Decimal]:
    """Yield the strikes around a price, rising."""
    step = strike_step(price)
    strike = max(round_down(price * (1 - REACH), step), step)
    while strike <= price * (1 + REACH):
        yield strike
        strike += step


def strike_step(price: Decimal) -> Decimal:
    """Return the distance between neighbouring strikes at a price of the underlying."""
    for bound, step in _STEPS:
        if price < bound:
            return step
    return _WIDE if price < _WIDE_FROM else _WIDEST


def _traded(day: date) -> date:
    """A Friday without trading hands its expiry to the day before."""
    while not is_trading_day(day):
        day -= _DAY
    return day
