"""Everything about the login at Fyers, in one place."""

from app.dataclass import dataclass
from app.services.broker_login.login import FyersLogin
from app.services.broker_login.monitor import LoginWatch
from app.services.broker_login.token_source import FyersTokenSource


@dataclass(frozen=True, slots=True)
class FyersAccess:
    """How people log in, what the adapter sends, and what the clock does."""

    login: FyersLogin
    source: FyersTokenSource
    watch: LoginWatch
