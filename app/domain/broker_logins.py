"""Logins that a broker asks for every day, and how long what they give is good."""

import base64
import json
from dataclasses import field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.dataclass import dataclass

INDIA = ZoneInfo("Asia/Kolkata")
# Fyers ends every token then, whatever the token says of itself.
TOKENS_DIE = time(6, 30)
JWT_PARTS = 3


class LoginState(StrEnum):
    """Whether orders can be placed with a login."""

    VALID = "valid"
    DEAD = "dead"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Login:
    """What one login gave; neither token is ever shown.

    `is_dead` is the broker's word, `probed_at` when the broker last took the token.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    is_dead: bool = False
    probed_at: datetime | None = None

    def is_usable(self, now: datetime) -> bool:
        """Tell whether the token may still be accepted."""
        return not self.is_dead and now < self.expires_at


def login_state(login: Login | None, now: datetime) -> LoginState:
    """Return how a login stands."""
    if login is None:
        return LoginState.MISSING
    return LoginState.VALID if login.is_usable(now) else LoginState.DEAD


def end_of_token(token: str, issued_at: datetime) -> datetime:
    """Return when a Fyers token dies, in UTC: by its own word, but never after the next 06:30 in India."""
    ends = _next_death(issued_at)
    own = _own_end(token)
    return ends if own is None else min(ends, own)


def _next_death(moment: datetime) -> datetime:
    day = moment.astimezone(INDIA).date()
    death = datetime.combine(day, TOKENS_DIE, INDIA)
    if death <= moment:
        death = datetime.combine(day + timedelta(days=1), TOKENS_DIE, INDIA)
    return death.astimezone(UTC)


def _own_end(token: str) -> datetime | None:
    parts = token.split(".")
    if len(parts) != JWT_PARTS:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (ValueError, TypeError, KeyError, OverflowError, OSError):
        return None
