"""Trades that went flat, for ever: under `closed_trades/{day}/{id}`, found by their number too."""

import logging
from collections.abc import Callable, Container, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.domain.closed_trades import ClosedTrade
from app.domain.json_codec import from_json, to_json
from app.domain.money import ZERO
from app.domain.orders import Receipt
from app.errors import RecordUnreadable
from app.repositories.recent_closings import RecentClosings
from app.repositories.unnumbered_trades import UnnumberedTrades
from app.storage.base import Change, Create, Delete, Document, Replace, Store

PREFIX = "closed_trades/"
NUMBERS = "trade_numbers/"
DAY = timedelta(days=1)

_logger = logging.getLogger(__name__)


class ClosedTrades:
    """What bots have traded."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent = RecentClosings(store)
        self._unnumbered = UnnumberedTrades(store)

    def keeping(self, trade: ClosedTrade, now: datetime) -> list[Change]:
        """Return the changes that keep a trade; made again, even past midnight, they keep nothing more."""
        key = f"{key_of_day(trade.closed_at.date())}{trade.id}"
        if trade.number == 0:
            # No number could be had; several such trades must not share one.
            told = [self._unnumbered.noting(trade, key), self._recent.noting(trade, key, now)]
            return [Create(key, to_json(trade)), *told]
        number = f"{NUMBERS}{trade.number}"
        place = self._store.get(number)
        key = key if place is None else place.value["key"]
        # The number comes first: it says under which day the trade is, or will be, kept. Who reads of it last
        # finds all of it.
        kept = [Create(number, {"key": key}), Create(key, to_json(trade))]
        return [*kept, self._recent.noting(trade, key, now)]

    def numbering(self, next_number: Callable[[], int]) -> Iterator[list[Change]]:
        """Yield the changes that number each trade which went flat without a number; 0 ends it for now."""
        for note, key in self._unnumbered.every():
            document = self._store.get(key)
            if document is None or document.value.get("number"):
                # A crash has left the note, or the note alone.
                yield [Delete(note)]
                continue
            number = next_number()
            if number == 0:
                return
            placed = Create(f"{NUMBERS}{number}", {"key": key})
            yield [placed, Replace(document, document.value | {"number": number}), Delete(note)]

    def counted(self, receipt: Receipt, day: date, *, besides: Container[str]) -> Decimal:
        """Return how many units of an order are in trades that it closed about a day.

        `besides` are the ids of trades that are open yet: a crash kept them before they were removed.
        """
        trades = [trade for offset in (-DAY, timedelta(), DAY) for trade in self._all_of_day(day + offset)]
        place = receipt.broker, receipt.symbol
        gone = (trade for trade in trades if trade.id not in besides)
        found = (trade.counted for trade in gone if (trade.broker, trade.symbol) == place)
        return sum((orders.get(receipt.client_order_id, ZERO) for orders in found), ZERO)

    def numbered(self, number: int) -> ClosedTrade | None:
        """Return the trade of a number; None where it is open, or nobody's."""
        place = self._store.get(f"{NUMBERS}{number}")
        document = None if place is None else self._store.get(place.value["key"])
        return None if document is None else _readable(document)

    def newest_first(self, now: datetime, *, bot: str | None = None) -> Iterator[ClosedTrade]:
        """Yield all of them, or a bot's, by the time at which they went flat, a day at a time."""
        oldest = self.first_day()
        if oldest is None:
            return
        day = now.date() + DAY
        for ahead in reversed(self.days_after(day)):
            yield from self.of_day(ahead, bot=bot)
        while day >= oldest:
            yield from self.of_day(day, bot=bot)
            day -= DAY

    def first_day(self) -> date | None:
        """Return the earliest day on which a trade went flat; None before any has."""
        first = next(iter(self._store.list(PREFIX, limit=1)), None)
        return None if first is None else _day_of(first.key)

    def days_after(self, day: date) -> list[date]:
        """Return later days on which trades went flat: a simulated clock may have been moved forward."""
        later = self._store.list(PREFIX, after=key_of_day(day + DAY))
        return sorted({_day_of(one.key) for one in later})

    def at(self, key: str) -> dict[str, ClosedTrade | None]:
        """Return the trade under a key by that key; None for what cannot be read."""
        document = self._store.get(key)
        return {} if document is None else {key: _readable(document)}

    def readable_of_day(self, day: date) -> dict[str, ClosedTrade | None]:
        """Return those that went flat on a day (UTC) by their keys; None for what cannot be read."""
        return {document.key: _readable(document) for document in self._store.list(key_of_day(day))}

    def keys_since(self, moment: datetime) -> dict[date, list[str]]:
        """Return the keys of the trades written down from a moment on, by the day they went flat."""
        found: dict[date, list[str]] = {}
        for key in self._recent.since(moment):
            found.setdefault(_day_of(key), []).append(key)
        return found

    def of_day(self, day: date, *, bot: str | None = None, structures: bool = False) -> list[ClosedTrade]:
        """Return those that went flat on a day (UTC), the last first; what cannot be read is left out.

        Those of a `bot`, or in `structures`, alone, where that is told: the others are not taken up.
        """
        stored = (
            document
            for document in self._store.list(key_of_day(day))
            if bot in {None, document.value.get("bot")}
            and (not structures or document.value.get("structure"))
        )
        found = [trade for trade in map(_readable, stored) if trade is not None]
        return sorted(found, key=lambda trade: (trade.closed_at, trade.number), reverse=True)

    def _all_of_day(self, day: date) -> list[ClosedTrade]:
        found = self.readable_of_day(day)
        for key, trade in found.items():
            if trade is None:
                # It may be the one that has counted an order already: nothing is counted twice.
                raise RecordUnreadable(f"{key} holds something that cannot be read.")
        return [trade for trade in found.values() if trade is not None]


def key_of_day(day: date) -> str:
    """Return what the keys of a day (UTC) begin with."""
    return f"{PREFIX}{day.isoformat()}/"


def _day_of(key: str) -> date:
    return date.fromisoformat(key.split("/")[1])


def _readable(document: Document) -> ClosedTrade | None:
    try:
        return from_json(ClosedTrade, document.value)
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        _logger.exception("%s holds something that cannot be read; it is left as it is", document.key)
        return None
