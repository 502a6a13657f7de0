"""What stands between this service and a broker that takes real orders, check by check."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from app.brokers.base import Broker
from app.dataclass import dataclass
from app.domain.broker_logins import LoginState
from app.domain.money import ZERO
from app.domain.snapshots import BrokerSnapshot
from app.repositories.bots import BotDirectory
from app.services.broker_access.gateway import Gateway
from app.services.broker_access.registry import BrokerRegistry
from app.services.operator.health import Health


class PreflightCheck(StrEnum):
    """One of them, in the order in which they are met."""

    KEYS = "keys"
    LOGIN = "login"
    REACHABLE = "reachable"
    BUYING_POWER = "buying_power"
    DRY_RUN = "dry_run"
    ALLOW_LIVE = "allow_live"
    LIVE_BOT = "live_bot"


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found; `cure` is what to do, where it failed."""

    broker: str
    check: PreflightCheck
    passed: bool
    detail: str
    cure: str | None

    def row(self) -> dict[str, Any]:
        """Show it."""
        return {
            "broker": self.broker,
            "check": self.check.value,
            "passed": self.passed,
            "detail": self.detail,
            "cure": None if self.passed else self.cure,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """Asks nobody: it reads settings, bots, and what the clock saw last."""

    registry: BrokerRegistry
    gateway: Gateway
    bots: BotDirectory
    health: Health
    default_broker: str
    allow_live: bool

    def checks(self, seen: Mapping[str, BrokerSnapshot]) -> list[Checked]:
        """Check every broker outside this house, configured or not."""
        logins = self.health.show_logins()
        found: list[Checked] = []
        for name in self.registry.known:
            if self.registry.capabilities(name).simulated:
                continue
            found.append(self._keys(name))
            if name in self.registry.names:
                found += self._configured(self.registry.get(name), seen.get(name), logins.get(name))
        return found

    def _keys(self, name: str) -> Checked:
        needs = self.registry.needs(name)
        told = "Its settings are there." if name in self.registry.names else f"It needs {needs}."
        return Checked(
            name, PreflightCheck.KEYS, name in self.registry.names, told, f"Set {needs} and restart."
        )

    def _configured(
        self, broker: Broker, seen: BrokerSnapshot | None, login: Mapping[str, Any] | None
    ) -> Iterator[Checked]:
        name, account = broker.name, None if seen is None else seen.account
        if login is not None:
            told = f"The login is {login['state']}."
            is_valid = login["state"] == LoginState.VALID.value
            yield Checked(name, PreflightCheck.LOGIN, is_valid, told, "Log in: GET /auth-url has the link.")
        is_there = seen is not None and seen.reachable is True
        told = "It answers." if is_there else (seen and seen.message) or "It was not asked yet."
        yield Checked(name, PreflightCheck.REACHABLE, is_there, told, "Mend what it says, or wait a moment.")
        power = ZERO if account is None else account.buying_power
        told = "Unknown." if account is None else f"{power:f} {account.currency}"
        yield Checked(
            name, PreflightCheck.BUYING_POWER, power > ZERO, told, "Pay money in, or free what is held."
        )
        sends = self.gateway.sends_to(broker)
        told = "Orders are sent." if sends else "Nothing is sent."
        yield Checked(name, PreflightCheck.DRY_RUN, sends, told, "Set DRY_RUN=false and restart.")
        if broker.capabilities.live:
            yield from self._live(name)

    def _live(self, name: str) -> Iterator[Checked]:
        told = "Real money is allowed." if self.allow_live else "Real money is not allowed."
        cure = "Set ALLOW_LIVE_TRADING=true and restart."
        yield Checked(name, PreflightCheck.ALLOW_LIVE, self.allow_live, told, cure)
        bots = [bot.id for bot, _ in self.bots.all() if self._trades_live(bot.configuration, name)]
        told = f"May use it: {', '.join(bots)}." if bots else "No bot may use real money there."
        yield Checked(name, PreflightCheck.LIVE_BOT, bool(bots), told, "Set `live` of one bot to true.")

    def _trades_live(self, keys: Any, name: str) -> bool:
        return keys.live and (keys.broker or self.default_broker) == name
