"""What operators asked for under a key of theirs, and what they were answered: a day long."""

import hashlib
from contextlib import suppress
from datetime import datetime
from typing import Any

from app.dataclass import dataclass
from app.domain.json_codec import timestamp
from app.errors import AlreadyExists, Conflict
from app.repositories.readable import readable
from app.storage.base import Delete, Store

PREFIX = "operator_requests/"


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An HTTP status and a JSON body; None where there is no body."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """What was asked under a key; without an answer it is being carried out, or was cut off."""

    what: str
    answer: GivenAnswer | None


class OperatorRequests:
    """Requests under `operator_requests/{hash of the key}`, their answers one level below."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, key: str, what: str, at: datetime) -> bool:
        """Take a key before anything is done; False when somebody has taken it."""
        try:
            self._store.create(_key(key), {"what": what, "at": timestamp(at)})
        except AlreadyExists:
            return False
        return True

    def find(self, key: str) -> KnownRequest | None:
        """Return what was asked under a key."""
        document = self._store.get(_key(key))
        if document is None:
            return None
        told = self._store.get(_answer_key(key))
        answer = None if told is None else GivenAnswer(told.value["status"], told.value["body"])
        return KnownRequest(document.value["what"], answer)

    def finish(self, key: str, answer: GivenAnswer, at: datetime) -> None:
        """Write down what was answered; raise StoreUnavailable.

        In a document of its own: a bucket lets no object be written twice in a second.
        """
        with suppress(AlreadyExists):
            value = {"status": answer.status, "body": answer.body, "at": timestamp(at)}
            self._store.create(_answer_key(key), value)

    def forget(self, key: str) -> None:
        """Give a key back under which nothing was done; raise StoreUnavailable."""
        document = self._store.get(_key(key))
        if document is not None:
            with suppress(Conflict):
                self._store.delete(document)

    def purge(self, before: datetime) -> int:
        """Remove what was asked before a moment; return how much that was."""
        limit = timestamp(before)
        asked = readable(self._store.list(PREFIX), lambda item: (item, item.value["at"][:19]))
        over = [Delete(item) for item, at in asked if at < limit[:19]]
        self._store.apply(over)
        return len(over)


def _key(key: str) -> str:
    return f"{PREFIX}{hashlib.sha256(key.encode()).hexdigest()}"


def _answer_key(key: str) -> str:
    return f"{_key(key)}/answer"
