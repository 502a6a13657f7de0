"""The time and the prices of a backtest."""

from datetime import datetime, timedelta
from decimal import Decimal


class TapeClock:
    """A clock that the tape moves, and nobody sets back; whoever waits only moves it on."""

    def __init__(self, start: datetime) -> None:
        self._start = self._now = start

    def __call__(self) -> datetime:
        """Return the simulated time."""
        return self._now

    def go_to(self, at: datetime) -> None:
        """Move on to a time; one that has passed changes nothing."""
        self._now = max(self._now, at)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=max(seconds, 0))

    def monotonic(self) -> float:
        """Return the seconds since the beginning."""
        return (self._now - self._start).total_seconds()


class TapeMarket:
    """What things cost now, as the tape has told so far: the paper broker's source of prices."""

    def __init__(self) -> None:
        self._prices: dict[str, Decimal] = {}

    def price(self, symbol: str, at: datetime) -> Decimal | None:  # noqa: ARG002  # the tape is where it is
        """Return the price that holds; None before the first."""
        return self._prices.get(symbol)

    def move(self, symbol: str, price: Decimal) -> None:
        """Let a symbol trade at a price."""
        self._prices[symbol] = price

    def price_of(self, symbol: str) -> Decimal | None:
        """Return the price that holds; None before the first."""
        return self._prices.get(symbol)
