"""The mark of a store that is being filled from another one, and must not be served until it is whole."""

from datetime import datetime

from app.dataclass import dataclass
from app.domain.json_codec import from_json, to_json
from app.errors import SettingsError
from app.storage.base import Store

KEY = "state/unfinished-copy"


@dataclass(frozen=True, slots=True)
class UnfinishedCopy:
    """From where a store is filled (without a password), and since when."""

    source: str
    begun_at: datetime


class UnfinishedCopies:
    """The mark under `state/unfinished-copy`: written first, taken away last."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self) -> UnfinishedCopy | None:
        """Return the mark; None where the store is whole."""
        document = self._store.get(KEY)
        return None if document is None else from_json(UnfinishedCopy, document.value)

    def begin(self, copy: UnfinishedCopy) -> None:
        """Write the mark; raise AlreadyExists."""
        self._store.create(KEY, to_json(copy))

    def end(self) -> None:
        """Take the mark away; with it everything that was written before lies on the disk."""
        document = self._store.get(KEY)
        if document is not None:
            self._store.delete(document)


def refuse_unfinished(store: Store, setting: str) -> None:
    """Raise SettingsError, naming the setting, for a store that holds a part only."""
    copy = UnfinishedCopies(store).find()
    if copy is not None:
        begun = f"{copy.begun_at:%Y-%m-%d %H:%M} UTC"
        raise SettingsError(
            f"{setting}: the store holds a copy of {copy.source} that was begun at {begun} and is not "
            "finished. Finish it by the same command with --resume, or empty it"
        )
