"""The message that a login is due, with the link to do it."""

import logging
from collections.abc import Callable
from datetime import date, datetime, time

from app.clock import Clock
from app.domain.broker_logins import INDIA
from app.domain.hours import is_trading_day
from app.services.broker_login.link_state import LoginMemory
from app.services.broker_login.login import MESSAGE_LIFE, FyersLogin
from app.services.observability.events import EventKind
from app.services.observability.notifier import Notifier

# After the close a login of today gains nothing.
MARKET_CLOSES = time(15, 30)

_logger = logging.getLogger(__name__)


class LoginReminder:
    """Leaves each message once among all processes; `remind_at` is a time of day in India."""

    def __init__(
        self,
        *,
        login: FyersLogin,
        memory: LoginMemory,
        notifier: Notifier,
        clock: Clock,
        remind_at: time,
    ) -> None:
        self._login = login
        self._memory = memory
        self._notifier = notifier
        self._clock = clock
        self._remind_at = remind_at
        # Messages whose claim was lost sight of: they may be ours alone, so they are left all the same.
        self._in_doubt: set[str] = set()

    def notify_dead(self, token: str) -> bool:
        """Leave a message that Fyers has ended a token before its time; raise StoreUnavailable."""
        what = "Fyers no longer takes our token; until somebody logs in, its alerts are denied."
        day = self._due_on()
        return self._ask("died", what, lambda: self._memory.claim_death_notice(token, day))

    def remind(self) -> bool:
        """Leave a message on a trading day, from the set time until the close, that there is no login."""
        day = self._due_on()
        if day is None:
            return False
        what = "Fyers wants its login of today; until then its alerts are denied."
        return self._ask("reminder", what, lambda: self._memory.claim_reminder(day))

    def _due_on(self) -> date | None:
        now: datetime = self._clock().astimezone(INDIA)
        is_time = self._remind_at <= now.time() < MARKET_CLOSES
        return now.date() if is_time and is_trading_day(now.date(), "NSE") else None

    def _ask(self, key: str, what: str, claim: Callable[[], bool]) -> bool:
        # Before it is claimed: what fails between the two would be told by nobody.
        link = self._login.link(MESSAGE_LIFE)
        if not self._is_claimed(key, claim):
            return False
        # The link lets people in, so it is for the message alone.
        _logger.warning("%s `flask login fyers` shows the link.", what)
        until = f"{link.expires_at.astimezone(INDIA):%-d %B, %H:%M} in India"
        message = f"{what}\n{link.url}\nThe link is good once, until {until}."
        self._notifier.notify(EventKind.LOGIN_DUE, message, key=f"fyers {key}", about="Fyers")
        return True

    def _is_claimed(self, key: str, claim: Callable[[], bool]) -> bool:
        was_in_doubt = key in self._in_doubt
        self._in_doubt.add(key)
        is_ours = claim()
        self._in_doubt.discard(key)
        return is_ours or was_in_doubt
