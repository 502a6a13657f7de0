"""Whether the parts that an order needs are there."""

import logging
from dataclasses import dataclass
from typing import Any

from app.errors import AppError
from app.services.bots import BotDirectory
from app.services.routing import BrokerDesk
from app.storage.base import Store

SHORT_SECRET = 16

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether every part answers: `ok` or a sentence for each; warnings do not stop trading."""

    checks: dict[str, str]
    warnings: list[str]

    @property
    def is_ready(self) -> bool:
        """True when nothing fails."""
        return all(result == "ok" for result in self.checks.values())

    def details(self) -> dict[str, Any]:
        """Show everything, for the operator."""
        return {"checks": self.checks, "warnings": self.warnings}


class Health:
    """Ask the store and each configured broker."""

    def __init__(self, store: Store, desk: BrokerDesk, bots: BotDirectory, *, notices: list[str]) -> None:
        self._store = store
        self._desk = desk
        self._bots = bots
        self._notices = notices

    def check(self) -> Readiness:
        """Ping every part; a failure is told and never raised."""
        checks = {"store": _outcome(self._store.ping)}
        for name in self._desk.names:
            checks[f"broker {name}"] = _outcome(lambda name=name: self._desk.get(name).ping())
        return Readiness(checks, self._notices + self._old_secrets())

    def _old_secrets(self) -> list[str]:
        try:
            due = self._bots.old_secrets()
        except AppError:
            return []
        return [f"The secret of bot {bot} is older than 90 days; rotate it." for bot in due]


def _outcome(ping: Any) -> str:
    try:
        ping()
    except AppError as error:
        return error.message
    except Exception:  # a health check tells what is wrong and goes on
        _logger.exception("A health check failed in an unforeseen way")
        return "failed; the log has the details"
    return "ok"
