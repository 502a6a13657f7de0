"""The inbox: idempotency cache and durable queue in one.

Creating an entry is *the* write: whoever creates it may place the alert's order, and nobody else ever may. An
entry is open until its answer is known; it answers duplicates until its time is over, and is then removed.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.documents import timestamp
from app.errors import AlreadyExists, Conflict
from app.services.clock import Clock
from app.services.intake.answers import Answer
from app.services.locks import Locks
from app.storage.base import JSON, Change, Delete, Document, Replace, Store

OPEN, CLOSED = "open", "closed"
PURGED_AT_ONCE = 100


def idempotency_hash(key: str | None, body: bytes) -> str:
    """Hash the alert's own key, else its body; the two can never be mistaken for each other."""
    material = b"key:" + key.encode() if key is not None else b"body:" + body
    return hashlib.sha256(material).hexdigest()


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert as it is put into the inbox; `alert` is redacted."""

    ticket: UUID
    bot: str
    dialect: str
    key: str
    alert: dict[str, Any]
    at: datetime


class Inbox:
    """Entries under `inbox/{bot}/{hash of the idempotency key}`."""

    def __init__(self, store: Store, clock: Clock, locks: Locks, *, ttl_seconds: int) -> None:
        self._store = store
        self._clock = clock
        self._locks = locks
        self._ttl = timedelta(seconds=ttl_seconds)

    def claim(self, arrival: Arrival) -> Document | None:
        """Create the entry; None when another alert with this key holds it."""
        key = f"inbox/{arrival.bot}/{arrival.key}"
        value = self._entry(arrival)
        try:
            return self._store.create(key, value)
        except AlreadyExists:
            return self._claim_after_expiry(key, value)

    def find(self, bot: str, key: str) -> Document | None:
        """Return the entry that holds a key."""
        return self._store.get(f"inbox/{bot}/{key}")

    def take_over(self, entry: Document) -> Document | None:
        """Become the owner of an entry whose owner is gone; None when somebody was faster."""
        value = entry.value | {
            "owner": self._locks.owner,
            "claimed_at": timestamp(self._clock()),
            "attempts": entry.value["attempts"] + 1,
        }
        try:
            return self._store.replace(entry, value)
        except Conflict:
            return None

    def closing(self, entry: Document, answer: Answer) -> Change:
        """Return the change that closes an entry with its answer."""
        closed = {"status": CLOSED, "answer": {"status": answer.status, "body": answer.body}}
        return Replace(entry, entry.value | closed)

    def open_entries(self) -> list[Document]:
        """Return what is not finished."""
        return [entry for entry in self._store.list("inbox/") if entry.value["status"] == OPEN]

    def purge(self) -> int:
        """Remove what has outlived its time; return how much that was."""
        now = self._clock()
        over = [entry for entry in self._store.list("inbox/") if self._is_over(entry.value, now)]
        for start in range(0, len(over), PURGED_AT_ONCE):
            self._store.apply([Delete(entry) for entry in over[start : start + PURGED_AT_ONCE]])
        return len(over)

    def _entry(self, arrival: Arrival) -> JSON:
        return {
            "ticket": str(arrival.ticket),
            "bot": arrival.bot,
            "dialect": arrival.dialect,
            "status": OPEN,
            "owner": self._locks.owner,
            "attempts": 1,
            "received_at": timestamp(arrival.at),
            "claimed_at": timestamp(arrival.at),
            "expires_at": timestamp(arrival.at + self._ttl),
            "alert": arrival.alert,
        }

    def _is_over(self, value: JSON, now: datetime) -> bool:
        return value["status"] == CLOSED and now >= datetime.fromisoformat(value["expires_at"])

    def _claim_after_expiry(self, key: str, value: JSON) -> Document | None:
        """The same words later than the window are a new alert."""
        held = self._store.get(key)
        try:
            if held is None:
                return self._store.create(key, value)
            if self._is_over(held.value, self._clock()):
                return self._store.replace(held, value)
        except (AlreadyExists, Conflict):
            return None
        return None


def stored_answer(entry: Document) -> Answer | None:
    """Return the answer of a closed entry."""
    answer = entry.value.get("answer")
    return None if answer is None else Answer(answer["status"], answer["body"])
