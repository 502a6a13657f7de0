"""What most services stand on, in one piece."""

from app.clock import Clock, Wait
from app.dataclass import dataclass
from app.repositories.audit import AuditLog
from app.services.broker_access.registry import BrokerRegistry
from app.services.observability.journal import Journal
from app.services.observability.notifier import Notifier
from app.services.runtime.locks import Locks
from app.storage.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Where things are kept and written down, what time it is, who is told, and which brokers there are."""

    store: Store
    audit: AuditLog
    clock: Clock
    wait: Wait
    locks: Locks
    journal: Journal
    notifier: Notifier
    registry: BrokerRegistry
