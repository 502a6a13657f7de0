"""Whether somebody works with a store, as far as it can be told from outside."""

from app.clock import Clock
from app.config import Settings
from app.repositories.leases import StoredLeases
from app.services.runtime.locks import is_anybody_alive
from app.services.runtime.supervisor import LEASE
from app.storage.base import Store
from app.wiring.policies import lock_folder


def sign_of_life(settings: Settings, store: Store, clock: Clock) -> str | None:
    """Return a sentence that says by what the service is known to run on a store; None: nothing tells.

    On one machine the locks prove both. Elsewhere a process that runs the clock holds a lease, and keeps it
    for some seconds after it was killed; one that has no clock, or that an alert will wake, is not seen.
    """
    if settings.state_home.is_local:
        return "A process of Gatehouse is running on it." if is_anybody_alive(lock_folder(settings)) else None
    lease = StoredLeases(store).find(LEASE)
    if lease is None or lease.until <= clock():
        return None
    return f"A process of Gatehouse runs the clock on it (its lease ends at {lease.until:%H:%M:%S} UTC)."
