"""What underlyings cost when contracts on them expired, under `closes/{broker}/{underlying}`."""

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal

from app.dataclass import dataclass
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

PREFIX = "closes/"
# Of one underlying; an expiry is settled within days.
DAYS_KEPT = 10


@dataclass(frozen=True, slots=True)
class SeenPrice:
    """A price, and when it was seen by the broker's time."""

    price: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Closes:
    """The last price that was seen before the close, by day."""

    days: dict[str, SeenPrice] = field(default_factory=dict)


class ClosePrices:
    """Written as the close comes near, read when what expired is booked, by whichever process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, broker: str, underlying: str, day: date) -> SeenPrice | None:
        """Return the last price before the close of a day; None where nobody has seen one."""
        known = self._record(broker, underlying).read()
        return None if known is None else known.days.get(day.isoformat())

    def saw(self, broker: str, underlying: str, day: date, seen: SeenPrice) -> None:
        """Keep a price of before the close of a day, unless a later one is known.

        Raise Conflict or StoreUnavailable.
        """

        def step(known: Closes | None) -> Closes | None:
            days = {} if known is None else known.days
            before = days.get(day.isoformat())
            if before is not None and before.at >= seen.at:
                return None
            later = sorted((days | {day.isoformat(): seen}).items())
            return Closes(dict(later[-DAYS_KEPT:]))

        self._record(broker, underlying).change(step)

    def _record(self, broker: str, underlying: str) -> StoredRecord[Closes]:
        return StoredRecord(self._store, f"{PREFIX}{broker}/{underlying}", Closes)
