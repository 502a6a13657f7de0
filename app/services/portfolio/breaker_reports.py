"""What the owner hears of circuit breakers: what each did, and which settings count for nothing."""

import logging
from collections.abc import Iterable
from dataclasses import field

from app.dataclass import dataclass
from app.domain.bot_thresholds import ignored_fractions
from app.domain.bots import Bot
from app.domain.circuit_breaker import Breach, CircuitBreaker
from app.errors import StoreUnavailable
from app.repositories.circuit_breaker import StoredBreakers
from app.services.base import Runtime
from app.services.observability.events import EventKind
from app.services.portfolio.liquidation import BY

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BreakerReports:
    """Writes a breaker with what it did, and tells it; the caller holds the breakers."""

    stored: StoredBreakers
    runtime: Runtime
    _ignored: set[str] = field(default_factory=set, init=False)
    _in_doubt: dict[str, CircuitBreaker] = field(default_factory=dict, init=False)

    def report(self, breaker: CircuitBreaker, event: str) -> CircuitBreaker:
        """Write a breaker down with what it did, and tell it; return it as it is written."""
        breaker = breaker.with_event(event, self.runtime.clock())
        try:
            self.stored.write(breaker)
        except StoreUnavailable:
            self._in_doubt[breaker.broker] = breaker
            raise
        self._tell(breaker)
        return breaker

    def tell_late(self, breaker: CircuitBreaker) -> None:
        """Hear how a breaker stands, and tell what it did where the store had not said that it has it."""
        lost = self._in_doubt.pop(breaker.broker, None)
        if lost is not None and (lost.last_event, lost.last_event_at) == (
            breaker.last_event,
            breaker.last_event_at,
        ):
            self._tell(breaker)

    def report_ignored(self, bots: Iterable[Bot]) -> None:
        """Tell the owner, once, of each fraction that counts for nothing; /readyz goes on saying so."""
        for warning in (warning for bot in bots for warning in ignored_fractions(bot)):
            if warning not in self._ignored:
                self._ignored.add(warning)
                _logger.warning("%s", warning)
                self.runtime.journal.activity(f"{BY}: {warning}")
                self.runtime.notifier.notify(EventKind.CIRCUIT_BREAKER, warning, key=warning)

    def _tell(self, breaker: CircuitBreaker) -> None:
        is_loss = breaker.breach is Breach.STOP_LOSS
        kind = EventKind.CIRCUIT_BREAKER_ALARM if is_loss else EventKind.CIRCUIT_BREAKER
        event = breaker.last_event or ""
        self.runtime.journal.activity(f"{BY}: {event}")
        self.runtime.notifier.notify(kind, event, key=event)
