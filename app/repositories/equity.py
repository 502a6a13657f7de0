"""What accounts were worth, for ever: a point every few minutes, under `equity/{broker}/{day}`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.domain.accounts import Account
from app.domain.json_codec import from_json
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

PREFIX = "equity/"


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
        """Add a point to the day that it belongs to; raise Conflict or StoreUnavailable."""
        point = EquityPoint(at, account.equity, account.cash)
        record = StoredRecord(self._store, _key(broker, at.date()), EquityDay)
        record.change(
            lambda day: EquityDay(account.currency, (*(day.points if day is not None else ()), point))
        )

    def last_at(self, broker: str, day: date) -> datetime | None:
        """Return when the last point of a day was taken, by whichever process; None: there is none."""
        known = self.of_day(broker, day)
        return known.points[-1].at if known is not None and known.points else None

    def of_day(self, broker: str, day: date) -> EquityDay | None:
        """Return a day of an account; None where nothing is known of it."""
        document = self._store.get(_key(broker, day))
        return None if document is None else from_json(EquityDay, document.value)

    def since(self, broker: str, day: date) -> Iterator[EquityPoint]:
        """Yield an account's points from a day on, the first first."""
        before = _key(broker, day)[:-1]
        for document in self._store.list(f"{PREFIX}{broker}/", after=before):
            yield from from_json(EquityDay, document.value).points


def _key(broker: str, day: date) -> str:
    return f"{PREFIX}{broker}/{day.isoformat()}"
