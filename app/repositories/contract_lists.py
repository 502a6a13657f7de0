"""The last good list of contracts, in the store."""

from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from uuid import uuid4

from app.dataclass import dataclass
from app.domain.contracts import ContractIndex, IndexUnreadable
from app.domain.contracts.index import FORM
from app.domain.json_codec import from_json, to_json
from app.errors import AlreadyExists, Conflict
from app.storage.base import Document, Store

KEY = "symbols/nse_fo"
PARTS = f"{KEY}/parts/"
PART_SIZE = 1 << 18
# Whoever has read of an older list has read its parts by then.
KEPT_FOR = timedelta(hours=1)
_ID = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class MasterRecord:
    """Which list is kept: where it came from, when, and in how many parts."""

    id: str
    url: str
    downloaded_at: datetime
    rows: int
    parts: int
    form: int = FORM


class ContractLists:
    """Keeps one list; a new one takes its place as a whole."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self) -> MasterRecord | None:
        """Return what is kept, if it is in a form that can be read."""
        document = self._store.get(KEY)
        record = None if document is None else _record(document)
        return record if record is not None and record.form == FORM else None

    def load(self, record: MasterRecord) -> ContractIndex:
        """Return the contracts of a record; raise IndexUnreadable when parts are gone or damaged."""
        parts = [self._store.get(_part(record.id, number)) for number in range(record.parts)]
        if any(part is None for part in parts):
            raise IndexUnreadable(f"Parts of the list {record.id} are gone")
        text = "".join(part.value["text"] for part in parts if part is not None)
        try:
            return ContractIndex.unpack(b64decode(text, validate=True))
        except ValueError as error:
            raise IndexUnreadable(str(error)) from error

    def put(self, index: ContractIndex, url: str, now: datetime) -> MasterRecord:
        """Keep these contracts from now on and return their record, or that of whoever was faster."""
        before = self._store.get(KEY)
        text = b64encode(index.pack()).decode("ascii")
        pieces = [text[start : start + PART_SIZE] for start in range(0, len(text), PART_SIZE)]
        record = MasterRecord(f"{now:{_ID}}-{uuid4().hex[:8]}", url, now, len(index), len(pieces))
        for number, piece in enumerate(pieces):
            self._store.create(_part(record.id, number), {"text": piece}, durable=False)
        if not self._announce(before, record):
            return self.record() or record
        self._tidy(record, now)
        return record

    def _announce(self, before: Document | None, record: MasterRecord) -> bool:
        try:
            if before is None:
                self._store.create(KEY, to_json(record))
            else:
                self._store.replace(before, to_json(record))
        except (AlreadyExists, Conflict):
            return False
        return True

    def _tidy(self, record: MasterRecord, now: datetime) -> None:
        oldest = f"{PARTS}{now - KEPT_FOR:{_ID}}"
        for document in list(self._store.list(PARTS)):
            if document.key < oldest and not document.key.startswith(f"{PARTS}{record.id}/"):
                self._store.delete(document)


def _part(name: str, number: int) -> str:
    return f"{PARTS}{name}/{number:03}"


def _record(document: Document) -> MasterRecord:
    return from_json(MasterRecord, document.value)
