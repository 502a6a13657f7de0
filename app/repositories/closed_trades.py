"""Trades that went flat, for ever: under `closed_trades/{day}/{id}`, found by their number too."""

from collections.abc import Callable, Container, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.closed_trades import ClosedTrade
from app.domain.json_codec import from_json, to_json
from app.domain.money import ZERO
from app.domain.orders import Receipt
from app.errors import RecordUnreadable
from app.repositories.readable import or_none
from app.repositories.recent_closings import RecentClosings
from app.repositories.unnumbered_trades import UnnumberedTrades
from app.storage.base import Change, Create, Delete, Document, Replace, Store

PREFIX = "closed_trades/"
NUMBERS = "trade_numbers/"
DAY = timedelta(days=1)
# A page of a list wants few; many are read in fewer calls.
FIRST_READ, MOST_READ = 100, 1000


@dataclass(frozen=True, slots=True)
class StoredClosing:
    """A closed trade as it is stored."""

    document: Document

    @property
    def number(self) -> int:
        """Its number; 0 while it has none."""
        number = self.document.value.get("number")
        return number if isinstance(number, int) else 0

    @property
    def bot(self) -> str | None:
        """Whose it was."""
        return self.document.value.get("bot")

    def read(self) -> ClosedTrade | None:
        """Take it up; None for what cannot be read."""
        return _readable(self.document)


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
        document = self._of_number(number)
        return None if document is None else _readable(document)

    def kept_on(self, number: int) -> date | None:
        """Return the day (UTC) under which a closed trade is kept; None where it is open, or nobody's."""
        document = self._of_number(number)
        return None if document is None else _day_of(document.key)

    def since(self, day: date) -> Iterator[ClosedTrade]:
        """Yield those that went flat on a day (UTC) or later, day by day; what cannot be read is left out."""
        stored = self._store.list(PREFIX, after=key_of_day(day))
        return (trade for trade in map(_readable, stored) if trade is not None)

    def newest_first(self, *, until: date | None = None) -> "Iterator[StoredClosing]":
        """Yield all of them by the time at which they went flat, the last first; none after a day, if told.

        They are read a part at a time, a day at least; each is taken up only when that is asked for.
        """
        of_day: list[Document] = []
        for document in self._downwards("" if until is None else key_of_day(until + DAY)):
            if of_day and _day_of(document.key) != _day_of(of_day[0].key):
                yield from _last_first(of_day)
                of_day = []
            of_day.append(document)
        yield from _last_first(of_day)

    def _of_number(self, number: int) -> Document | None:
        place = self._store.get(f"{NUMBERS}{number}")
        return None if place is None else self._store.get(place.value["key"])

    def _downwards(self, before: str) -> Iterator[Document]:
        size = FIRST_READ
        while True:
            page = self._store.page(PREFIX, before=before, limit=size)
            yield from page.documents
            if page.before is None:
                return
            before, size = page.before, min(2 * size, MOST_READ)

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


def _last_first(documents: list[Document]) -> Iterator[StoredClosing]:
    return map(StoredClosing, sorted(documents, key=_closed_at, reverse=True))


def _closed_at(document: Document) -> tuple[datetime, int]:
    """Return what trades of a day are put in order by; what cannot be read comes last."""
    try:
        at = datetime.fromisoformat(document.value["closed_at"])
    except (KeyError, TypeError, ValueError):
        at = datetime.min.replace(tzinfo=UTC)
    return at, StoredClosing(document).number


def _readable(document: Document) -> ClosedTrade | None:
    return or_none(document, lambda stored: from_json(ClosedTrade, stored.value))
