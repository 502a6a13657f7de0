"""Whether the parts that an order needs are there."""

import logging
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.bot_thresholds import ignored_fractions
from app.domain.broker_logins import LoginState
from app.domain.trading_state import TradingState
from app.errors import AppError
from app.repositories.account_secret import AccountSecret
from app.repositories.bots import BotDirectory
from app.repositories.trades import Trades
from app.repositories.trading_state import GlobalSwitch
from app.services.broker_access.registry import BrokerNotConfigured, BrokerRegistry
from app.services.broker_login.login import FyersLogin
from app.services.runtime.supervisor import Supervisor
from app.storage.base import Store

SHORT_SECRET = 16
LOGIN_DUE = "{} wants its daily login: GET /auth-url has the link"
ACCOUNT_DUE = "The account's secret is older than 90 days; flask account rotate-secret makes another."
UNUSED = "Broker {} does not answer; no bot uses it, so alerts go on: {}"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether every part answers: `ok` or a sentence for each; warnings do not stop trading.

    `leader` says whether this process runs what only one may run; either is fine. `unused` are the brokers
    that are set up and that no bot trades at.
    """

    checks: dict[str, str]
    warnings: list[str]
    leader: bool
    logins: dict[str, dict[str, Any]] = field(default_factory=dict)
    unused: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        """True when nothing fails that an alert may need."""
        spare = {f"broker {name}" for name in self.unused}
        return all(result == "ok" for part, result in self.checks.items() if part not in spare)

    def details(self) -> dict[str, Any]:
        """Show everything, for the operator."""
        shown = {"checks": self.checks, "warnings": self.warnings, "leader": self.leader}
        shown["unused"] = list(self.unused)
        return shown | {"logins": self.logins}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Ask the store, the clock, and every broker that is configured or that a bot wants.

    Alerts go only to the brokers of bots: another one that is away is told and stops nothing.
    """

    store: Store
    registry: BrokerRegistry
    bots: BotDirectory
    trades: Trades
    switch: GlobalSwitch
    supervisor: Supervisor
    clock: Clock
    default_broker: str
    notices: list[str]
    account: AccountSecret
    logins: Mapping[str, FyersLogin] = field(default_factory=dict)

    def check(self) -> Readiness:
        """Ping every part; a failure is told and never raised."""
        checks = {"store": _outcome(self.store.ping)}
        try:
            warnings = self.warnings()
            wanted = self._wanted_brokers()
            logins = self.show_logins()
        except AppError as error:
            checks["store"] = error.message
            return Readiness(checks, self.notices, self.supervisor.leads)
        due = {name for name, login in logins.items() if login["state"] != LoginState.VALID}
        checks |= self._ask_brokers(wanted, due)
        warnings += [LOGIN_DUE.format(name) for name in sorted(due - wanted)]
        unused = tuple(sorted({*self.registry.names} - wanted))
        found = {name: checks.get(f"broker {name}", "ok") for name in unused}
        warnings += [UNUSED.format(name, message) for name, message in found.items() if message != "ok"]
        failed = self.supervisor.failing
        checks["clock"] = f"{', '.join(failed)} failed; the log has the details" if failed else "ok"
        return Readiness(checks, warnings, self.supervisor.leads, logins, unused)

    def warnings(self) -> list[str]:
        """Return what stops no trade and is worth a look, without asking a broker; raise StoreUnavailable."""
        return self.notices + self._halted() + self._old_secrets() + self._ignored()

    def show_logins(self) -> dict[str, dict[str, Any]]:
        """Return how each login stands that people have to renew; raise StoreUnavailable."""
        return {name: login.view() for name, login in self.logins.items()}

    def _ask_brokers(self, wanted: set[str], due: set[str]) -> dict[str, str]:
        """Ask every broker that can answer; one without its login fails only where a bot wants it."""
        missing = {f"broker {name}": LOGIN_DUE.format(name) for name in wanted & due}
        return missing | {
            f"broker {name}": _outcome(lambda name=name: self.registry.get(name).ping())
            for name in sorted({*self.registry.names, *wanted} - due)
        }

    def _wanted_brokers(self) -> set[str]:
        chosen = {bot.configuration.broker or self.default_broker for bot, _ in self.bots.all()}
        # A bot that was given another broker still has to leave what it holds at the old one.
        return chosen | {trade.broker for trade in self.trades.every().values()}

    def _halted(self) -> list[str]:
        state = self.switch.read().at(self.clock())
        return [] if state is TradingState.ACTIVE else [f"Trading is {state.value}."]

    def _ignored(self) -> list[str]:
        return [warning for bot, _ in self.bots.all() for warning in ignored_fractions(bot)]

    def _old_secrets(self) -> list[str]:
        due = self.bots.old_secrets()
        account = [ACCOUNT_DUE] if self.account.is_old() else []
        return account + [f"The secret of bot {bot} is older than 90 days; rotate it." for bot in due]


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
