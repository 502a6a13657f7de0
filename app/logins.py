"""How the login at Fyers is made, where an app is set up for it."""

from collections.abc import Callable

from app.clock import Clock
from app.config import Settings
from app.services.broker_login.access import FyersAccess
from app.services.broker_login.api import API_URL, FyersApp, LoginApi
from app.services.broker_login.link_state import LoginMemory
from app.services.broker_login.login import FyersLogin
from app.services.broker_login.monitor import LoginWatch
from app.services.broker_login.reminder import LoginReminder
from app.services.broker_login.token_source import FyersTokenSource
from app.services.broker_login.token_store import TokenStore
from app.services.observability.notifier import Event
from app.storage.base import Store

SQLITE_KEY = "tokens/fyers"
CALLBACK = "/auth-callback"


def fyers_access(
    settings: Settings, store: Store, clock: Clock, tell: Callable[[Event], None], note: Callable[[str], None]
) -> FyersAccess | None:
    """Return the login; None unless app id, secret and redirect address are set."""
    app = _app(settings)
    if app is None:
        return None
    key = settings.gcs_tokens_file if settings.uses_cloud_storage else SQLITE_KEY
    api, tokens, memory = LoginApi(app), TokenStore(store, key, clock), LoginMemory(store, clock)
    login = FyersLogin(api=api, tokens=tokens, memory=memory, clock=clock, note=note)
    remind_at = settings.login_reminder_time
    reminder = LoginReminder(login=login, memory=memory, tell=tell, clock=clock, remind_at=remind_at)
    source = FyersTokenSource(tokens=tokens, login=login, reminder=reminder, clock=clock)
    watch = LoginWatch(
        api=api,
        tokens=tokens,
        login=login,
        memory=memory,
        source=source,
        reminder=reminder,
        clock=clock,
        first_code=settings.fyers_auth_code,
    )
    return FyersAccess(login, source, watch)


def _app(settings: Settings) -> FyersApp | None:
    redirect_uri = settings.fyers_redirect_uri
    if redirect_uri is None and settings.public_url is not None:
        redirect_uri = settings.public_url + CALLBACK
    if settings.fyers_app_id is None or settings.fyers_secret_id is None or redirect_uri is None:
        return None
    return FyersApp(
        app_id=settings.fyers_app_id,
        secret=settings.fyers_secret_id,
        redirect_uri=redirect_uri,
        pin=settings.fyers_pin,
        api_url=settings.fyers_api_url or API_URL,
        timeout_seconds=float(settings.broker_timeout_seconds),
    )
