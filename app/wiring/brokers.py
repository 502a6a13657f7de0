"""Which brokers there are, and how each is built: only those whose settings are there, when first needed."""

from collections.abc import Callable
from functools import partial

from app.brokers.parts import BrokerParts
from app.brokers.registry import BROKERS
from app.clock import Clock, Wait
from app.config import Settings
from app.dataclass import dataclass
from app.repositories.audit import AuditLog
from app.repositories.open_orders import OpenOrders
from app.repositories.tokens import KEY as TOKENS
from app.services.broker_access.registry import BrokerFactory
from app.services.broker_login.access import FyersAccess
from app.services.broker_login.api import API_URL, FyersApp, LoginApi
from app.services.broker_login.link_state import LoginMemory
from app.services.broker_login.login import FyersLogin
from app.services.broker_login.monitor import LoginWatch
from app.services.broker_login.reminder import LoginReminder
from app.services.broker_login.token_source import FyersTokenSource
from app.services.broker_login.token_store import TokenStore
from app.services.instruments import SymbolMaster
from app.services.instruments.resolver import no_contracts
from app.services.instruments.tickers import ListedTickers
from app.services.observability.notifier import Notifier
from app.storage.base import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Brokerage:
    """What brokers are built from; `fyers` and `symbols` are there where an app at Fyers is set up."""

    settings: Settings
    store: Store
    clock: Clock
    wait: Wait
    fyers: FyersAccess | None
    symbols: SymbolMaster | None
    processes: Callable[[], int]

    def factories(self) -> dict[str, BrokerFactory]:
        """Return how to build the brokers that have what they need; raise SettingsError."""
        parts = self._parts()
        there = [entry for entry in BROKERS.values() if entry.is_configured(self.settings, parts)]
        for entry in there:
            entry.check(self.settings)
        return {entry.name: partial(entry.build, self.settings, parts) for entry in there}

    def _parts(self) -> BrokerParts:
        return BrokerParts(
            store=self.store,
            clock=self.clock,
            wait=self.wait,
            tokens={} if self.fyers is None else {"fyers": self.fyers.source},
            contracts=ListedTickers(self.symbols.index if self.symbols is not None else no_contracts),
            known_names=OpenOrders(self.store).names,
            processes=self.processes,
        )


CALLBACK = "/auth-callback"


def fyers_access(
    settings: Settings,
    store: Store,
    clock: Clock,
    notifier: Notifier,
    note: Callable[[str], None],
    audit: AuditLog,
    *,
    token_store: Callable[[], Store | None] = lambda: None,
) -> FyersAccess | None:
    """Return the login; None unless app id, secret and redirect address are set.

    `token_store` opens what keeps the tokens, where that is not the store of everything else.
    """
    app = _app(settings)
    if app is None:
        return None
    key = TOKENS if settings.gcs_bucket_name is None else settings.gcs_tokens_file
    tokens = TokenStore(token_store() or store, key, clock)
    api, memory = LoginApi(app), LoginMemory(store, clock)
    login = FyersLogin(api=api, tokens=tokens, memory=memory, clock=clock, note=note, audit=audit)
    remind_at = settings.login_reminder_time
    reminder = LoginReminder(login=login, memory=memory, notifier=notifier, clock=clock, remind_at=remind_at)
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
