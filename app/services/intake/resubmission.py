"""How what a crash left is judged, and what it may have left on its way to a broker."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.clock import Clock
from app.errors import BrokerUnavailable
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry


@dataclass(frozen=True, slots=True)
class RecoveryRules:
    """How old an alert may be to be finished, and after how long another machine's counts as left.

    `grace_seconds` is how late a broker may show an order.
    """

    default_broker: str
    stale_seconds: int = 120
    claim_seconds: int = 60
    grace_seconds: int = 0


@dataclass(slots=True, kw_only=True)
class ResubmissionPolicy:
    """Tell whether an alert may be sent again, and wait before saying that it never was.

    Whoever sent it is dead when it is looked at first; a broker may show its order up to `grace` later.
    """

    registry: BrokerRegistry
    clock: Clock
    grace: timedelta
    _first_seen: dict[str, datetime] = field(default_factory=dict, init=False)

    def keep(self, keys: set[str]) -> None:
        """Forget all but these entries."""
        self._first_seen = {key: at for key, at in self._first_seen.items() if key in keys}

    def may_send_again(self, key: str, broker: str) -> bool:
        """Tell it for an order that the broker does not show; raise BrokerUnavailable while it still may."""
        try:
            if self.registry.get(broker).capabilities.unique_client_order_ids:
                return True
        except BrokerNotConfigured:
            return True
        if self.clock() - self._first_seen.setdefault(key, self.clock()) < self.grace:
            raise BrokerUnavailable(f"{broker} may still show an order of it.")
        return False
