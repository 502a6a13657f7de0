"""How what a crash left is judged, and since when it is known to be left."""

from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from typing import Any

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.planning import only_exits
from app.domain.signals import STRUCTURES, Intent, Signal
from app.domain.structures.directions import leaves_structure
from app.errors import BrokerUnavailable
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry
from app.services.broker_access.resubmission import Resubmission, ResubmissionPolicy

SignalReader = Callable[[str, dict[str, Any]], Signal]


@dataclass(frozen=True, slots=True)
class RecoveryRules:
    """How old an alert may be to be finished, and after how long another machine's counts as left.

    `pursuit_seconds`: how old one that only exits may be.
    """

    default_broker: str
    stale_seconds: int = 120
    pursuit_seconds: int = 1800
    claim_seconds: int = 60


@dataclass(slots=True, kw_only=True)
class LeftAlerts:
    """Alerts whose sender is dead: what it sent last, it sent before they were looked at first."""

    registry: BrokerRegistry
    policy: ResubmissionPolicy
    clock: Clock
    _first_seen: dict[str, datetime] = field(default_factory=dict, init=False)

    def keep(self, keys: set[str]) -> None:
        """Forget all but these entries."""
        self._first_seen = {key: at for key, at in self._first_seen.items() if key in keys}

    def may_send(self, key: str, broker: str) -> bool:
        """Tell whether an alert of which the broker shows no order may be carried out.

        Raise BrokerUnavailable while it may show one yet.
        """
        try:
            capabilities = self.registry.get(broker).capabilities
        # The gates refuse it then, and its ticket says why.
        except BrokerNotConfigured:
            return True
        may_appear = self.policy.may_appear(self._first_seen.setdefault(key, self.clock()))
        verdict = self.policy.judge(capabilities, is_shown=False, may_appear=may_appear)
        if verdict is Resubmission.WAIT:
            raise BrokerUnavailable(f"{broker} may still show an order of it.")
        return verdict is Resubmission.SEND


def wants_out_of(signal: Signal, bot: Bot) -> bool:
    """Tell whether an alert only leaves what its bot holds; such a one is heard for longer."""
    keys = bot.configuration
    if signal.intent is Intent.EXIT_STRUCTURE:
        return True
    if keys.structure is not None and signal.intent not in STRUCTURES:
        return leaves_structure(signal, keys.structure, cover_only=keys.cover_only)
    return only_exits(signal, cover_only=keys.cover_only)
