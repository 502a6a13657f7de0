"""The inbox: idempotency cache and durable queue in one.

Creating an entry is *the* write: whoever creates it may place the alert's order, and nobody else ever may. An
entry is open until its answer is known; it answers duplicates until its time is over, and is then removed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.domain.json_codec import timestamp
from app.errors import AlreadyExists, Conflict
from app.services.intake.answers import Answer
from app.services.runtime.locks import Locks
from app.storage.base import JSON, Change, Create, Delete, Document, Store

PREFIX = "inbox/"
PURGED_AT_ONCE = 100


def idempotency_hash(key: str | None, body: bytes) -> str:
    """Hash the alert's own key, else its body; the two can never be mistaken for each other."""
    material = b"key:" + key.encode() if key is not None else b"body:" + body
    return hashlib.sha256(material).hexdigest()


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert as it is put into the inbox; `alert` is redacted.

    `fingerprint` and `symbol` are a trade idea's; what `deliberates` is answered before it is carried out.
    """

    ticket: UUID
    bot: str
    dialect: str
    key: str
    alert: dict[str, Any]
    at: datetime
    fingerprint: str | None = None
    symbol: str | None = None
    deliberates: bool = False


class Inbox:
    """Entries under `inbox/{bot}/{hash of the idempotency key}`, their answers one level below."""

    def __init__(self, store: Store, clock: Clock, locks: Locks, *, ttl_seconds: int) -> None:
        self._store = store
        self._clock = clock
        self._locks = locks
        self._ttl = timedelta(seconds=ttl_seconds)

    def claim(self, arrival: Arrival) -> Document | None:
        """Create the entry; None when another alert with this key holds it."""
        key = f"{PREFIX}{arrival.bot}/{arrival.key}"
        value = self._entry(arrival)
        try:
            return self._store.create(key, value)
        except AlreadyExists:
            return self._claim_after_expiry(key, value)

    def find(self, bot: str, key: str) -> Document | None:
        """Return the entry that holds a key."""
        return self._store.get(f"{PREFIX}{bot}/{key}")

    def answer(self, entry: Document) -> Answer | None:
        """Return the answer that an entry was closed with; None while it is open."""
        document = self._store.get(_answer_key(entry))
        return None if document is None else Answer(document.value["status"], document.value["body"])

    def take_over(self, entry: Document, *, counted: bool = True) -> Document | None:
        """Become the owner of an entry whose owner is gone; None when somebody was faster."""
        value = entry.value | {
            "owner": self._locks.owner,
            "claimed_at": timestamp(self._clock()),
            "attempts": entry.value["attempts"] + counted,
        }
        try:
            return self._store.replace(entry, value)
        except Conflict:
            return None

    def closing(self, entry: Document, answer: Answer) -> Change:
        """Return the change that closes an entry with its answer.

        The answer is a document of its own: a bucket lets no object be written twice in a second.
        """
        value = {"status": answer.status, "body": answer.body, "expires_at": entry.value["expires_at"]}
        return Create(_answer_key(entry), value)

    def open_entries(self) -> list[Document]:
        """Return what is not finished."""
        return unanswered(self._store.list(PREFIX))

    def open_entry(self, ticket: UUID) -> Document | None:
        """Return the entry of a ticket that is not finished."""
        return next((entry for entry in self.open_entries() if entry.value["ticket"] == str(ticket)), None)

    def purge(self) -> int:
        """Remove what has outlived its time; return how much that was."""
        now = self._clock()
        documents = list(self._store.list(PREFIX))
        waiting = {entry.key for entry in unanswered(documents)}
        over = [item for item in documents if item.key not in waiting and _is_over(item.value, now)]
        # An entry sorts before its answer and goes first: an entry without one would look unfinished.
        for start in range(0, len(over), PURGED_AT_ONCE):
            self._store.apply([Delete(item) for item in over[start : start + PURGED_AT_ONCE]])
        return len(over)

    def _entry(self, arrival: Arrival) -> JSON:
        return {
            "ticket": str(arrival.ticket),
            "bot": arrival.bot,
            "dialect": arrival.dialect,
            "owner": self._locks.owner,
            "attempts": 1,
            "received_at": timestamp(arrival.at),
            "claimed_at": timestamp(arrival.at),
            "expires_at": timestamp(arrival.at + self._ttl),
            "alert": arrival.alert,
            "fingerprint": arrival.fingerprint,
            "symbol": arrival.symbol,
            "deliberates": arrival.deliberates,
        }

    def _claim_after_expiry(self, key: str, value: JSON) -> Document | None:
        """The same words later than the window are a new alert."""
        held = self._store.get(key)
        try:
            if held is None:
                return self._store.create(key, value)
            if _is_over(held.value, self._clock()) and self.answer(held) is not None:
                return self._store.replace(held, value)
        except (AlreadyExists, Conflict):
            return None
        return None


def unanswered(documents: Iterable[Document]) -> list[Document]:
    """Return the entries that have no answer yet, of everything under `inbox/`."""
    entries: list[Document] = []
    answers: set[str] = set()
    for document in documents:
        if document.key.count("/") > PREFIX.count("/") + 1:
            answers.add(document.key)
        else:
            entries.append(document)
    return [entry for entry in entries if _answer_key(entry) not in answers]


def _answer_key(entry: Document) -> str:
    """An answer belongs to one claim of a key: the next alert with the same key has another ticket."""
    return f"{entry.key}/{entry.value['ticket']}"


def _is_over(value: JSON, now: datetime) -> bool:
    return now >= datetime.fromisoformat(value["expires_at"])
