"""Looking after the login: proven now and then, ended in time, asked for before the market opens."""

import logging
from datetime import timedelta

from app.clock import Clock
from app.domain.audit import Actor
from app.domain.broker_logins import Login
from app.errors import AppError, BrokerUnavailable
from app.services.broker_login.api import LoginApi
from app.services.broker_login.link_state import LoginMemory
from app.services.broker_login.login import FyersLogin
from app.services.broker_login.reminder import LoginReminder
from app.services.broker_login.token_source import FyersTokenSource
from app.services.broker_login.token_store import TokenStore

# Fyers counts these requests too, and a refused order tells of a dead token sooner.
PROBE_PERIOD = timedelta(minutes=10)

_logger = logging.getLogger(__name__)


class LoginWatch:
    """What the clock does for the login; `first_code` is tried once, where there is no token."""

    def __init__(
        self,
        *,
        api: LoginApi,
        tokens: TokenStore,
        login: FyersLogin,
        memory: LoginMemory,
        source: FyersTokenSource,
        reminder: LoginReminder,
        clock: Clock,
        first_code: str | None,
    ) -> None:
        self._api = api
        self._tokens = tokens
        self._login = login
        self._memory = memory
        self._source = source
        self._reminder = reminder
        self._clock = clock
        self._first_code = first_code

    def run(self) -> int:
        """Look once; return how much there was to do. Raise StoreError."""
        self._source.finish()
        held = self._tokens.read()
        if held is not None and not held.is_dead:
            if self._clock() < held.expires_at:
                return self._prove(held)
            if self._source.expire(held.access_token) is not None:
                return 1
        if self._use_first_code():
            return 1
        return int(self._reminder.remind())

    def _prove(self, held: Login) -> int:
        # A clock that was set back must not leave a token unproven for hours.
        if held.probed_at is not None and timedelta() <= self._clock() - held.probed_at < PROBE_PERIOD:
            return 0
        return self._probe(held.access_token)

    def _probe(self, token: str) -> int:
        try:
            is_taken = self._api.takes(token)
        except BrokerUnavailable as error:
            _logger.warning("Fyers' token could not be proven: %s", error.message)
            return 0
        if is_taken:
            self._tokens.note_probe(token)
        else:
            self._source.refused(token)
        return 1

    def _use_first_code(self) -> bool:
        # A code is good once, but stands in the environment at every start.
        if self._first_code is None or not self._memory.claim_code(self._first_code):
            return False
        try:
            self._login.exchange(self._first_code, by=Actor.SETTINGS)
        except AppError as error:
            _logger.warning("FYERS_AUTH_CODE did not log in: %s", error.message)
            return False
        return True
