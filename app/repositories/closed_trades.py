"""Trades that went flat, for ever: under `closed_trades/{day}/{id}`, found by their number too."""

import logging
from collections.abc import Container, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.domain.closed_trades import ClosedTrade
from app.domain.json_codec import from_json, to_json
from app.domain.money import ZERO
from app.domain.orders import Receipt
from app.repositories.recent_closings import RecentClosings
from app.storage.base import Change, Create, Document, Store

PREFIX = "closed_trades/"
NUMBERS = "trade_numbers/"
DAY = timedelta(days=1)

_logger = logging.getLogger(__name__)


class ClosedTrades:
    """What bots have traded."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent = RecentClosings(store)

    def keeping(self, trade: ClosedTrade, now: datetime) -> list[Change]:
        """Return the changes that keep a trade; made again, even past midnight, they keep nothing more."""
        key = f"{key_of_day(trade.closed_at.date())}{trade.id}"
        if trade.number == 0:
            # No number could be had; several such trades must not share one.
            return [Create(key, to_json(trade)), self._recent.noting(trade, key, now)]
        number = f"{NUMBERS}{trade.number}"
        place = self._store.get(number)
        key = key if place is None else place.value["key"]
        # The number comes first: it says under which day the trade is, or will be, kept. Who reads of it last
        # finds all of it.
        kept = [Create(number, {"key": key}), Create(key, to_json(trade))]
        return [*kept, self._recent.noting(trade, key, now)]

    def counted(self, receipt: Receipt, day: date, *, besides: Container[str]) -> Decimal:
        """Return how many units of an order are in trades that it closed about a day.

        `besides` are the ids of trades that are open yet: a crash kept them before they were removed.
        """
        trades = (trade for offset in (-DAY, timedelta(), DAY) for trade in self.of_day(day + offset))
        place = receipt.broker, receipt.symbol
        gone = (trade for trade in trades if trade.id not in besides)
        found = (trade.counted for trade in gone if (trade.broker, trade.symbol) == place)
        return sum((orders.get(receipt.client_order_id, ZERO) for orders in found), ZERO)

    def numbered(self, number: int) -> ClosedTrade | None:
        """Return the trade of a number; None where it is open, or nobody's."""
        place = self._store.get(f"{NUMBERS}{number}")
        document = None if place is None else self._store.get(place.value["key"])
        return None if document is None else from_json(ClosedTrade, document.value)

    def newest_first(self, now: datetime) -> Iterator[ClosedTrade]:
        """Yield all of them by the time at which they went flat, a day at a time."""
        first = next(iter(self._store.list(PREFIX, limit=1)), None)
        if first is None:
            return
        day, oldest = now.date() + DAY, date.fromisoformat(first.key.split("/")[1])
        while day >= oldest:
            yield from self.of_day(day)
            day -= DAY

    def at(self, key: str) -> dict[str, ClosedTrade | None]:
        """Return the trade under a key by that key; None for what cannot be read."""
        document = self._store.get(key)
        return {} if document is None else {key: _readable(document)}

    def readable_of_day(self, day: date) -> dict[str, ClosedTrade | None]:
        """Return those that went flat on a day (UTC) by their keys; None for what cannot be read."""
        return {document.key: _readable(document) for document in self._store.list(key_of_day(day))}

    def of_day(self, day: date) -> list[ClosedTrade]:
        """Return those that went flat on a day (UTC), the last first."""
        found = (from_json(ClosedTrade, item.value) for item in self._store.list(key_of_day(day)))
        return sorted(found, key=lambda trade: (trade.closed_at, trade.number), reverse=True)


def key_of_day(day: date) -> str:
    """Return what the keys of a day (UTC) begin with."""
    return f"{PREFIX}{day.isoformat()}/"


def _readable(document: Document) -> ClosedTrade | None:
    try:
        return from_json(ClosedTrade, document.value)
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        _logger.exception("%s holds something that cannot be read; it is left as it is", document.key)
        return None
