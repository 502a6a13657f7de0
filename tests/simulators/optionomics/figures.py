"""Market data made up from the symbol's letters: the same for every run."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random

AS_OF = datetime.fromisoformat("2026-06-02T14:20:00+00:00")
TODAY = AS_OF.date()
KNOWN_PRICES = {
    "NVDA": 142.5,
    "AAPL": 201.0,
    "TSLA": 344.0,
    "SPY": 592.0,
    "QQQ": 523.0,
    "DIA": 424.0,
    "IWM": 207.0,
}
MARKET = ("SPY", "QQQ", "DIA", "IWM")
SATURDAY = 5


def price_of(symbol: str) -> float:
    """Return the last price of a symbol in dollars."""
    return KNOWN_PRICES.get(symbol.upper()) or round(Random(_seed(symbol, "price")).uniform(15, 400), 2)


def numbers_for(symbol: str, subject: str) -> Random:
    """Return numbers that are the same for a symbol and a subject in every run."""
    return Random(_seed(symbol, subject))


def trading_days(count: int, before: date = TODAY) -> list[date]:
    """Return the weekdays before a date, oldest first."""
    days: list[date] = []
    day = before
    while len(days) < count:
        day -= timedelta(days=1)
        if day.weekday() < SATURDAY:
            days.append(day)
    return days[::-1]


def _seed(symbol: str, subject: str) -> int:
    return int.from_bytes(sha256(f"{symbol.upper()} {subject}".encode()).digest()[:8])
