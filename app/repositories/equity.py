"""What accounts were worth, for ever: a point every few minutes, under `equity/{broker}/{day}`."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.accounts import Account
from app.domain.json_codec import from_json
from app.repositories.readable import or_none
from app.repositories.stored_record import StoredRecord
from app.repositories.summaries import Summaries
from app.storage.base import Document, Store

PREFIX = "equity/"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """An account at one moment, in its currency."""

    at: datetime
    equity: Decimal
    cash: Decimal


@dataclass(frozen=True, slots=True)
class EquityDay:
    """A day (UTC) of an account."""

    currency: str
    points: tuple[EquityPoint, ...] = ()


class EquityHistory:
    """Writes and reads what accounts were worth."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, broker: str, account: Account, at: datetime) -> None:
        """Add a point to the day that it belongs to; raise Conflict, StoreUnavailable or RecordUnreadable."""
        point = EquityPoint(at, account.equity, account.cash)
        # A clock that was set back writes to a day that is over.
        self.summaries(broker).note_change(at.date())
        self._record(broker, at.date()).change(
            lambda day: EquityDay(account.currency, (*(day.points if day is not None else ()), point))
        )

    def last_at(self, broker: str, day: date) -> datetime | None:
        """Return when the last point of a day was taken, by whichever process; None: there is none."""
        known = self.of_day(broker, day)
        return known.points[-1].at if known is not None and known.points else None

    def of_day(self, broker: str, day: date) -> EquityDay | None:
        """Return a day of an account; None where nothing is known of it."""
        return self._record(broker, day).read()

    def since(self, broker: str, day: date) -> Iterator[EquityPoint]:
        """Yield an account's points from a day on, the first first; a day that cannot be read is left out."""
        before = _key(broker, day)[:-1]
        for document in self._store.list(f"{PREFIX}{broker}/", after=before):
            yield from _points(document)

    def brokers(self) -> Iterator[str]:
        """Yield the brokers whose accounts have a history, in the order of their names."""
        after = ""
        while (found := next(iter(self._store.list(PREFIX, after=after, limit=1)), None)) is not None:
            broker = found.key.split("/")[1]
            yield broker
            # What begins with the name and a slash sorts before this.
            after = f"{PREFIX}{broker}{chr(ord('/') + 1)}"

    def currency(self, broker: str) -> str | None:
        """Return the currency of an account at its last point; None where there is no history."""
        newest = self._store.page(f"{PREFIX}{broker}/", limit=1).documents
        currency = newest[0].value.get("currency") if newest else None
        return currency if isinstance(currency, str) else None

    def days(self, broker: str, first: date, last: date) -> Iterator[tuple[date, list[tuple[str, Decimal]]]]:
        """Yield days from one to another with their points: the times, as they are written, and worths."""
        prefix, most = f"{PREFIX}{broker}/", (last - first).days + 1
        for document in self._store.list(prefix, after=_key(broker, first - _DAY), limit=most):
            if document.key > _key(broker, last):
                return
            points = or_none(document, _course)
            if points is None:
                continue
            yield date.fromisoformat(document.key.removeprefix(prefix)), points

    def curve(self, broker: str, first: date, last: date) -> Iterator[tuple[str, Decimal]]:
        """Yield the points of the days from one to another."""
        return (point for _, points in self.days(broker, first, last) for point in points)

    def first_day(self, broker: str) -> date | None:
        """Return the first day of an account's history; None without any."""
        prefix = f"{PREFIX}{broker}/"
        first = next(iter(self._store.list(prefix, limit=1)), None)
        return None if first is None else date.fromisoformat(first.key.removeprefix(prefix))

    def summaries(self, broker: str) -> Summaries:
        """Return the summaries of an account's days."""
        return Summaries(self._store, f"equity/{broker}")

    def _record(self, broker: str, day: date) -> StoredRecord[EquityDay]:
        # Nobody can tell again what an account was worth: what cannot be read is not written over.
        return StoredRecord(self._store, _key(broker, day), EquityDay, irreplaceable=True)


def _key(broker: str, day: date) -> str:
    return f"{PREFIX}{broker}/{day.isoformat()}"


def _points(document: Document) -> tuple[EquityPoint, ...]:
    return or_none(document, lambda stored: from_json(EquityDay, stored.value).points) or ()


def _course(document: Document) -> list[tuple[str, Decimal]]:
    """Return a day's points; read by hand: a day has three hundred."""
    return [(point["at"], Decimal(point["equity"])) for point in document.value["points"]]
