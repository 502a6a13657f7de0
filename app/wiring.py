"""Who works with whom: each collaborator is made once, from the others and the settings."""

import sys
from collections.abc import Mapping
from functools import cached_property

from app.brokers.base import Broker
from app.brokers.paper import PaperBroker, PaperSettings
from app.config import Settings
from app.container import Services
from app.domain.limits import Limits
from app.schemas.alerts import read_stored_signal
from app.services.assessment import Assessor
from app.services.bots import BotDirectory
from app.services.case import TradingRules
from app.services.clock import Clock
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


class Wiring:
    """The collaborators of one application, by name; `told` repeats the activity log on the console."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        brokers: Mapping[str, Broker] | None,
        clock: Clock,
        *,
        told: bool,
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self._brokers = brokers
        self._told = told

    def services(self) -> Services:
        """Return what the blueprints and commands may use."""
        return Services(
            settings=self.settings,
            store=self.store,
            clock=self.clock,
            desk=self.desk,
            bots=self.bots,
            switch=self.switch,
            ledger=self.ledger,
            intake=self.intake,
            trading=self.trading,
            follower=self.follower,
            recovery=self.recovery,
            supervisor=self.supervisor,
            operator=self.operator,
            health=self.health,
            limiter=RateLimiter(self.settings.rate_limit_per_second),
            journal=self.journal,
            metrics=self.metrics,
        )

    @cached_property
    def locks(self) -> Locks:
        """Exclusion on this machine where the state is on it, else in this process."""
        if self.settings.uses_cloud_storage:
            return ThreadLocks()
        return MachineLocks(self.settings.database_path.parent / "locks")

    @cached_property
    def journal(self) -> Journal:
        """The logs of alerts and exchanges; in the cloud the console is for JSON."""
        settings = self.settings
        told = self._told and settings.log_level in {"DEBUG", "INFO"} and not settings.use_cloud_logging
        return Journal(settings.log_folder, clock=self.clock, console=sys.stdout if told else None)

    @cached_property
    def metrics(self) -> Metrics:
        """The series that /metrics shows."""
        return Metrics(version=VERSION)

    @cached_property
    def desk(self) -> BrokerDesk:
        """The brokers: those handed in, or those whose settings are there."""
        if self._brokers is None:
            return BrokerDesk(self._factories())
        return BrokerDesk({name: _always(broker) for name, broker in self._brokers.items()})

    @cached_property
    def bots(self) -> BotDirectory:
        """The bots."""
        return BotDirectory(self.store, self.clock)

    @cached_property
    def switch(self) -> GlobalSwitch:
        """The global kill switch."""
        return GlobalSwitch(self.store)

    @cached_property
    def ledger(self) -> Ledger:
        """All tickets."""
        return Ledger(self.store, self.clock)

    @cached_property
    def trades(self) -> TradeBook:
        """Whose part of a position is whose."""
        return TradeBook(self.store, self.clock)

    @cached_property
    def rules(self) -> TradingRules:
        """What the environment says about trading."""
        settings = self.settings
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

    @cached_property
    def assessor(self) -> Assessor:
        """Everything before the broker is told."""
        return Assessor(
            desk=self.desk,
            bots=self.bots,
            switch=self.switch,
            trades=self.trades,
            usage=UsageBook(self.store, self.clock, self.trades),
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def trading(self) -> Trading:
        """From a signal to its orders."""
        return Trading(
            assessor=self.assessor,
            trades=self.trades,
            locks=self.locks,
            rules=self.rules,
            journal=self.journal,
            metrics=self.metrics,
            clock=self.clock,
        )

    @cached_property
    def inbox(self) -> Inbox:
        """The idempotency cache and durable queue."""
        return Inbox(self.store, self.clock, self.locks, ttl_seconds=self.settings.idempotency_ttl_seconds)

    @cached_property
    def intake(self) -> Intake:
        """From an alert to its answer."""
        return Intake(
            store=self.store,
            inbox=self.inbox,
            ledger=self.ledger,
            trading=self.trading,
            journal=self.journal,
            metrics=self.metrics,
            clock=self.clock,
        )

    @cached_property
    def follower(self) -> OrderFollower:
        """Orders that outlive their alert."""
        return OrderFollower(
            store=self.store,
            desk=self.desk,
            ledger=self.ledger,
            trades=self.trades,
            locks=self.locks,
            clock=self.clock,
        )

    @cached_property
    def recovery(self) -> Recovery:
        """What a crash left in the inbox."""
        settings = self.settings
        return Recovery(
            inbox=self.inbox,
            intake=self.intake,
            ledger=self.ledger,
            bots=self.bots,
            desk=self.desk,
            locks=self.locks,
            metrics=self.metrics,
            clock=self.clock,
            read_signal=read_stored_signal,
            rules=RecoveryRules(
                default_broker=settings.default_broker,
                stale_seconds=settings.stale_alert_seconds or RECOVERY_STALE_SECONDS,
                claim_seconds=settings.inbox_claim_seconds,
            ),
        )

    @cached_property
    def operator(self) -> Operator:
        """What the operator does beside the alerts."""
        return Operator(
            store=self.store,
            desk=self.desk,
            ledger=self.ledger,
            follower=self.follower,
            trades=self.trades,
            locks=self.locks,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def supervisor(self) -> Supervisor:
        """The clock."""
        tasks = (
            Task("inbox", INBOX_PERIOD_SECONDS, self.recovery.recover),
            Task("purge", PURGE_PERIOD_SECONDS, self.inbox.purge),
            Task("orders", ORDERS_PERIOD_SECONDS, self.follower.follow),
        )
        return Supervisor(tasks)

    @cached_property
    def health(self) -> Health:
        """Whether every part answers; short secrets are worth a warning as long as the process runs."""
        names = ("webhook_secret", "operator_token")
        short = [name for name in names if len(getattr(self.settings, name) or "") < SHORT_SECRET]
        notices = [
            f"{name.upper()} is shorter than {SHORT_SECRET} characters; use a longer one." for name in short
        ]
        return Health(self.store, self.desk, self.bots, notices=notices)

    def _factories(self) -> dict[str, BrokerFactory]:
        return {"paper": lambda: PaperBroker(self.store, self.clock, _paper_settings(self.settings))}


def _always(broker: Broker) -> BrokerFactory:
    return lambda: broker


def _paper_settings(settings: Settings) -> PaperSettings:
    return PaperSettings(
        starting_cash=settings.paper_cash,
        leverage=settings.paper_leverage,
        fee_per_order=settings.paper_fee_per_order,
        fee_fraction=settings.paper_fee_pct,
        slippage_fraction=settings.paper_slippage_pct,
        partial_fill_probability=settings.paper_partial_fill_probability,
        seed=settings.paper_seed,
        follow_alert_prices=settings.paper_follow_alert_prices,
    )
