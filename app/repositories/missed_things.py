"""What was missed at a first look, under `missed/{by whom}`: the second look may be another process's."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from app.dataclass import dataclass
from app.repositories.stored_record import StoredRecord
from app.storage.base import Store

PREFIX = "missed/"


@dataclass(frozen=True, slots=True)
class Missed:
    """Since when something is missing, and how the figures were then."""

    since: datetime
    figures: str = ""


@dataclass(frozen=True, slots=True)
class MissedThings:
    """By name."""

    things: dict[str, Missed] = field(default_factory=dict)


class KeptMissedThings:
    """Written at the first look and when what was missing is there again, or is believed to be gone."""

    def __init__(self, store: Store, name: str) -> None:
        self._record = StoredRecord(store, f"{PREFIX}{name}", MissedThings)

    def read(self) -> Mapping[str, Missed]:
        """Return what is missing; raise StoreUnavailable."""
        known = self._record.read()
        return {} if known is None else known.things

    def miss(self, thing: str, missed: Missed) -> None:
        """Keep a first look; raise Conflict or StoreUnavailable."""
        self._record.change(lambda known: MissedThings(_things(known) | {thing: missed}))

    def forget(self, *things: str) -> None:
        """Forget what is there again; raise Conflict or StoreUnavailable."""

        def step(known: MissedThings | None) -> MissedThings:
            return MissedThings({name: each for name, each in _things(known).items() if name not in things})

        self._record.change(step)


def _things(known: MissedThings | None) -> dict[str, Missed]:
    return {} if known is None else known.things
