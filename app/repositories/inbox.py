"""The inbox: idempotency cache and durable queue in one.

Creating an entry is *the* write: whoever creates it may place the alert's order, and nobody else ever may. An
entry is open until its answer is known; it answers duplicates until its time is over, and is then removed.
"""

from dataclasses import field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.json_codec import timestamp
from app.errors import AlreadyExists, Conflict
from app.repositories.readable import readable
from app.storage.base import JSON, Change, Create, Delete, Document, Store, Waiting, unanswered

PREFIX = "inbox/"
# In an entry's name, between the hash of its alert's key and that of the words that came with it.
AND_WORDS = "-"
PURGED_AT_ONCE = 100
# Entries and answers that are looked at: somebody may give all alerts one key.
SHARING_A_KEY = 40


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and a JSON body."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert as it is put into the inbox; `alert` is redacted.

    `fingerprint` and `symbol` are a trade idea's; in what `is_reviewed` an analyst or a person has a word,
    and what `is_put_off` is answered before it is carried out. After its `lifetime` the same words are a new
    alert; None: after the inbox's own; never before `known_for` is over. `instrument` is the canonical name
    of what it is about, where that is known before anybody is asked.
    """

    ticket: UUID
    bot: str
    dialect: str
    key: str
    alert: dict[str, Any]
    at: datetime
    fingerprint: str | None = None
    symbol: str | None = None
    is_reviewed: bool = False
    is_put_off: bool = False
    lifetime: timedelta | None = None
    known_for: timedelta = timedelta(0)
    instrument: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """An alert that was claimed; `owner` is the process that works on it, since `claimed_at`.

    `key` is where it is stored, `version` which writing of it was read.
    """

    key: str
    ticket: UUID
    bot: str
    dialect: str
    owner: str
    attempts: int
    received_at: datetime
    claimed_at: datetime
    expires_at: datetime
    alert: dict[str, Any]
    fingerprint: str | None = None
    symbol: str | None = None
    is_reviewed: bool = False
    is_put_off: bool = False
    instrument: str | None = None
    version: int = 0

    def to_json(self) -> JSON:
        """Return it as it is stored; written out, since every alert writes one."""
        return {
            "ticket": str(self.ticket),
            "bot": self.bot,
            "dialect": self.dialect,
            "owner": self.owner,
            "attempts": self.attempts,
            "received_at": timestamp(self.received_at),
            "claimed_at": timestamp(self.claimed_at),
            "expires_at": timestamp(self.expires_at),
            "alert": self.alert,
            "fingerprint": self.fingerprint,
            "symbol": self.symbol,
            # The name that entries of earlier versions have it under.
            "deliberates": self.is_reviewed,
            "put_off": self.is_put_off,
            "instrument": self.instrument,
        }

    @classmethod
    def from_document(cls, document: Document) -> "InboxEntry":
        """Take up what was stored, with its version."""
        data = document.value
        return cls(
            key=document.key,
            ticket=UUID(data["ticket"]),
            bot=data["bot"],
            dialect=data["dialect"],
            owner=data["owner"],
            attempts=data["attempts"],
            received_at=datetime.fromisoformat(data["received_at"]),
            claimed_at=datetime.fromisoformat(data["claimed_at"]),
            expires_at=datetime.fromisoformat(data["expires_at"]),
            alert=data["alert"],
            fingerprint=data.get("fingerprint"),
            symbol=data.get("symbol"),
            is_reviewed=bool(data.get("deliberates")),
            # Earlier versions put off whatever was reviewed.
            is_put_off=bool(data.get("put_off", data.get("deliberates"))),
            instrument=data.get("instrument"),
            version=document.version,
        )

    @property
    def known_by(self) -> str:
        """The hash that it was claimed with."""
        return self.key.rpartition("/")[2]

    @property
    def answer_key(self) -> str:
        """An answer belongs to one claim of a key: the next alert with the same key has another ticket."""
        return f"{self.key}/{self.ticket}"


class Inbox:
    """Entries under `inbox/{bot}/{hash of what the alert is known by}`, their answers one level below.

    `owner` is the name under which this process claims.
    """

    def __init__(self, store: Store, clock: Clock, owner: str, *, ttl_seconds: int) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner
        self._ttl = timedelta(seconds=ttl_seconds)

    def claim(self, arrival: Arrival) -> InboxEntry | None:
        """Create the entry; None when another alert with this key holds it."""
        entry = self._entry(arrival)
        try:
            return replace(entry, version=self._store.create(entry.key, entry.to_json()).version)
        except AlreadyExists:
            return self._claim_after_expiry(entry)

    def find(self, bot: str, key: str) -> InboxEntry | None:
        """Return the entry that holds a key."""
        return self._read(_key(bot, key))

    def of_key(self, bot: str, key: str) -> list[InboxEntry]:
        """Return alerts that came with one key of their sender's, whatever their words; of many only some.

        One that is known by its key alone is always among them: its name is the shortest.
        """
        by_key, mark, _ = key.partition(AND_WORDS)
        if not mark:
            return []
        documents = self._store.list(_key(bot, by_key), limit=SHARING_A_KEY)
        entries = (item for item in documents if "ticket" in item.value)
        return list(readable(entries, InboxEntry.from_document))

    def answer(self, entry: InboxEntry) -> Answer | None:
        """Return the answer that an entry was closed with; None while it is open."""
        document = self._store.get(entry.answer_key)
        return None if document is None else Answer(document.value["status"], document.value["body"])

    def take_over(self, entry: InboxEntry, *, counted: bool = True) -> InboxEntry | None:
        """Become the owner of an entry whose owner is gone; None when somebody was faster."""
        taken = replace(entry, owner=self._owner, claimed_at=self._clock(), attempts=entry.attempts + counted)
        try:
            return self._write_over(entry, taken)
        except Conflict:
            return None

    def closing(self, entry: InboxEntry, answer: Answer) -> Change:
        """Return the change that closes an entry with its answer.

        The answer is a document of its own: a bucket lets no object be written twice in a second.
        """
        value = {"status": answer.status, "body": answer.body, "expires_at": timestamp(entry.expires_at)}
        return Create(entry.answer_key, value)

    def open_entries(self) -> list[InboxEntry]:
        """Return what is not finished."""
        return open_entries(self._store)

    def waiting(self, bot: str | None, instrument: str | None = None, *, beside: UUID) -> list[InboxEntry]:
        """Return what is not finished of a bot, or of all (None), and perhaps some that is.

        Of an `instrument`: what is of that one, or of one that was not known when it came. Where the entry of
        a ticket is all that waits, as it mostly is, there is nothing `beside` it.
        """
        documents = list(self._store.waiting(*waiting_of(bot, instrument)))
        if [document.value.get("ticket") for document in documents] == [str(beside)]:
            return []
        entries = readable(documents, InboxEntry.from_document)
        return [entry for entry in entries if instrument is None or entry.instrument in {None, instrument}]

    def open_entry(self, ticket: UUID) -> InboxEntry | None:
        """Return the entry of a ticket that is not finished."""
        return next((entry for entry in self.open_entries() if entry.ticket == ticket), None)

    def purge(self) -> int:
        """Remove what has outlived its time; return how much that was."""
        now, over, removed = self._clock(), list[Change](), 0
        for _, group in groupby(self._store.list(PREFIX), key=_entry_key):
            documents = list(group)
            if any(unanswered(documents)):
                continue
            # An entry sorts before its answer and goes first: an entry without one would look unfinished.
            ends = readable(documents, lambda item: (item, datetime.fromisoformat(item.value["expires_at"])))
            over += [Delete(item) for item, end in ends if now >= end]
            if len(over) >= PURGED_AT_ONCE:
                self._store.apply(over)
                removed, over = removed + len(over), []
        self._store.apply(over)
        return removed + len(over)

    def _entry(self, arrival: Arrival) -> InboxEntry:
        return InboxEntry(
            key=_key(arrival.bot, arrival.key),
            ticket=arrival.ticket,
            bot=arrival.bot,
            dialect=arrival.dialect,
            owner=self._owner,
            attempts=1,
            received_at=arrival.at,
            claimed_at=arrival.at,
            expires_at=arrival.at + max(min(arrival.lifetime or self._ttl, self._ttl), arrival.known_for),
            alert=arrival.alert,
            fingerprint=arrival.fingerprint,
            symbol=arrival.symbol,
            is_reviewed=arrival.is_reviewed,
            is_put_off=arrival.is_put_off,
            instrument=arrival.instrument,
        )

    def _claim_after_expiry(self, entry: InboxEntry) -> InboxEntry | None:
        """The same words later than the window are a new alert."""
        held = self._read(entry.key)
        try:
            if held is None:
                return replace(entry, version=self._store.create(entry.key, entry.to_json()).version)
            if self._clock() >= held.expires_at and self.answer(held) is not None:
                return self._write_over(held, entry)
        except (AlreadyExists, Conflict):
            return None
        return None

    def _read(self, key: str) -> InboxEntry | None:
        document = self._store.get(key)
        return None if document is None else InboxEntry.from_document(document)

    def _write_over(self, entry: InboxEntry, after: InboxEntry) -> InboxEntry:
        document = Document(entry.key, {}, entry.version)
        return replace(after, version=self._store.replace(document, after.to_json()).version)


def waiting_of(bot: str | None, instrument: str | None) -> Waiting:
    """Return what a store is asked for where `Inbox.waiting` is asked."""
    return Waiting(PREFIX if bot is None else f"{PREFIX}{bot}/", instrument)


def open_entries(store: Store) -> list[InboxEntry]:
    """Return the alerts that are not finished, whoever works on them."""
    entries = readable(store.waiting(PREFIX), InboxEntry.from_document)
    return [entry for entry in entries if store.get(entry.answer_key) is None]


def _entry_key(document: Document) -> str:
    """Return the key of the entry to which a document belongs: itself, or what it answers."""
    return "/".join(document.key.split("/")[:3])


def _key(bot: str, key: str) -> str:
    return f"{PREFIX}{bot}/{key}"
