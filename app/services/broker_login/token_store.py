"""The tokens of the last login: in the store for every process, in memory for a second."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias, TypeVar

from app.clock import Clock
from app.domain.broker_logins import Login
from app.logs import register_secrets
from app.repositories.tokens import stored_login
from app.storage.base import Store

# A login in another process counts here so much later at the latest.
FRESH = timedelta(seconds=1)

Held = TypeVar("Held", Login, Login | None)
_Step: TypeAlias = Callable[[Login], Login | None]


class TokenStore:
    """Keep the newest login; every method raises StoreUnavailable when the store is away."""

    def __init__(self, store: Store, key: str, clock: Clock) -> None:
        self._record = stored_login(store, key)
        self._clock = clock
        self._cached: Login | None = None
        self._read_at: datetime | None = None

    @property
    def remembered(self) -> Login | None:
        """What was last read or written here."""
        return self._cached

    def current(self) -> Login | None:
        """Return the login; a usable one is not older than a second, any other is read anew."""
        now, cached = self._clock(), self._cached
        is_fresh = self._read_at is not None and timedelta() <= now - self._read_at < FRESH
        if cached is not None and cached.is_usable(now) and is_fresh:
            return cached
        return self.read()

    def read(self) -> Login | None:
        """Return the login as the store has it."""
        return self._keep(self._record.read())

    def save(self, login: Login) -> Login:
        """Store a login unless a newer one is there that still counts; return the one that does."""

        def step(held: Login | None) -> Login | None:
            # The newest login wins: a slow process must not put an older token back.
            is_newer = held is not None and held.issued_at > login.issued_at
            return None if held is not None and is_newer and held.is_usable(self._clock()) else login

        written = self._record.change(step)
        return self._keep(written) if written is not None else self.read() or login

    def mark_dead(self, token: str) -> bool:
        """Write down that the broker refuses a token; tell whether it counted as alive until now."""
        return self._rewrite(token, lambda held: None if held.is_dead else replace(held, is_dead=True))

    def note_probe(self, token: str) -> None:
        """Write down that the broker takes a token now."""
        self._rewrite(token, lambda held: replace(held, probed_at=self._clock()))

    def _rewrite(self, token: str, step: _Step) -> bool:
        """Change the login that has this token; one that has been replaced is left alone."""
        written = self._record.change(
            lambda held: None if held is None or held.access_token != token else step(held)
        )
        if written is not None:
            self._keep(written)
        return written is not None

    def _keep(self, login: Held) -> Held:
        if login is not None:
            _never_show(login.access_token, login.refresh_token)
        self._cached, self._read_at = login, self._clock()
        return login


@lru_cache(maxsize=16)
def _never_show(*tokens: str | None) -> None:
    register_secrets(*(token for token in tokens if token is not None))
