"""What has changed, by topic: counted where a store has taken a write, and read from memory.

Nobody has to say that he changed something: the key that was written tells the topic.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from app.dataclass import dataclass
from app.domain.ticket_terms import Wanted
from app.domain.topics import Topic
from app.repositories import (
    approvals,
    begun_commands,
    bots,
    broker_snapshots,
    circuit_breaker,
    closed_trades,
    differences,
    door_refusals,
    entry_stops,
    exit_plans,
    inbox,
    jobs,
    link_state,
    open_orders,
    opinions,
    pursuits,
    structure_trades,
    tickets,
    tokens,
    trades,
    trading_state,
)
from app.storage.base import JSON, Change, Create, Document, Page, Snapshot, Store, Waiting

PLACES = {topic: place for place, topic in enumerate(Topic)}


class Counts(Protocol):
    """Counters by place; see `services/runtime/shared_counts.py`."""

    def add(self, *places: int) -> None:
        """Count a change in each of these places."""

    def read(self) -> tuple[int, list[int]]:
        """Return when the counters were made, and each of them."""

    def close(self) -> None:
        """Let others see what was added last; it may go on afterwards."""


# Topics by what stands before the first slash of a key; records that stand alone have theirs below.
_FOLDERS: dict[str, tuple[Topic, ...]] = {
    tickets.PREFIX: (Topic.TICKETS,),
    opinions.PREFIX: (Topic.TICKETS,),
    pursuits.PREFIX: (Topic.TICKETS,),
    begun_commands.PREFIX: (Topic.TICKETS,),
    approvals.PREFIX: (Topic.APPROVALS, Topic.TICKETS),
    open_orders.PREFIX: (Topic.ORDERS,),
    broker_snapshots.PREFIX: (Topic.POSITIONS,),
    exit_plans.PREFIX: (Topic.POSITIONS,),
    trades.PREFIX: (Topic.TRADES, Topic.POSITIONS),
    structure_trades.PREFIX: (Topic.TRADES,),
    closed_trades.PREFIX: (Topic.TRADES,),
    jobs.PREFIX: (Topic.JOBS,),
    bots.PREFIX: (Topic.BOTS, Topic.STATE),
    entry_stops.PREFIX: (Topic.STATE,),
}
_RECORDS: dict[str, tuple[Topic, ...]] = {
    trading_state.KEY: (Topic.STATE,),
    differences.KEY: (Topic.STATE,),
    link_state.KEY: (Topic.LOGINS,),
    tokens.KEY: (Topic.LOGINS,),
    door_refusals.KEY: (Topic.REFUSALS,),
}


def _places(topics: Iterable[Topic]) -> tuple[int, ...]:
    return tuple(PLACES[topic] for topic in topics)


# Worked out once: every write of an alert's looks here.
_PLACES = {folder: _places(topics) for folder, topics in _FOLDERS.items()}


def topics_of(key: str) -> tuple[Topic, ...]:
    """Return the topics that a stored key belongs to; most keys belong to none."""
    found = _FOLDERS.get(key[: key.find("/") + 1])
    if found is not None:
        return found
    if key.startswith(circuit_breaker.KEY):
        return (Topic.STATE,)
    return _RECORDS.get(key, ())


@dataclass(frozen=True, slots=True)
class ChangesSeen:
    """The counters at one moment; `changed` are the topics that differ from those of an earlier cursor."""

    cursor: str
    topics: dict[str, int]
    changed: list[str]


class ChangeCounts:
    """How often each topic has changed, whoever changed it on this machine."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def note(self, topic: Topic) -> None:
        """Count a change of something that is not in the store yet."""
        self._counts.add(PLACES[topic])

    def wrote(self, key: str) -> None:
        """Count a write."""
        places = _PLACES.get(key[: key.find("/") + 1])
        if places is None:
            places = _places(topics_of(key))
        if places:
            self._counts.add(*places)

    def close(self) -> None:
        """Let others see what was counted last."""
        self._counts.close()

    def since(self, cursor: str | None) -> ChangesSeen:
        """Return the counters; after a restart, or a cursor that is none of ours, everything has changed."""
        born, numbers = self._counts.read()
        now = [f"{born:x}", *(str(numbers[place]) for place in PLACES.values())]
        before = (cursor or "").split(".")
        known = before if len(before) == len(now) and before[0] == now[0] else [""] * len(now)
        return ChangesSeen(
            ".".join(now),
            {topic.value: numbers[place] for topic, place in PLACES.items()},
            [
                topic.value
                for topic, one, other in zip(Topic, now[1:], known[1:], strict=True)
                if one != other
            ],
        )


class CountedStore:
    """A store that counts what is written through it, once it is; reads go straight through."""

    def __init__(self, store: Store, changes: ChangeCounts) -> None:
        self._store = store
        self._changes = changes

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        return self._store.get(key)

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        """Write a new document; raise AlreadyExists when the key is taken."""
        written = self._store.create(key, value, durable=durable)
        # An alert that is carried out at once is counted with its ticket: nothing stands before its order.
        if not key.startswith(inbox.PREFIX):
            self._changes.wrote(key)
        elif value.get("put_off"):
            self._changes.note(Topic.TICKETS)
        return written

    def replace(self, document: Document, value: JSON) -> Document:
        """Write over the version that was read; raise Conflict when it has moved or gone."""
        written = self._store.replace(document, value)
        self._changes.wrote(document.key)
        return written

    def delete(self, document: Document) -> None:
        """Remove the version that was read; raise Conflict when it has moved, not when it has gone."""
        self._store.delete(document)
        self._changes.wrote(document.key)

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        """Yield documents whose key starts with `prefix` and sorts after `after`, in key order."""
        return self._store.list(prefix, after=after, limit=limit)

    def ahead(
        self, keys: Collection[str], prefixes: Collection[str], waiting: Waiting | None = None
    ) -> AbstractContextManager[None]:
        """Read documents, lists and what waits together, if that is cheaper for the store."""
        return self._store.ahead(keys, prefixes, waiting)

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        """Return documents under `prefix` that carry all terms, from the last key down."""
        return self._store.page(prefix, terms=terms, before=before, since=since, limit=limit)

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:
        """Yield documents under `prefix` that lack their answer; perhaps others too."""
        return self._store.waiting(prefix, instrument)

    def apply(self, changes: Sequence[Change]) -> None:
        """Make the changes in their order, and count them; where a part may have been made, all of them."""
        try:
            self._store.apply(changes)
        finally:
            for change in changes:
                self._changes.wrote(change.key if isinstance(change, Create) else change.document.key)

    def snapshot(self) -> Snapshot:
        """Return every document as it is at one moment, or as near to that as the store can come."""
        return self._store.snapshot()

    def count(self, prefix: str) -> int:
        """Return how many documents there are under `prefix`."""
        return self._store.count(prefix)

    def upkeep(self) -> int:
        """Do what the store wants done by the clock; return how much was done."""
        return self._store.upkeep()

    def ping(self) -> None:
        """Prove that the store can be read and written."""
        self._store.ping()

    def close(self) -> None:
        """Let go of files and connections; safe to call twice."""
        self._changes.close()
        self._store.close()
