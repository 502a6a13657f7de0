"""Where brokers and trades differed for long enough that the owner was told."""

from app.dataclass import dataclass
from app.domain.json_codec import from_json, to_json
from app.domain.reconciliation import Difference
from app.errors import AlreadyExists, Conflict
from app.storage.base import Document, Store

KEY = "state/reconciliation"


@dataclass(frozen=True, slots=True)
class Findings:
    """The differences that were told and are not over; `version` tells which writing was read."""

    differences: tuple[Difference, ...] = ()
    version: int | None = None


class ReportedDifferences:
    """Findings under `state/reconciliation`, of whichever process compared last."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> Findings:
        """Return what was told."""
        document = self._store.get(KEY)
        if document is None:
            return Findings()
        return Findings(from_json(Findings, document.value).differences, document.version)

    def write(self, before: Findings, differences: tuple[Difference, ...]) -> bool:
        """Write what is told now over what was read; False when another process was faster."""
        value = {"differences": to_json(differences)}
        try:
            if before.version is None:
                self._store.create(KEY, value)
            else:
                self._store.replace(Document(KEY, {}, before.version), value)
        except (AlreadyExists, Conflict):
            return False
        return True
