"""The token that the adapter sends, and what is done when Fyers refuses it."""

import logging
import threading

from app.clock import Clock
from app.domain.broker_logins import Login
from app.errors import AppError, BrokerLoginRequired, BrokerUnavailable, StoreError
from app.services.broker_login.login import FyersLogin
from app.services.broker_login.reminder import LoginReminder
from app.services.broker_login.token_store import TokenStore

_logger = logging.getLogger(__name__)


class FyersTokenSource:
    """Give the token of the newest login, in whichever process that was."""

    def __init__(
        self, *, tokens: TokenStore, login: FyersLogin, reminder: LoginReminder, clock: Clock
    ) -> None:
        self._tokens = tokens
        self._login = login
        self._reminder = reminder
        self._clock = clock
        self._turn = threading.Lock()
        # A refused token that the store kept from being replaced, or its end from being told.
        self._unfinished: str | None = None

    def token(self) -> str:
        """Return the token; raise BrokerLoginRequired, or BrokerUnavailable when the store is away."""
        try:
            held = self._tokens.current()
        except StoreError as error:
            # Whether a token is good is Fyers' to say, so one that is remembered will do.
            held = self._tokens.remembered
            if held is None:
                raise BrokerUnavailable("The store did not give the token of Fyers.") from error
        if held is not None and held.is_usable(self._clock()):
            return held.access_token
        renewed = self.finish()
        if renewed is None:
            raise BrokerLoginRequired(
                "Fyers wants its daily login: `flask login fyers`, or GET /auth-url, gives the link."
            )
        return renewed

    def finish(self) -> str | None:
        """Do for a refused token what the store kept from being done; return the one that replaces it."""
        return None if self._unfinished is None else self.refused(self._unfinished)

    def refused(self, token: str) -> str | None:
        """Hear that Fyers does not take a token; return another one to try once, if there is any.

        The first to hear it tries to renew the token; if that fails the owner is told, once.
        """
        # Whoever comes second waits and finds what the first has found.
        with self._turn:
            try:
                return self._replace(token, tell=True)
            except StoreError as error:
                self._unfinished = token
                _logger.warning("A refused token of Fyers could not be replaced: %s", error)
                return None

    def expire(self, token: str) -> str | None:
        """Put a token away whose day is over: as `refused`, but nobody is told; raise StoreError."""
        with self._turn:
            return self._replace(token, tell=False)

    def _replace(self, token: str, *, tell: bool) -> str | None:
        # Somebody may have logged in meanwhile: what was refused is the token that was sent, not theirs.
        is_left = self._unfinished == token
        newer = self._newer(token)
        # Another process was first to hear it, and renews it if that can be done.
        if newer is not None or not (self._tokens.mark_dead(token) or is_left):
            self._unfinished = None
            return newer or self._newer(token)
        renewed = self._renewed()
        if renewed is None and tell:
            self._reminder.notify_dead(token)
        self._unfinished = None
        return None if renewed is None else renewed.access_token

    def _newer(self, token: str) -> str | None:
        held = self._tokens.read()
        is_newer = held is not None and held.access_token != token and held.is_usable(self._clock())
        return held.access_token if held is not None and is_newer else None

    def _renewed(self) -> Login | None:
        try:
            return self._login.refresh()
        except AppError as error:
            _logger.info("Fyers' token was not renewed: %s", error.message)
            return None
