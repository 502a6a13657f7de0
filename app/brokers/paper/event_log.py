"""The paper broker's memory: one create-only document an operation, folded into an account."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from time import monotonic
from typing import TypeVar

from app.brokers.paper.account import PaperAccount
from app.brokers.paper.event_codec import decode_change, encode_change
from app.brokers.paper.records import AccountChange
from app.domain.json_codec import UNREADABLE
from app.errors import AlreadyExists, BrokerUnavailable, StoreError
from app.storage.base import JSON, Change, Create, Delete, Document, Replace, Store

PREFIX = "paper/journal/"
SNAPSHOT = "paper/snapshot"
SNAPSHOT_EVERY = 1_000
# Kept long after they are in the snapshot: a process that slept goes on from the entry it had reached.
ENTRIES_KEPT = 10_000
# The snapshot has no finished orders; those of so many entries before it are found again at a start.
ENTRIES_INDEXED = 2_000
PRUNE_EVERY = 50
PRUNE_AT_MOST = 2 * PRUNE_EVERY
# Entries are pruned far behind the end; a process that was asleep for longer than this may be further behind.
TRUSTED_SECONDS = 0.2

Known = TypeVar("Known")


def key(sequence: int) -> str:
    """Return the key of an entry; keys sort as their numbers do."""
    return f"{PREFIX}{sequence:012d}"


class EventLog:
    """Appends changes to the store and folds what this and other processes appended.

    The number of an entry is its place in one sequence for all processes: `create` lets exactly one of them
    have it, so nobody acts on an account that misses an entry. Not safe for threads; the broker locks.
    """

    def __init__(self, store: Store, starting_cash: Decimal) -> None:
        self._store = store
        self._starting_cash = starting_cash
        self._account: PaperAccount | None = None
        self._snapshot_sequence = 0
        self._synced_at = 0.0

    @property
    def account(self) -> PaperAccount:
        """The folded state as far as this process has read; loads it the first time."""
        return self._account if self._account is not None else self._load()

    def catch_up(self) -> bool:
        """Fold what other processes appended; tell whether there was anything."""
        known = self.account
        before = known.sequence
        return self.caught_up() is not known or known.sequence != before

    def caught_up(self) -> PaperAccount:
        """Return the state with what other processes appended."""
        account = self.account
        return account if self._fold_tail(account) else self._load()

    def append(self, change: AccountChange) -> bool:
        """Write the change as the next entry and fold it; False means that others came first."""
        account = self.account
        sequence = account.sequence + 1
        try:
            # Not synced to disk: a power failure takes the newest operations at most, and no real money.
            document = self._store.create(key(sequence), encode_change(change), durable=False)
        except AlreadyExists:
            self.catch_up()
            return False
        if not self._is_at_the_end(sequence):
            # The number was free because its entry had been pruned: this process is far behind.
            self._store.delete(document)
            self._load()
            return False
        account.apply(sequence, change)
        self._synced_at = monotonic()
        self._look_after(account)
        return True

    def clear(self) -> None:
        """Remove every operation, of this and of other processes; raise StoreUnavailable."""
        entries = [*self._store.list(PREFIX)]
        # The newest first: cut short, what is left is the account of an earlier moment and has no gap.
        self._store.apply([Delete(document) for document in reversed(entries)])
        snapshot = self._store.get(SNAPSHOT)
        if snapshot is not None:
            self._store.apply([Delete(snapshot)])
        self._account, self._snapshot_sequence, self._synced_at = None, 0, 0.0

    def _is_at_the_end(self, sequence: int) -> bool:
        # A number that is free because its entry was pruned long ago would split the history in two. Pruning
        # goes from the oldest on, so the entry before ours proves that ours was never taken.
        if monotonic() - self._synced_at < TRUSTED_SECONDS:
            return True
        # The first entry has none before it; a snapshot shows that there were others once.
        if sequence == 1:
            return self._store.get(SNAPSHOT) is None
        return self._store.get(key(sequence - 1)) is not None

    def _load(self) -> PaperAccount:
        account = PaperAccount(self._starting_cash)
        snapshot = self._store.get(SNAPSHOT)
        if snapshot is not None:
            self._snapshot_sequence, book = _read(snapshot, _book)
            account.apply(self._snapshot_sequence, book)
            self._index_finished(account)
        if not self._fold_tail(account):
            # Folded past a gap, every figure from there on would be wrong without anybody seeing it.
            raise BrokerUnavailable(f"The paper journal has a gap after entry {account.sequence}.")
        self._account = account
        return account

    def _index_finished(self, account: PaperAccount) -> None:
        first = max(0, account.sequence - ENTRIES_INDEXED)
        for document in self._store.list(PREFIX, after=key(first), limit=account.sequence - first):
            if _sequence(document) > account.sequence:
                break
            account.remember(_read(document, decode_change))

    def _fold_tail(self, account: PaperAccount) -> bool:
        for document in self._store.list(PREFIX, after=key(account.sequence)):
            if _sequence(document) != account.sequence + 1:
                return False
            account.apply(account.sequence + 1, _read(document, decode_change))
        self._synced_at = monotonic()
        return True

    def _look_after(self, account: PaperAccount) -> None:
        # The operation is written; what fails here is done by a later one.
        try:
            if account.sequence % SNAPSHOT_EVERY == 0:
                self._write_snapshot(account)
            if account.sequence % PRUNE_EVERY == 0 and self._snapshot_sequence > ENTRIES_KEPT:
                self._store.apply([Delete(document) for document in self._prunable()])
        except StoreError:
            return

    def _write_snapshot(self, account: PaperAccount) -> None:
        value = {"sequence": account.sequence, "book": encode_change(account.image())}
        old = self._store.get(SNAPSHOT)
        # Two processes may come here at once: an older image must not replace a newer one.
        if old is not None and old.value["sequence"] >= account.sequence:
            return
        change: Change = Create(SNAPSHOT, value) if old is None else Replace(old, value)
        self._store.apply([change])
        self._snapshot_sequence = account.sequence

    def _prunable(self) -> Iterator[Document]:
        last = self._snapshot_sequence - ENTRIES_KEPT
        for document in self._store.list(PREFIX, limit=PRUNE_AT_MOST):
            if _sequence(document) > last:
                return
            yield document


def _read(document: Document, read: Callable[[JSON], Known]) -> Known:
    try:
        return read(document.value)
    except UNREADABLE as error:
        # Without it every figure from there on would be wrong without anybody seeing it.
        raise BrokerUnavailable(f"{document.key} holds something that cannot be read.") from error


def _book(snapshot: JSON) -> tuple[int, AccountChange]:
    return snapshot["sequence"], decode_change(snapshot["book"])


def _sequence(document: Document) -> int:
    return int(document.key.removeprefix(PREFIX))
