"""Orders that wait for a person: each until its ticket has ended."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from uuid import UUID

from app.dataclass import dataclass
from app.domain.approvals import PendingApproval
from app.domain.json_codec import from_json, to_json
from app.errors import AlreadyExists
from app.repositories.readable import certain, readable
from app.repositories.stored_record import StoredRecord
from app.storage.base import JSON, Delete, Document, Store

PREFIX = "approvals/"
KEY = "state/approvals"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What links are signed with."""

    key: str


class PendingApprovals:
    """What waits, under `approvals/{ticket}`, then the verdict."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, ticket: UUID) -> PendingApproval | None:
        """Return what is known of a ticket that waits, or has waited and is not finished."""
        document = self._document(ticket)
        return None if document is None else certain(document, _read)

    def undecided(self) -> dict[UUID, PendingApproval]:
        """Return what nobody has decided on, by ticket."""
        found = readable(self._store.list(PREFIX), lambda item: (_ticket(item.key), _read(item)))
        return {ticket: item for ticket, item in found if item.verdict is None}

    def ask(self, ticket: UUID, waiting: PendingApproval) -> bool:
        """Let a ticket wait; False when it was asked about before."""
        try:
            self._store.create(_key(ticket), _stored(waiting))
        except AlreadyExists:
            return False
        return True

    def decide(
        self,
        ticket: UUID,
        step: Callable[[PendingApproval | None], PendingApproval],
        recording: Callable[[PendingApproval], AbstractContextManager[None]],
    ) -> PendingApproval:
        """Write a decision over what was read, so that of two one counts; raise Conflict in the other.

        It is written inside what `recording` makes of it.
        """
        document = self._document(ticket)
        decided = step(None if document is None else certain(document, _read))
        if document is not None:
            with recording(decided):
                self._store.replace(document, _stored(decided))
        return decided

    def forgetting(self, ticket: UUID) -> list[Delete]:
        """Return the changes that forget the question."""
        document = self._document(ticket)
        return [] if document is None else [Delete(document)]

    def _document(self, ticket: UUID) -> Document | None:
        return self._store.get(_key(ticket))


def stored_signing_key(store: Store) -> StoredRecord[SigningKey]:
    """Return the record of the key that approval links are signed with, under `state/approvals`."""
    return StoredRecord(store, KEY, SigningKey)


def _key(ticket: UUID) -> str:
    return f"{PREFIX}{ticket}"


def _ticket(key: str) -> UUID:
    return UUID(key.removeprefix(PREFIX))


def _stored(waiting: PendingApproval) -> JSON:
    # The ticket is JSON already.
    return {**to_json(replace(waiting, ticket={})), "ticket": waiting.ticket}


def _read(document: Document) -> PendingApproval:
    return from_json(PendingApproval, document.value)
