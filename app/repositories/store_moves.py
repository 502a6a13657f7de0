"""A whole store filled from another one, or from a backup: marked until it is proved to hold the same."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TypeAlias

from app.dataclass import dataclass
from app.errors import InvalidRequest, StoreUnavailable
from app.repositories.leases import PREFIX as LEASES
from app.repositories.store_copies import FolderSum, Read, StoreCopy, Walk
from app.repositories.tokens import KEY as TOKENS
from app.repositories.unfinished_copies import KEY as MARK
from app.repositories.unfinished_copies import UnfinishedCopies, UnfinishedCopy
from app.storage.base import PINGS, Document, Store

# What runs on a store while it is copied leaves differences; after so many walks it is not at rest.
WALKS = 5
# What belongs to the processes that run on a store, and to no other store.
TRANSIENT = (LEASES, PINGS)

# Told what is being done and of how many documents, it gives what is called for each of them.
Progress: TypeAlias = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class Origin:
    """What is copied: how it is called, about how many documents it has, and all of them in key order.

    The tokens of a broker are read by themselves: each store has them under a key of its own.
    """

    name: str
    count: int
    read: Read
    tokens_key: str
    tokens: Document | None

    @classmethod
    def of_store(cls, name: str, store: Store, tokens_key: str, *, beside: Store | None) -> "Origin":
        """Return a store as what is copied; `beside` keeps the tokens where that does not."""
        tokens = (beside or store).get(tokens_key)
        return cls(name, store.count(""), lambda: store.list(""), tokens_key, tokens)


@dataclass(frozen=True, slots=True)
class Destination:
    """What is filled; `writers` is how many writings it takes at a time.

    Without a `tokens_key` the tokens of brokers are somewhere else, and stay there.
    """

    name: str
    store: Store
    tokens_key: str | None
    writers: int


class StoreMove:
    """Everything of an origin into a target that was empty, or held an unfinished copy of it."""

    def __init__(self, origin: Origin, target: Destination, progress: Progress) -> None:
        self._origin = origin
        self._target = target
        self._marks = UnfinishedCopies(target.store)
        self._progress = progress
        self._is_empty = False

    def begin(self, now: datetime, *, resume: bool) -> None:
        """Mark the target; raise InvalidRequest where it holds anything that is not to be resumed."""
        if not self._origin.count:
            raise InvalidRequest(f"{self._origin.name} holds nothing.")
        copy = self._marks.find()
        if copy is None:
            self._refuse_full()
            self._marks.begin(UnfinishedCopy(self._origin.name, now))
            self._is_empty = True
        elif copy.source != self._origin.name:
            raise InvalidRequest(
                f"{self._target.name} holds a part of {copy.source}, not of {self._origin.name}: "
                "empty it first."
            )
        elif not resume:
            begun = f"{copy.begun_at:%Y-%m-%d %H:%M} UTC"
            raise InvalidRequest(
                f"{self._target.name} holds an unfinished copy of {copy.source}, begun at {begun}: --resume "
                "finishes it; or empty it first."
            )

    def fill(self) -> tuple[Walk, int]:
        """Copy everything, and compare until nothing differs; return that walk, and what had to follow.

        Raise StoreUnavailable for an origin that does not come to rest.
        """
        self._walk("Copying", is_empty=self._is_empty)
        late = 0
        for _ in range(WALKS):
            walk = self._walk("Comparing")
            if not walk.differences:
                self._move_tokens(walk)
                return walk, late
            late += walk.differences
        raise StoreUnavailable(
            f"{self._origin.name} is being written to: {walk.differences} documents differed at the last "
            "look. Stop the service first."
        )

    def end(self) -> None:
        """Take the mark away: the target may be served."""
        self._marks.end()

    def _refuse_full(self) -> None:
        held = self._target.store.count("") - self._has_tokens()
        if held:
            raise InvalidRequest(
                f"{self._target.name} holds {held} documents already. Nothing is written over: "
                "name an empty one."
            )

    def _has_tokens(self) -> bool:
        """Tell whether the target holds these very tokens: it may have kept them beside a database."""
        key, tokens = self._target.tokens_key, self._origin.tokens
        held = None if key is None else self._target.store.get(key)
        return held is not None and tokens is not None and held.value == tokens.value

    def _walk(self, label: str, *, is_empty: bool = False) -> Walk:
        with self._progress(label, self._origin.count) as told:
            copy = StoreCopy(
                self._origin.read,
                self._target.store,
                without={MARK, self._origin.tokens_key, self._target.tokens_key or MARK},
                without_folders=TRANSIENT,
                writers=self._target.writers,
                told=told,
            )
            return copy.walk(is_empty=is_empty)

    def _move_tokens(self, walk: Walk) -> None:
        """Keep a broker's tokens where a start on the target looks for them."""
        tokens, store, key = self._origin.tokens, self._target.store, self._target.tokens_key
        if tokens is None or key is None:
            return
        held = store.get(key)
        if held is None:
            held = store.create(key, tokens.value)
        elif held.value != tokens.value:
            held = store.replace(held, tokens.value)
        walk.folders[TOKENS] = FolderSum()
        walk.folders[TOKENS].add(held)
