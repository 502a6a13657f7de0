"""Who has signed in to the dashboard, and for how long that counts."""

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.dataclass import dataclass

LONGEST = timedelta(hours=12)
LONGEST_IDLE = timedelta(minutes=60)
# What is dangerous asks for the token again when it was last given longer ago than this.
TOKEN_COUNTS = timedelta(minutes=10)
CODE_COUNTS = timedelta(minutes=15)
# Who signs in once more ends the oldest session, and who asks for one more link the oldest link.
MOST_SESSIONS, MOST_CODES = 50, 10


class Role(StrEnum):
    """What a caller may do: everything, or look at everything."""

    OPERATOR = "operator"
    VIEWER = "viewer"


class SessionEnd(StrEnum):
    """Why a session is over."""

    SIGNED_OUT = "signed out"
    EVERYWHERE = "signed out everywhere"
    TOO_OLD = "12 hours are over"
    IDLE = "an hour without an action"
    DISPLACED = "too many sessions"


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in; `id` is what is stored of its cookie, `token_at` when the token was last given."""

    id: str
    role: Role
    began_at: datetime
    token_at: datetime
    acted_at: datetime

    @property
    def name(self) -> str:
        """Return by what logs and the audit call it."""
        return f"session {self.id[:8]}"

    @property
    def expires_at(self) -> datetime:
        """Return when it ends, whatever is done meanwhile."""
        return self.began_at + LONGEST

    def end_at(self, now: datetime) -> SessionEnd | None:
        """Return why it is over, or None while it counts."""
        if now >= self.expires_at:
            return SessionEnd.TOO_OLD
        return SessionEnd.IDLE if now >= self.acted_at + LONGEST_IDLE else None

    def knows_token(self, now: datetime) -> bool:
        """Tell whether the token was given a short while ago."""
        return now < self.token_at + TOKEN_COUNTS

    def later_of(self, other: "Session | None") -> "Session":
        """Return it with the later times of two that are the same session."""
        if other is None:
            return self
        acted, told = max(self.acted_at, other.acted_at), max(self.token_at, other.token_at)
        return replace(self, acted_at=acted, token_at=told)


@dataclass(frozen=True, slots=True)
class StartCode:
    """What is stored of a link that signs in once."""

    digest: str
    expires_at: datetime


def session_id(token: str, cookie: str) -> str:
    """Return what is stored of a cookie: with another token it is another, so a new token ends all."""
    return hmac.new(_bytes(token), _bytes(cookie), hashlib.sha256).hexdigest()


def code_digest(code: str) -> str:
    """Return what is stored of a link's code."""
    return hashlib.sha256(_bytes(code)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
