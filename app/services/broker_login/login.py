"""The daily login at Fyers: a link for a person, a code for us, a token for everybody."""

from collections.abc import Callable
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.audit import CHANGED, Actor, Deed
from app.domain.broker_logins import Login, end_of_token, login_state
from app.domain.json_codec import to_json
from app.errors import AppError, BrokerUnavailable, LoginRefused, RefreshRefused
from app.repositories.audit import AuditLog
from app.services.broker_login.api import Issued, LoginApi
from app.services.broker_login.link_state import LoginMemory
from app.services.broker_login.token_store import TokenStore

# A link that was asked for, and one that waits in a message until somebody looks.
LINK_LIFE = timedelta(minutes=10)
MESSAGE_LIFE = timedelta(hours=12)
SUBJECT = "Fyers login"
TOLD = {Deed.LOG_IN: "logged in", Deed.RENEW_TOKEN: "renewed the token"}


@dataclass(frozen=True, slots=True)
class LoginLink:
    """Where a person logs in, once; the address is as good as a key until it ends."""

    url: str = field(repr=False)
    expires_at: datetime


class FyersLogin:
    """Make links, finish logins, try to renew; `note` writes a line into the activity log."""

    def __init__(
        self,
        *,
        api: LoginApi,
        tokens: TokenStore,
        memory: LoginMemory,
        clock: Clock,
        note: Callable[[str], None],
        audit: AuditLog,
    ) -> None:
        self._api = api
        self._tokens = tokens
        self._memory = memory
        self._clock = clock
        self._note = note
        self._audit = audit

    def link(self, life: timedelta = LINK_LIFE) -> LoginLink:
        """Return a fresh link; raise StoreUnavailable."""
        ends_at = self._clock() + life
        return LoginLink(self._api.login_url(self._memory.sign(ends_at)), ends_at)

    def finish(self, state: str, code: str | None, message: str = "") -> Login:
        """Log in with what the browser brought back; without a code, `message` is why.

        Raise LoginLinkRefused, or LoginRefused or BrokerUnavailable with another link in their details. A
        state is used up by its first code, whatever becomes of that.
        """
        ends_at = self._memory.check(state)
        if code is None:
            # A person who canceled may take the same link again.
            raise LoginRefused(f"Fyers says: {message or 'no code'}.", link=self._api.login_url(state))
        # Used up before its code is exchanged, so that of two processes that hear of it one logs in.
        self._memory.use(state)
        try:
            return self.exchange(code, by=Actor.LOGIN_LINK)
        except AppError as error:
            # Another link, which ends no later: the one that failed is used up.
            error.details["link"] = self._api.login_url(self._memory.sign(ends_at))
            raise

    def exchange(self, code: str, *, by: str = Actor.OPERATOR) -> Login:
        """Turn a code into the token that counts; raise LoginRefused or BrokerUnavailable."""
        issued = self._api.exchange(code)
        try:
            is_taken = self._api.takes(issued.access_token)
        except BrokerUnavailable:
            # The code is used up, so the token is kept; the clock proves it within a minute.
            return self._keep(issued, Deed.LOG_IN, by, is_proven=False)
        if not is_taken:
            raise LoginRefused("Fyers gave a token that it does not accept.")
        return self._keep(issued, Deed.LOG_IN, by)

    def refresh(self, *, by: str = Actor.OPERATOR) -> Login:
        """Renew the token without a person; raise RefreshRefused or BrokerUnavailable."""
        held = self._tokens.read()
        if held is None or held.refresh_token is None or self._api.app.pin is None:
            raise RefreshRefused("Without FYERS_PIN and an earlier login nothing can be renewed: log in.")
        try:
            renewed = self._api.renew(held.refresh_token)
        except LoginRefused as error:
            raise RefreshRefused(f"Fyers does not renew the token: log in. {error.message}") from error
        if not self._api.takes(renewed.access_token):
            # Since April 2026 a renewed token may look good and be dead at the server.
            raise RefreshRefused("Fyers renewed the token and does not accept it: log in.")
        # Fyers gives no new refresh token with a renewal; the one from the login goes on.
        issued = Issued(renewed.access_token, renewed.refresh_token or held.refresh_token)
        return self._keep(issued, Deed.RENEW_TOKEN, by)

    def view(self) -> dict[str, Any]:
        """Return how the login stands, without its tokens; raise StoreUnavailable."""
        held = self._tokens.current()
        return {
            "state": login_state(held, self._clock()).value,
            "issued_at": to_json(held.issued_at if held is not None else None),
            "expires_at": to_json(held.expires_at if held is not None else None),
            "probed_at": to_json(held.probed_at if held is not None else None),
        }

    def _keep(self, issued: Issued, deed: Deed, by: str, *, is_proven: bool = True) -> Login:
        now = self._clock()
        ends_at = end_of_token(issued.access_token, now)
        probed_at = now if is_proven else None
        login = Login(issued.access_token, issued.refresh_token, now, ends_at, probed_at=probed_at)
        # Written before the token: a login that counts has its line.
        told = {"token": CHANGED, "expires_at": to_json(ends_at)}
        self._audit.record(by, deed, SUBJECT, before={}, after=told)
        kept = self._tokens.save(login)
        self._note(f"fyers: {TOLD[deed]}, good until {to_json(kept.expires_at)}")
        return kept
