"""Everything about the login at Fyers, in one place."""

from dataclasses import dataclass

from app.services.fyers.login import FyersLogin
from app.services.fyers.source import FyersTokenSource
from app.services.fyers.watch import LoginWatch


@dataclass(frozen=True, slots=True)
class FyersAccess:
    """How people log in, what the adapter sends, and what the clock does."""

    login: FyersLogin
    source: FyersTokenSource
    watch: LoginWatch
