"""What accounts hold of underlyings beyond the books, under `beyond/{broker}`."""

from dataclasses import field
from decimal import Decimal

from app.dataclass import dataclass
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

PREFIX = "beyond/"


@dataclass(frozen=True, slots=True)
class BeyondBooks:
    """As of the last look at which the account's contracts were those of the trades.

    `shares` are what it holds (signed), less what is in the books, by underlying; `missing` are the contracts
    that the last look before their close did not find.
    """

    shares: dict[str, Decimal] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


class KeptBeyondBooks:
    """Written when the figures change, read when something is gone, by whichever process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, broker: str) -> BeyondBooks:
        """Return what is known of a broker."""
        return self._record(broker).read() or BeyondBooks()

    def write(self, broker: str, seen: BeyondBooks) -> None:
        """Write what is known now; raise Conflict or StoreUnavailable."""
        self._record(broker).change(lambda _: seen)

    def brokers(self) -> set[str]:
        """Return the brokers of which anything is known."""
        return {document.key.removeprefix(PREFIX) for document in self._store.list(PREFIX)}

    def _record(self, broker: str) -> StoredRecord[BeyondBooks]:
        return StoredRecord(self._store, f"{PREFIX}{broker}", BeyondBooks)
