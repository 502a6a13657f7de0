"""Whether the parts that an order needs are there."""

import logging
from dataclasses import dataclass
from typing import Any

from app.domain.trading_state import TradingState
from app.errors import AppError
from app.services.bots import BotDirectory
from app.services.clock import Clock
from app.services.routing import BrokerDesk, BrokerNotConfigured
from app.services.supervisor import Supervisor
from app.services.switches import GlobalSwitch
from app.storage.base import Store

SHORT_SECRET = 16

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether every part answers: `ok` or a sentence for each; warnings do not stop trading.

    `leader` says whether this process runs what only one may run; either is fine.
    """

    checks: dict[str, str]
    warnings: list[str]
    leader: bool

    @property
    def is_ready(self) -> bool:
        """True when nothing fails."""
        return all(result == "ok" for result in self.checks.values())

    def details(self) -> dict[str, Any]:
        """Show everything, for the operator."""
        return {"checks": self.checks, "warnings": self.warnings, "leader": self.leader}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Ask the store, the clock, and every broker that is configured or that a bot wants."""

    store: Store
    desk: BrokerDesk
    bots: BotDirectory
    switch: GlobalSwitch
    supervisor: Supervisor
    clock: Clock
    default_broker: str
    notices: list[str]

    def check(self) -> Readiness:
        """Ping every part; a failure is told and never raised."""
        checks = {"store": _outcome(self.store.ping)}
        try:
            warnings = self.notices + self._halted() + self._old_secrets()
            names = {*self.desk.names, *self._wanted_brokers()}
        except AppError as error:
            checks["store"] = error.message
            return Readiness(checks, self.notices, self.supervisor.leads)
        for name in sorted(names):
            checks[f"broker {name}"] = _outcome(lambda name=name: self.desk.get(name).ping())
        failed = self.supervisor.failing
        checks["clock"] = f"{', '.join(failed)} failed; the log has the details" if failed else "ok"
        return Readiness(checks, warnings, self.supervisor.leads)

    def _wanted_brokers(self) -> set[str]:
        return {bot.configuration.broker or self.default_broker for bot, _ in self.bots.all()}

    def _halted(self) -> list[str]:
        state = self.switch.read().at(self.clock())
        return [] if state is TradingState.ACTIVE else [f"Trading is {state.value}."]

    def _old_secrets(self) -> list[str]:
        due = self.bots.old_secrets()
        return [f"The secret of bot {bot} is older than 90 days; rotate it." for bot in due]


def _outcome(ping: Any) -> str:
    try:
        ping()
    except AppError as error:
        return error.message
    except BrokerNotConfigured as missing:
        return f"{missing} is wanted by a bot and has no credentials here"
    except Exception:  # a health check tells what is wrong and goes on
        _logger.exception("A health check failed in an unforeseen way")
        return "failed; the log has the details"
    return "ok"
