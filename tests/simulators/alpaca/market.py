"""The prices that tests move and the session that they open and close."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.simulators.alpaca.assets import CRYPTO, Asset, Catalogue
from tests.simulators.alpaca.figures import SECOND, Timer
from tests.simulators.alpaca.orders import Order

NEW_YORK = ZoneInfo("America/New_York")
OPENS, CLOSES = time(9, 30), time(16)
MINUTE = 60 * SECOND
SATURDAY = 5
MOMENT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Tick:
    """One moment of one symbol; `volume` is what may fill at it, None without end."""

    price: Decimal
    bid: Decimal
    ask: Decimal
    at: int
    number: int = 0
    volume: Decimal | None = None

    def against(self, side: str) -> Decimal:
        """The price at which that side meets the other."""
        return self.ask if side == "buy" else self.bid


@dataclass(slots=True)
class Bar:
    """One minute of one symbol, from its moves."""

    begins: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    count: int = 1

    def add(self, price: Decimal) -> None:
        self.high, self.low, self.close = max(self.high, price), min(self.low, price), price
        self.count += 1


class Market:
    """Prices by symbol; `on_move` is told of each new one."""

    def __init__(self, lock: AbstractContextManager[Any], catalogue: Catalogue, timer: Timer) -> None:
        self.on_move: Callable[[Asset, Decimal | None], None] = lambda _asset, _volume: None
        self.on_quote: Callable[[Asset], None] = lambda _asset: None
        # Contracts of days gone by are refused only where a test has said which day it is.
        self.has_days = False
        self._lock, self._catalogue, self._timer = lock, catalogue, timer
        self._ticks: dict[str, Tick] = {}
        self._bars: dict[str, deque[Bar]] = {}

    def move(
        self,
        symbol: str,
        price: str | Decimal,
        *,
        bid: str | Decimal | None = None,
        ask: str | Decimal | None = None,
        volume: str | Decimal | None = None,
    ) -> None:
        """Set a price, listing the symbol if it is new; at most `volume` units fill at it."""
        last = Decimal(price)
        room = None if volume is None else Decimal(volume)
        with self._lock:
            asset = self._catalogue.find_or_list(symbol)
            known = self._ticks.get(asset.symbol)
            self._ticks[asset.symbol] = Tick(
                price=last,
                bid=last if bid is None else Decimal(bid),
                ask=last if ask is None else Decimal(ask),
                at=self._timer.now(),
                number=1 if known is None else known.number + 1,
                volume=room,
            )
            self._draw(asset.symbol, last)
            self.on_quote(asset)
            self.on_move(asset, room)

    def now(self) -> int:
        """Return the time in nanoseconds."""
        return self._timer.now()

    def tick(self, asset: Asset) -> Tick | None:
        return self._ticks.get(asset.symbol)

    def bars(self, asset: Asset) -> list[Bar]:
        return list(self._bars.get(asset.symbol, ()))

    def _draw(self, symbol: str, price: Decimal) -> None:
        at = self._ticks[symbol].at
        begins = at - at % MINUTE
        bars = self._bars.setdefault(symbol, deque(maxlen=1000))
        if bars and bars[-1].begins == begins:
            bars[-1].add(price)
        else:
            bars.append(Bar(begins, price, price, price, price))


class Clock:
    """The session: open, extended or closed; `on_change` is told of each new one."""

    def __init__(self, lock: AbstractContextManager[Any], timer: Timer) -> None:
        self.session = "open"
        self.is_brief = False
        self.on_change: Callable[[str], None] = lambda _session: None
        self._lock, self._timer = lock, timer

    def open(self) -> None:
        """Begin the regular session: what waited for it trades."""
        self._turn("open")

    def extend(self) -> None:
        """Begin a session before or after hours: only limit orders marked for it trade."""
        self._turn("extended")

    def close(self, *, brief: bool = False) -> None:
        """End the day: DAY orders for stocks and options expire. A `brief` night lasts a moment."""
        self._turn("closed", brief=brief)

    def trades(self, order: Order) -> bool:
        """True when the order's market is open to it now."""
        if order.asset.asset_class == CRYPTO:
            return True
        if self.session == "extended":
            return order.extended_hours
        return self.session == "open" and order.time_in_force not in {"opg", "cls"}

    def as_json(self, *, closed: bool = False) -> dict[str, Any]:
        now = datetime.fromtimestamp(self._timer.now() // SECOND, UTC).astimezone(NEW_YORK)
        is_open = self.session == "open" and not closed
        close = next_at(now, CLOSES)
        if is_open:
            opens = next_at(close, OPENS)
        else:
            # A whim, and a session that was closed for a moment, end soon: who keeps the answer must know.
            soon = self.session == "open" or self.is_brief
            opens = now + MOMENT if soon else next_at(now, OPENS)
            close = next_at(opens, CLOSES)
        return {
            "timestamp": now.isoformat(),
            "is_open": is_open,
            "next_open": opens.isoformat(),
            "next_close": close.isoformat(),
        }

    def _turn(self, session: str, *, brief: bool = False) -> None:
        with self._lock:
            self.session, self.is_brief = session, brief
            self.on_change(session)


def next_at(after: datetime, moment: time) -> datetime:
    """Return the next weekday's `moment` after a time in New York."""
    day = after.date()
    while True:
        at = datetime.combine(day, moment, NEW_YORK)
        if at > after and day.weekday() < SATURDAY:
            return at
        day += timedelta(days=1)


def calendar(start: date, end: date) -> Iterator[dict[str, str]]:
    """Yield the weekdays between two dates; the simulated exchange knows no holidays."""
    day = start
    while day <= end:
        if day.weekday() < SATURDAY:
            yield {
                "date": day.isoformat(),
                "open": "09:30",
                "close": "16:00",
                "session_open": "0400",
                "session_close": "2000",
                "settlement_date": next_at(datetime.combine(day, CLOSES, NEW_YORK), CLOSES)
                .date()
                .isoformat(),
            }
        day += timedelta(days=1)
