"""Who works with whom: each collaborator is made once, from the others and the settings."""

import sys
from collections.abc import Mapping
from functools import cached_property

from app.brokers.base import Broker
from app.config import Settings
from app.container import Services
from app.policies import broker_factories, recovery_rules, trading_rules
from app.schemas.alerts import read_stored_signal
from app.services.bots import BotDirectory
from app.services.clock import Clock
from app.services.health import SHORT_SECRET, Health
from app.services.intake.alerts import Intake
from app.services.intake.inbox import Inbox
from app.services.intake.rate_limit import RateLimiter
from app.services.intake.recovery import Recovery
from app.services.journal import Journal
from app.services.ledger import Ledger
from app.services.locks import Locks, MachineLocks, ThreadLocks
from app.services.metrics import Metrics
from app.services.operator.orders import OrderList
from app.services.operator.positions import PositionDesk
from app.services.operator.prices import PriceBoard
from app.services.routing import BrokerDesk, BrokerFactory
from app.services.supervisor import Supervisor, Task
from app.services.switches import GlobalSwitch
from app.services.trading.assessment import Assessor
from app.services.trading.case import TradingRules
from app.services.trading.clearing import Clearing
from app.services.trading.execution import Trading
from app.services.trading.following import OrderFollower
from app.services.trading.trades import TradeBook
from app.services.trading.usage import UsageBook
from app.services.trading.working_orders import WorkingOrders
from app.storage.base import Store
from app.version import VERSION

INBOX_PERIOD_SECONDS = 2.0
ORDERS_PERIOD_SECONDS = 5.0
PURGE_PERIOD_SECONDS = 60.0
USAGE_REFRESH_SECONDS = 2.0


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
            orders=self.orders,
            positions=self.positions,
            prices=PriceBoard(desk=self.desk, follower=self.follower),
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
            return BrokerDesk(broker_factories(self.settings, self.store, self.clock))
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
        return trading_rules(self.settings)

    @cached_property
    def assessor(self) -> Assessor:
        """Everything before the broker is told."""
        return Assessor(
            desk=self.desk,
            bots=self.bots,
            switch=self.switch,
            trades=self.trades,
            usage=UsageBook(self.store, self.clock, self.trades, refresh_seconds=self._usage_refresh),
            working_orders=self.working_orders,
            clearing=Clearing(self.working_orders, self.clock),
            rules=self.rules,
            clock=self.clock,
        )

    @property
    def _usage_refresh(self) -> float:
        """A bucket is served by one process, which knows its own entries; listing it is dear."""
        return USAGE_REFRESH_SECONDS if self.settings.uses_cloud_storage else 0

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
    def working_orders(self) -> WorkingOrders:
        """What bots have waiting."""
        return WorkingOrders(self.follower)

    @cached_property
    def recovery(self) -> Recovery:
        """What a crash left in the inbox."""
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
            rules=recovery_rules(self.settings),
        )

    @cached_property
    def orders(self) -> OrderList:
        """Every order that we know of."""
        return OrderList(
            store=self.store,
            desk=self.desk,
            ledger=self.ledger,
            follower=self.follower,
            journal=self.journal,
        )

    @cached_property
    def positions(self) -> PositionDesk:
        """Every broker's positions."""
        return PositionDesk(
            store=self.store,
            desk=self.desk,
            ledger=self.ledger,
            follower=self.follower,
            trades=self.trades,
            working_orders=self.working_orders,
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
        return Health(
            store=self.store,
            desk=self.desk,
            bots=self.bots,
            switch=self.switch,
            supervisor=self.supervisor,
            clock=self.clock,
            default_broker=self.settings.default_broker,
            notices=notices,
        )


def _always(broker: Broker) -> BrokerFactory:
    return lambda: broker
