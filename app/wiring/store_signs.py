"""Whether somebody works with a store, as far as it can be told from outside."""

from app.clock import Clock
from app.config import Settings, StateHome
from app.repositories.leases import StoredLeases
from app.services.runtime.locks import is_anybody_alive
from app.services.runtime.supervisor import LEASE
from app.storage.base import Store
from app.wiring.policies import lock_folder

RUNNING = "A process of Gatehouse is running on it."


def sign_of_life(settings: Settings, store: Store, clock: Clock) -> str | None:
    """Return a sentence that says by what the service is known to run on a store; None: nothing tells.

    On one machine and in a database locks prove both. Of a bucket only the process is known that runs the
    clock: it holds a lease, and keeps it for some seconds after it was killed.
    """
    if settings.state_home is StateHome.FILE:
        return RUNNING if is_anybody_alive(lock_folder(settings)) else None
    if settings.state_home is StateHome.DATABASE:
        return RUNNING if _lives_in_database(store) else None
    lease = StoredLeases(store).find(LEASE)
    if lease is None or lease.until <= clock():
        return None
    return f"A process of Gatehouse runs the clock on it (its lease ends at {lease.until:%H:%M:%S} UTC)."


def _lives_in_database(store: Store) -> bool:
    from app.storage.postgres import PostgresStore
    from app.storage.postgres_lives import is_anybody_alive as is_anybody_in

    return isinstance(store, PostgresStore) and is_anybody_in(store.connections)
