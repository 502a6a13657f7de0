"""The portfolio's circuit breaker: it watches an account's equity, and ends trading where it must."""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.accounts import Account
from app.domain.audit import Actor, Deed
from app.domain.bot_thresholds import wanted_thresholds
from app.domain.circuit_breaker import Breach, CircuitBreaker, Phase, Threshold
from app.domain.refusals import money
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import BrokerError, BrokerUnavailable, NotFound
from app.repositories.bots import BotDirectory
from app.repositories.circuit_breaker import StoredBreakers
from app.repositories.trading_state import GlobalSwitch
from app.services.base import Runtime
from app.services.broker_access.registry import BrokerNotConfigured
from app.services.portfolio.breaker_reports import BreakerReports
from app.services.portfolio.equity import known_account
from app.services.portfolio.liquidation import BY, Liquidation
from app.services.runtime.locks import Grip
from app.services.runtime.turns import Apart
from app.ticket_ids import NewTicketId

# It stands among the bots' locks, since who holds it may wait for a symbol; no bot can have this name.
LOCK = "circuit breaker"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityGuard:
    """The breakers, one for each broker's account; the operator and the bots say what they watch for.

    In a dry run trading stops and nothing is sold.
    """

    stored: StoredBreakers
    reports: BreakerReports
    bots: BotDirectory
    runtime: Runtime
    switch: GlobalSwitch
    liquidation: Liquidation
    new_ticket_id: NewTicketId
    default_broker: str

    def all(self) -> dict[str, CircuitBreaker]:
        """Return every broker's breaker, with what the bots want of it now, by broker."""
        breakers, wanted = self.stored.all(), self._wanted()
        brokers = sorted({self.default_broker, *breakers, *wanted})
        return {
            broker: breakers.get(broker, CircuitBreaker(broker)).adopting(wanted.get(broker, ()))
            for broker in brokers
        }

    def read(self, broker: str | None = None) -> CircuitBreaker:
        """Return a broker's breaker; without a name the only one that watches, else the operator's.

        Raise NotFound where there is no such broker.
        """
        breakers = self.all()
        watching = [name for name, breaker in breakers.items() if breaker.thresholds]
        only = watching[0] if len(watching) == 1 else self._own_broker(breakers)
        name = broker or only
        if name not in {*breakers, *self.runtime.registry.names}:
            raise NotFound(f"There is no broker {name} here.")
        return breakers.get(name, CircuitBreaker(name))

    def edit(self, changes: Mapping[str, Any], *, by: str = Actor.OPERATOR) -> CircuitBreaker:
        """Change the operator's part of a breaker, arm it anew and resume what it paused.

        What is not named stays as it is; without a `base_equity` it is the account's equity of now.
        Raise NotFound or BrokerUnavailable.
        """
        with self._hold():
            self.stored.move_former()
            wanted = self._wanted()
            broker = changes.get("broker") or self._own_broker(self.stored.all())
            old = self.stored.read(broker)
            edited = replace(old, **changes).adopting(wanted.get(broker, ()))
            # The account is asked before anything is resumed: an edit that fails leaves trading as it stands.
            edited = self._seen(edited, wants_base=changes.get("base_equity") is None)
            # Off is the operator's part alone: what bots want may keep it armed all the same.
            state = "armed" if edited.thresholds else "off"
            edited = edited.with_event(f"{state} by the operator", self.runtime.clock())
            # First: rearmed it has forgotten its sales, and what failed here would let them go on for good.
            self.liquidation.stop(old, by)
            # Before anything is resumed: killed the other way round, trading would go on unwatched.
            told = {"before": old.settings(), "after": edited.settings()}
            with self.runtime.audit.change(by, Deed.SET_CIRCUIT_BREAKER, broker, **told):
                self.stored.write(edited)
            edited = self._resume(edited)
        self.runtime.journal.activity(f"operator: the circuit breaker of {broker} is {state}")
        return edited

    def watch(self) -> int:
        """Look at every watched account once and do what it asks for; return how many things changed."""
        self.stored.move_former()
        self.reports.report_ignored(bot for bot, _ in self.bots.all())
        breakers, wanted = self.stored.all(), self._wanted()
        changed = 0
        with Apart() as accounts:
            for broker in sorted({*breakers, *wanted}):
                known, wishes = breakers.get(broker, CircuitBreaker(broker)), wanted.get(broker, ())
                if known.is_watching or known.must_resume or known.adopting(wishes) != known:
                    with accounts.one():
                        changed += self._watch(broker, wishes)
        return changed

    def _watch(self, name: str, wishes: tuple[Threshold, ...]) -> int:
        with self._hold():
            stored = self.stored.read(name)
            self.reports.tell_late(stored)
            breaker, changed = self._adopt(stored, wishes)
            if breaker.must_resume:
                breaker, changed = self._resume(breaker), changed + 1
            if not breaker.is_watching:
                return changed
            # One account that cannot be seen must not hide the others.
            try:
                broker = self.runtime.registry.get(name)
                act = self._liquidate if breaker.phase is Phase.LIQUIDATING else self._compare
                return changed + act(breaker, broker)
            except (BrokerError, BrokerNotConfigured) as error:
                return changed + self._lose_sight(name, error)

    def _hold(self) -> AbstractContextManager[Grip]:
        # Held for a whole look, which would write over what an edit wrote in between.
        return self.runtime.locks.hold_bot(LOCK)

    def _wanted(self) -> dict[str, tuple[Threshold, ...]]:
        """What bots want, by the broker that they trade at."""
        return wanted_thresholds((bot for bot, _ in self.bots.all()), self.default_broker)

    def _own_broker(self, breakers: Mapping[str, CircuitBreaker]) -> str:
        """Whose breaker the operator means without naming one: the only one that was set, or the default."""
        own = [name for name, item in breakers.items() if item.active or item.base_equity is not None]
        return own[0] if len(own) == 1 else self.default_broker

    def _adopt(self, breaker: CircuitBreaker, wishes: tuple[Threshold, ...]) -> tuple[CircuitBreaker, int]:
        """Write down what bots want by now; what has tripped stays so until the operator arms it."""
        adopted = breaker.adopting(wishes)
        if adopted == breaker:
            return breaker, 0
        names = ", ".join(bot.source for bot in adopted.bots) or "no bot"
        event = f"{breaker.broker} is watched for {names}"
        if breaker.phase is not Phase.ARMED:
            event += f"; it stays {breaker.phase.value}"
        self.runtime.journal.activity(f"{BY}: {event}")
        adopted = adopted.with_event(event, self.runtime.clock())
        self.stored.write(adopted)
        return adopted, 1

    def _seen(self, wanted: CircuitBreaker, *, wants_base: bool) -> CircuitBreaker:
        """Arm a breaker against what the account is worth."""
        edited = wanted.rearmed()
        if edited.broker not in self.runtime.registry.names:
            raise NotFound(f"There is no broker {edited.broker} here.")
        if not edited.thresholds:
            return edited
        wants_base = wants_base and edited.active
        try:
            equity = known_account(self.runtime.registry.get(edited.broker)).equity
        except BrokerUnavailable:
            if wants_base:
                raise
            # Armed without a look: entries wait until the account has been seen once.
            return replace(edited, equity_known=False)
        edited = edited.based_on(equity)
        return replace(edited, base_equity=equity) if wants_base else edited

    def _compare(self, breaker: CircuitBreaker, broker: Broker) -> int:
        account = known_account(broker)
        based = breaker.based_on(account.equity)
        if based != breaker:
            # Stored before it is used: a base taken anew at each start would follow every loss down.
            self.stored.write(based)
        breaker, breach = based, based.breached_at(account.equity)
        if breach is not None:
            now = self.runtime.clock()
            seeing = breaker.seeing(breach, account.equity, self.new_ticket_id(now), now)
            return self._trip(seeing, broker, breach, account)
        if breaker.equity_known:
            return 0
        self.reports.report(
            replace(breaker, equity_known=True), f"the equity at {broker.name} is known again"
        )
        return 1

    def _trip(self, breaker: CircuitBreaker, broker: Broker, breach: Breach, account: Account) -> int:
        reached = breaker.reached(breach, account.equity)
        base = (reached.base_equity if reached is not None else None) or Decimal(0)
        seen, base_seen = (money(value, account.currency) for value in (account.equity, base))
        words = breach.value.replace("_", "-")
        event = f"{words}: equity {seen} at {broker.name}, base {base_seen}, set by {breaker.breach_source}"
        if not breaker.liquidates:
            self.reports.report(breaker.taking_profit(account.equity), event)
            return 1
        # Stored before the first order: after a crash the next look goes on, under the same order ids.
        breaker = self.reports.report(replace(breaker, phase=Phase.LIQUIDATING), event)
        return self._liquidate(breaker, broker)

    def _liquidate(self, breaker: CircuitBreaker, broker: Broker) -> int:
        # Trading stops before anything is sold, or alerts would buy back what is being closed.
        breaker = self._pause(breaker)
        if not self.liquidation.gateway.sends_to(broker):
            return self._finish(breaker, "dry run: nothing was canceled or sold")
        if self.liquidation.advance(breaker, broker, self.stored.write):
            return self._finish(breaker, f"nothing waits and nothing is held at {broker.name}")
        return 1

    def _finish(self, breaker: CircuitBreaker, event: str) -> int:
        # The attempts to close were written meanwhile; what was handed in does not have them.
        current = self.stored.read(breaker.broker)
        if breaker.breach is Breach.STOP_LOSS:
            self.reports.report(replace(current, phase=Phase.TRIPPED), f"{event}; trading is REDUCING")
            return 1
        taken = current.taking_profit(current.breach_equity or Decimal(0))
        # Armed before trading goes on: killed the other way round, what alerts buy would be sold too.
        armed = self.reports.report(replace(taken, phase=Phase.ARMED), f"{event}; trading goes on")
        self._resume(armed)
        return 1

    def _pause(self, breaker: CircuitBreaker) -> CircuitBreaker:
        """Let alerts only exit, unless less is allowed for good already; it is written down first.

        What the breaker cannot close may still be closed by an alert.
        """
        current = self.switch.read()
        if current.state is not TradingState.ACTIVE and current.until is None:
            return breaker
        # A halt of an hour is not loosened by a breach within it.
        is_halted = current.at(self.runtime.clock()) is TradingState.HALTED
        state = TradingState.HALTED if is_halted else TradingState.REDUCING
        pause = StateSwitch(state, f"{BY}: {breaker.last_event or ''}")
        breaker = replace(breaker, paused=pause, replaced=current)
        self.stored.write(breaker)
        # Killed just before this, the breaker owns a pause that was never thrown and lifts nothing; thrown
        # first, nobody would know whose pause it is.
        self.switch.throw(pause, by=Actor.CIRCUIT_BREAKER)
        return breaker

    def _resume(self, breaker: CircuitBreaker) -> CircuitBreaker:
        """Lift the pause of a breaker that is armed in writing, then forget it.

        Killed in between, the next look does it again.
        """
        if breaker.paused is None:
            return breaker
        if self.switch.read() == breaker.paused:
            self._lift(breaker)
        # One that the operator threw meanwhile stays.
        over = replace(breaker, paused=None, replaced=None)
        self.stored.write(over)
        return over

    def _lift(self, breaker: CircuitBreaker) -> None:
        """Let trading stand as before; while another broker's breaker stops it, the pause is that one's."""
        others = (other for name, other in self.stored.all().items() if name != breaker.broker)
        heir = next((other for other in others if other.phase is not Phase.ARMED), None)
        if heir is not None:
            # It is written first: killed in between, the pause has two owners and none is lost.
            self.stored.write(replace(heir, paused=breaker.paused, replaced=breaker.replaced))
            return
        before = breaker.replaced or StateSwitch()
        self.switch.throw(before.seen_at(self.runtime.clock()), by=Actor.CIRCUIT_BREAKER)

    def _lose_sight(self, name: str, error: Exception) -> int:
        breaker = self.stored.read(name)
        _logger.warning("The circuit breaker cannot see %s: %s", breaker.broker, error)
        # Told once; and in every other phase trading is stopped already.
        if not breaker.equity_known or breaker.phase is not Phase.ARMED:
            return 0
        self.reports.report(
            replace(breaker, equity_known=False), f"the equity at {breaker.broker} is unknown: no entries"
        )
        return 1
