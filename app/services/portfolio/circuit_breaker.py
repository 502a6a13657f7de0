"""The portfolio's circuit breaker: it watches an account's equity, and ends trading where it must."""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.brokers.base import Broker
from app.clock import Clock
from app.domain.circuit_breaker import Breach, CircuitBreaker, Phase
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import BrokerError, BrokerUnavailable, InvalidRequest
from app.repositories.circuit_breaker import StoredBreaker
from app.repositories.trading_state import GlobalSwitch
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry
from app.services.observability.events import EventKind
from app.services.observability.journal import Journal
from app.services.observability.notifier import Notifier
from app.services.portfolio.liquidation import BY, Liquidation
from app.services.runtime.locks import Locks
from app.ticket_ids import NewTicketId

# It stands among the bots' locks, since who holds it may wait for a symbol; no bot can have this name.
LOCK = "circuit breaker"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityGuard:
    """One breaker, for one broker's account.

    In a dry run trading stops, and nothing is sold at a broker outside.
    """

    stored: StoredBreaker
    registry: BrokerRegistry
    switch: GlobalSwitch
    liquidation: Liquidation
    journal: Journal
    notifier: Notifier
    locks: Locks
    clock: Clock
    new_ticket_id: NewTicketId

    def read(self) -> CircuitBreaker:
        """Return the breaker as it stands."""
        return self.stored.read()

    def knows_equity(self, broker: str) -> bool:
        """Tell whether entries at a broker may go on: false while a watched account cannot be seen."""
        breaker = self.read()
        return breaker.equity_known or not breaker.active or breaker.broker != broker

    def edit(self, changes: Mapping[str, Any]) -> CircuitBreaker:
        """Change the breaker, arm it anew and resume what it paused; what is not named stays as it is.

        Without a `base_equity` it is the account's equity of now. Raise InvalidRequest or BrokerUnavailable.
        """
        with self._hold():
            old = self.read()
            edited = self._seen(replace(old, **changes), wants_base=changes.get("base_equity") is None)
            self._resume(old)
            state = "armed" if edited.active else "off"
            edited = edited.telling(f"{state} by the operator", self.clock())
            self._write(edited)
        self.journal.activity(f"operator: the circuit breaker is {state}")
        return edited

    def watch(self) -> int:
        """Look at the equity once and do what it asks for; return how many times something changed."""
        if not self._is_watching(self.read()):
            return 0
        with self._hold():
            breaker = self.read()
            if not self._is_watching(breaker):
                return 0
            try:
                broker = self.registry.get(breaker.broker)
                if breaker.phase is Phase.LIQUIDATING:
                    return self._liquidate(breaker, broker)
                return self._compare(breaker, broker)
            except (BrokerError, BrokerNotConfigured) as error:
                return self._lose_sight(error)

    def _hold(self) -> AbstractContextManager[None]:
        return self.locks.hold_bot(LOCK)

    def _is_watching(self, breaker: CircuitBreaker) -> bool:
        return breaker.active and breaker.phase is not Phase.TRIPPED

    def _seen(self, wanted: CircuitBreaker, *, wants_base: bool) -> CircuitBreaker:
        """Arm a breaker against what the account is worth."""
        edited = wanted.rearmed()
        if edited.broker not in self.registry.names:
            raise InvalidRequest(f"There is no broker {edited.broker} here.")
        if not edited.active:
            return edited
        try:
            equity = self.registry.get(edited.broker).account().equity
        except BrokerUnavailable:
            if wants_base:
                raise
            return replace(edited, equity_known=False)
        return replace(edited, base_equity=equity) if wants_base else edited

    def _compare(self, breaker: CircuitBreaker, broker: Broker) -> int:
        equity = broker.account().equity
        breach = breaker.breached_at(equity)
        if breach is not None:
            now = self.clock()
            return self._trip(
                breaker.seeing(breach, equity, self.new_ticket_id(now), now), broker, breach, equity
            )
        if breaker.equity_known:
            return 0
        self._tell(replace(breaker, equity_known=True), f"the equity at {broker.name} is known again")
        return 1

    def _trip(self, breaker: CircuitBreaker, broker: Broker, breach: Breach, equity: Decimal) -> int:
        words = breach.value.replace("_", "-")
        told = f"{words}: equity {equity:f} at {broker.name}, base {breaker.base_equity or 0:f}"
        if not breaker.liquidates:
            self._tell(replace(breaker, profit_taken=True), told)
            return 1
        breaker = self._tell(replace(breaker, phase=Phase.LIQUIDATING), told)
        return self._liquidate(breaker, broker)

    def _liquidate(self, breaker: CircuitBreaker, broker: Broker) -> int:
        breaker = self._pause(breaker)
        if not self.liquidation.gateway.sends_to(broker):
            return self._finish(breaker, "dry run: nothing was canceled or sold")
        if self.liquidation.advance(breaker, broker, self._write):
            return self._finish(breaker, f"nothing waits and nothing is held at {broker.name}")
        return 1

    def _finish(self, breaker: CircuitBreaker, told: str) -> int:
        current = self.read()
        if breaker.breach is Breach.STOP_LOSS:
            self._tell(replace(current, phase=Phase.TRIPPED), f"{told}; trading is HALTED")
            return 1
        self._resume(current)
        over = replace(current, phase=Phase.ARMED, profit_taken=True, paused=None, replaced=None)
        self._tell(over, f"{told}; trading goes on")
        return 1

    def _pause(self, breaker: CircuitBreaker) -> CircuitBreaker:
        """Halt trading, unless it is halted for good already; what is thrown is written down first."""
        standing = self.switch.read()
        if standing.state is TradingState.HALTED and standing.until is None:
            return breaker
        pause = StateSwitch(TradingState.HALTED, f"{BY}: {breaker.last_event or ''}")
        breaker = replace(breaker, paused=pause, replaced=standing)
        self._write(breaker)
        self.switch.throw(pause)
        return breaker

    def _resume(self, breaker: CircuitBreaker) -> None:
        """Take back the breaker's own pause; one that the operator threw meanwhile stays."""
        if breaker.paused is not None and self.switch.read() == breaker.paused:
            before = breaker.replaced or StateSwitch()
            self.switch.throw(before.seen_at(self.clock()))

    def _lose_sight(self, error: Exception) -> int:
        breaker = self.read()
        _logger.warning("The circuit breaker cannot see %s: %s", breaker.broker, error)
        if not breaker.equity_known or breaker.phase is not Phase.ARMED:
            return 0
        self._tell(
            replace(breaker, equity_known=False), f"the equity at {breaker.broker} is unknown: no entries"
        )
        return 1

    def _write(self, breaker: CircuitBreaker) -> None:
        self.stored.write(breaker)

    def _tell(self, breaker: CircuitBreaker, event: str) -> CircuitBreaker:
        breaker = breaker.telling(event, self.clock())
        self._write(breaker)
        is_loss = breaker.breach is Breach.STOP_LOSS
        kind = EventKind.CIRCUIT_BREAKER_ALARM if is_loss else EventKind.CIRCUIT_BREAKER
        self.journal.activity(f"{BY}: {event}")
        self.notifier.notify(kind, event, key=event)
        return breaker
