"""Gatehouse: alerts become gated broker orders, exactly once. This is the only wiring."""

import sys
from collections.abc import Mapping

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.brokers.base import Broker
from app.brokers.paper import PaperBroker, PaperSettings
from app.cli import is_running_a_command, register_commands
from app.config import Settings
from app.container import EXTENSION, Services
from app.domain.limits import Limits
from app.first_start import with_secrets
from app.logs import register_secrets
from app.schemas.alerts import read_stored_signal
from app.services.assessment import Assessor
from app.services.bots import BotDirectory
from app.services.case import TradingRules
from app.services.clock import Clock, system_clock
from app.services.following import OrderFollower
from app.services.health import SHORT_SECRET, Health
from app.services.inbox import Inbox
from app.services.intake import Intake
from app.services.journal import Journal
from app.services.ledger import Ledger
from app.services.locks import Locks, MachineLocks, ThreadLocks
from app.services.metrics import Metrics
from app.services.operator import Operator
from app.services.rate_limit import RateLimiter
from app.services.recovery import Recovery, RecoveryRules
from app.services.routing import BrokerDesk, BrokerFactory
from app.services.supervisor import Supervisor, Task
from app.services.switches import GlobalSwitch
from app.services.trades import TradeBook
from app.services.trading import Trading
from app.services.usage import UsageBook
from app.storage.base import Store
from app.version import VERSION

RECOVERY_STALE_SECONDS = 120
INBOX_PERIOD_SECONDS = 2.0
ORDERS_PERIOD_SECONDS = 5.0
PURGE_PERIOD_SECONDS = 60.0


def create_app(
    settings: Settings | None = None,
    *,
    store: Store | None = None,
    brokers: Mapping[str, Broker] | None = None,
    clock: Clock = system_clock,
    background: bool = False,
) -> Flask:
    """Build the application.

    `settings` default to the environment's, `store` and `brokers` to what the settings ask for. `background`
    starts the clock's thread. Raise SettingsError or StoreUnavailable when it cannot serve.
    """
    settings, _ = with_secrets(settings if settings is not None else Settings.from_environment())
    register_secrets(*settings.secrets)
    store = store if store is not None else open_store(settings)
    wired = _wire(settings, store, brokers, clock, background=background)
    wired.bots.ensure_default(settings.webhook_secret)
    app = _flask(settings)
    app.extensions[EXTENSION] = wired
    register_commands(app)
    if background and settings.background_worker and not is_running_a_command():
        wired.supervisor.start()
    return app


def open_store(settings: Settings) -> Store:
    """Open the bucket, or else the SQLite file; an SDK is imported only where it is used."""
    timeout = float(settings.store_timeout_seconds)
    if settings.gcs_bucket_name is not None:
        from app.storage.gcs import GcsStore

        return GcsStore(settings.gcs_bucket_name, timeout_seconds=timeout)
    from app.storage.sqlite import SqliteStore

    return SqliteStore(settings.database_path, timeout_seconds=timeout)


def _flask(settings: Settings) -> Flask:
    from app.blueprints import register_blueprints

    app = Flask("gatehouse", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_content_length
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's own provider
    app.json.compact = True  # type: ignore[attr-defined]
    if settings.trusted_proxy_count:
        hops = settings.trusted_proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    register_blueprints(app)
    return app


def _wire(
    settings: Settings,
    store: Store,
    brokers: Mapping[str, Broker] | None,
    clock: Clock,
    *,
    background: bool,
) -> Services:
    locks = _locks(settings)
    journal, metrics = _journal(settings, clock, told=background), Metrics(version=VERSION)
    desk = BrokerDesk(_given(brokers) if brokers is not None else _factories(settings, store, clock))
    rules = _rules(settings)
    bots, switch, ledger = BotDirectory(store, clock), GlobalSwitch(store), Ledger(store, clock)
    trades = TradeBook(store, clock)
    assessor = Assessor(
        desk=desk,
        bots=bots,
        switch=switch,
        trades=trades,
        usage=UsageBook(store, clock, trades),
        rules=rules,
        clock=clock,
    )
    trading = Trading(
        assessor=assessor,
        trades=trades,
        locks=locks,
        rules=rules,
        journal=journal,
        metrics=metrics,
        clock=clock,
    )
    inbox = Inbox(store, clock, locks, ttl_seconds=settings.idempotency_ttl_seconds)
    intake = Intake(
        store=store,
        inbox=inbox,
        ledger=ledger,
        trading=trading,
        journal=journal,
        metrics=metrics,
        clock=clock,
    )
    follower = OrderFollower(store=store, desk=desk, ledger=ledger, trades=trades, locks=locks, clock=clock)
    recovery = Recovery(
        inbox=inbox,
        intake=intake,
        ledger=ledger,
        bots=bots,
        desk=desk,
        locks=locks,
        metrics=metrics,
        clock=clock,
        read_signal=read_stored_signal,
        rules=RecoveryRules(
            default_broker=settings.default_broker,
            stale_seconds=settings.stale_alert_seconds or RECOVERY_STALE_SECONDS,
            claim_seconds=settings.inbox_claim_seconds,
        ),
    )
    operator = Operator(
        store=store,
        desk=desk,
        ledger=ledger,
        follower=follower,
        trades=trades,
        locks=locks,
        journal=journal,
        clock=clock,
    )
    tasks = (
        Task("inbox", INBOX_PERIOD_SECONDS, recovery.recover),
        Task("purge", PURGE_PERIOD_SECONDS, inbox.purge),
        Task("orders", ORDERS_PERIOD_SECONDS, follower.follow),
    )
    return Services(
        settings=settings,
        store=store,
        clock=clock,
        desk=desk,
        bots=bots,
        switch=switch,
        ledger=ledger,
        intake=intake,
        trading=trading,
        follower=follower,
        recovery=recovery,
        supervisor=Supervisor(tasks),
        operator=operator,
        health=Health(store, desk, bots, notices=_notices(settings)),
        limiter=RateLimiter(settings.rate_limit_per_second),
        journal=journal,
        metrics=metrics,
    )


def _journal(settings: Settings, clock: Clock, *, told: bool) -> Journal:
    """A server tells its owner on the console what happens; in the cloud the console is for JSON."""
    told = told and settings.log_level in {"DEBUG", "INFO"} and not settings.use_cloud_logging
    return Journal(settings.log_folder, clock=clock, console=sys.stdout if told else None)


def _locks(settings: Settings) -> Locks:
    if settings.uses_cloud_storage:
        return ThreadLocks()
    return MachineLocks(settings.database_path.parent / "locks")


def _given(brokers: Mapping[str, Broker]) -> dict[str, BrokerFactory]:
    return {name: lambda broker=broker: broker for name, broker in brokers.items()}  # type: ignore[misc]


def _factories(settings: Settings, store: Store, clock: Clock) -> dict[str, BrokerFactory]:
    """The brokers that have what they need; the paper broker always has."""
    paper = PaperSettings(
        starting_cash=settings.paper_cash,
        leverage=settings.paper_leverage,
        fee_per_order=settings.paper_fee_per_order,
        fee_fraction=settings.paper_fee_pct,
        slippage_fraction=settings.paper_slippage_pct,
        partial_fill_probability=settings.paper_partial_fill_probability,
        seed=settings.paper_seed,
        follow_alert_prices=settings.paper_follow_alert_prices,
    )
    return {"paper": lambda: PaperBroker(store, clock, paper)}


def _rules(settings: Settings) -> TradingRules:
    ceiling = Limits(
        allow_short=settings.allow_short_selling,
        market_hours_only=settings.market_hours_only,
        max_order_quantity=settings.max_order_quantity,
        daily_order_cap=settings.daily_order_cap,
        daily_notional_cap=settings.daily_notional_cap,
        per_symbol_cap=settings.per_symbol_cap,
        stale_after_seconds=settings.stale_alert_seconds,
    )
    return TradingRules(
        ceiling=ceiling,
        default_broker=settings.default_broker,
        allow_live=settings.allow_live_trading,
        dry_run=settings.dry_run,
    )


def _notices(settings: Settings) -> list[str]:
    """Warnings that hold as long as the process runs."""
    short = [
        name.upper()
        for name in ("webhook_secret", "operator_token")
        if len(getattr(settings, name) or "") < SHORT_SECRET
    ]
    return [f"{name} is shorter than {SHORT_SECRET} characters; use a longer one." for name in short]
