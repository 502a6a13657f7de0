"""What has changed, by topic: counted where a store has taken a write, and read from memory.

Nobody has to say that he changed something: the key that was written tells the topic.
"""

from collections.abc import Iterable
from typing import Protocol

from app.dataclass import dataclass
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
