"""Versioned JSON documents under string keys: what every store offers."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import Any, NamedTuple, Protocol, TypeAlias

from app.dataclass import dataclass
from app.domain.ticket_terms import Wanted

JSON: TypeAlias = dict[str, Any]

# Nothing that is stored holds itself: to make sure of that takes an eighth of the time.
encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
# `json.loads` looks for blanks on either side first, which takes longer than it takes to read a document.
decode = json.JSONDecoder().raw_decode

# What proves that a store can be written, for a moment.
PINGS = "pings/"
# Behind every key that begins alike.
HIGHEST = "\U0010ffff"
# Of one range no more than so many are read together, with others.
MOST_TOGETHER = 200
# What waits is read together at the place before the first.
WAITING = -1
# Where keys begin, and what is behind the last of them.
Range: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """A value as it was read, with the version that a later change must still find."""

    key: str
    value: JSON
    version: int


@dataclass(frozen=True, slots=True)
class Create:
    """Write a new document; one that is already there is left as it is."""

    key: str
    value: JSON


@dataclass(frozen=True, slots=True)
class Replace:
    """Write over the version that was read."""

    document: Document
    value: JSON


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the version that was read; one that is gone is left as it is."""

    document: Document


Change: TypeAlias = Create | Replace | Delete


@dataclass(frozen=True, slots=True)
class Page:
    """Documents from the last key down; the next page is asked for `before` this key, None ends the list."""

    documents: tuple[Document, ...]
    before: str | None


@dataclass(frozen=True, slots=True)
class Gone:
    """A document that was read, and was removed before the reading came to its end."""

    key: str


@dataclass(slots=True)
class Snapshot:
    """Every document, to be read once in key order.

    Where a store has no moment at which it stands still, what was written meanwhile comes again at the end,
    or as `Gone`; `unsettled` says afterwards how many documents still changed during the last look.
    """

    documents: Iterator[Document | Gone] = field(default_factory=lambda: iter(()))
    unsettled: int = 0


# How an alert begins to say, as it is stored, which instrument it is of; inside of a text quotes are escaped.
NAMED = '"instrument":"'


class Waiting(NamedTuple):
    """What is asked of `Store.waiting`."""

    prefix: str
    instrument: str | None = None


# Documents by key, text and version, each behind the place of the range in which it was found: whoever wants
# one reads its text, which takes longer than to fetch it.
Together: TypeAlias = Sequence[tuple[int, str, str, int]]


class Store(Protocol):
    """Versioned JSON documents under string keys.

    Keys are `/`-separated printable ASCII. Every method raises `StoreUnavailable` when the store cannot be
    reached in time. A document that was written can be read at once by every process (no caching in between).
    """

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""

    def create(self, key: str, value: JSON, *, durable: bool = True) -> Document:
        """Write a new document; raise AlreadyExists when the key is taken.

        `durable=False` lets a store skip the wait for the disk: such a write survives the death of the
        process; a power failure may lose it, together with every write after it, until the next durable one.
        """

    def replace(self, document: Document, value: JSON) -> Document:
        """Write over the version that was read; raise Conflict when it has moved or gone."""

    def delete(self, document: Document) -> None:
        """Remove the version that was read; raise Conflict when it has moved, not when it has gone."""

    def list(self, prefix: str, *, after: str = "", limit: int | None = None) -> Iterator[Document]:
        """Yield documents whose key starts with `prefix` and sorts after `after`, in key order (by bytes)."""

    def together(self, ranges: Sequence[Range], waiting: Waiting | None = None) -> Together | None:
        """Return the documents of several ranges, each behind the place of its range, by one question.

        Of a range come its first `MOST_TOGETHER`, in key order; what waits comes at `WAITING`. None, nothing
        being read: one question for all is not cheaper here than one for each.
        """

    def page(self, prefix: str, *, terms: Wanted = (), before: str = "", since: str = "", limit: int) -> Page:
        """Return documents under `prefix` that carry all terms (`storage/terms.py`), from the last key down.

        Only keys before `before`, unless that is empty, and not before `since` count. A store may
        look at some thousand documents without an index, or under several terms with one, and answer with
        fewer than `limit` although more follow.
        """

    def waiting(self, prefix: str, instrument: str | None = None) -> Iterator[Document]:
        """Yield documents under `prefix` that lack their answer, as `unanswered` tells; perhaps others too.

        Of an `instrument` those are wanted that name it, or none, as theirs; a store with an index reads no
        more than those.
        """

    def apply(self, changes: Sequence[Change]) -> None:
        """Make the changes in their order (after a failure: a prefix of them) without waiting for the disk.

        A Create whose key is taken and a Delete of what is gone are passed over, so that a prefix can be
        applied again; a Replace whose version moved raises Conflict.
        """

    def snapshot(self) -> Snapshot:
        """Return every document as it is at one moment, or as near to that as the store can come."""

    def count(self, prefix: str) -> int:
        """Return how many documents there are under `prefix`."""

    def upkeep(self) -> int:
        """Do what the store wants done by the clock, in one process; return how much was done."""

    def ping(self) -> None:
        """Prove that the store can be read and written."""

    def close(self) -> None:
        """Let go of files and connections; safe to call twice."""


def unanswered(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield, of documents in key order, those with a ticket that no `{key}/{ticket}` answers."""
    asked: Document | None = None
    for document in documents:
        if "ticket" in document.value:
            if asked is not None:
                yield asked
            asked = document
        elif asked is not None and document.key == f"{asked.key}/{asked.value['ticket']}":
            asked = None
    if asked is not None:
        yield asked


def is_of(text: str, instrument: str | None) -> bool:
    """Tell by an alert's text, as it is stored, whether it may be of an instrument; of None they all are."""
    return instrument is None or f'{NAMED}{instrument}"' in text or NAMED not in text
