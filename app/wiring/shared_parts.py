"""What processes that serve one account share beside its documents: locks, counts of changes, rates."""

from typing import TYPE_CHECKING

from app.config import Settings, StateHome
from app.dataclass import dataclass
from app.repositories.change_counts import Counts
from app.services.intake.rate_limit import Buckets, MemoryBuckets
from app.services.intake.wrong_secrets import Attempts
from app.services.runtime.locks import Locks, MachineLocks, ThreadLocks
from app.services.runtime.shared_counts import SharedCounts
from app.storage.base import Store
from app.wiring.policies import lock_folder

if TYPE_CHECKING:
    from app.storage.postgres_connection import Connections


@dataclass(frozen=True, slots=True)
class SharedParts:
    """Where one process meets the others: on its machine, in the database, or, of a bucket, nowhere."""

    settings: Settings
    store: Store

    def locks(self, nonce: str) -> Locks:
        """Return mutual exclusion; the nonce makes this process's name its own."""
        home = self.settings.state_home
        if home is StateHome.DATABASE:
            return self._database_locks(nonce)
        if home.is_local:
            return MachineLocks(lock_folder(self.settings), nonce)
        return ThreadLocks(nonce)

    def counts(self) -> Counts:
        """Return the counters of changes."""
        if self.settings.state_home is StateHome.DATABASE:
            from app.services.runtime.database_counts import DatabaseCounts
            from app.storage.postgres_counts import DatabaseTallies

            return DatabaseCounts(DatabaseTallies(self._connections()))
        is_local = self.settings.state_home.is_local
        return SharedCounts(lock_folder(self.settings) / "changes" if is_local else None)

    def buckets(self) -> Buckets:
        """Return where alerts are counted a second."""
        if self.settings.state_home is StateHome.DATABASE:
            from app.storage.postgres_counts import DatabaseBuckets

            return DatabaseBuckets(self._connections())
        return MemoryBuckets()

    def attempts(self) -> Attempts | None:
        """Return where wrong secrets are counted beside this process; None: nowhere."""
        if self.settings.state_home is not StateHome.DATABASE:
            return None
        from app.storage.postgres_counts import DatabaseAttempts

        return DatabaseAttempts(self._connections())

    def _database_locks(self, nonce: str) -> Locks:
        from app.services.runtime.database_locks import DatabaseLocks
        from app.storage.postgres_locks import BOTS, SYMBOLS, AdvisoryLocks

        connections = self._connections()
        return DatabaseLocks(lambda life: AdvisoryLocks(connections, life), nonce, bots=BOTS, symbols=SYMBOLS)

    def _connections(self) -> "Connections":
        from app.storage.postgres import PostgresStore

        if not isinstance(self.store, PostgresStore):
            raise TypeError("DATABASE_URL is set, and the store that was handed over is another")
        return self.store.connections
