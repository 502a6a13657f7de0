"""What every collaborator stands on: the store, the brokers, the logs and the owner's ear."""

import logging
import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property, partial

from app.brokers.base import Broker
from app.brokers.registry import BROKERS
from app.clock import Clock, Monotonic, Wait
from app.config import Settings
from app.domain.sessions import Role
from app.domain.tickets import Randomness
from app.domain.topics import Topic
from app.repositories.account_secret import AccountSecret
from app.repositories.audit import AuditLog
from app.repositories.bots import BotDirectory
from app.repositories.change_counts import ChangeCounts
from app.repositories.door_refusals import StoredRefusals
from app.repositories.open_orders import OpenOrders
from app.repositories.process_store import ProcessStore
from app.repositories.pursuits import Pursuits
from app.repositories.sessions import StoredSessions
from app.repositories.shares import Shares
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.repositories.trading_state import GlobalSwitch
from app.services.analyst.base import Analyst
from app.services.analyst.failure_limit import FailureCount
from app.services.base import Runtime
from app.services.broker_access.gateway import Gateway
from app.services.broker_access.registry import BrokerFactory, BrokerRegistry
from app.services.broker_access.resubmission import ResubmissionPolicy
from app.services.broker_login.access import FyersAccess
from app.services.instruments import SymbolMaster
from app.services.observability.journal import Journal
from app.services.observability.log_archive import LogArchive
from app.services.observability.metrics import Metrics
from app.services.observability.notifier import Notifier, Send
from app.services.observability.refusal_log import RefusalLog
from app.services.observability.ticket_messages import TicketMessages
from app.services.runtime.locks import NONCE_BYTES, Locks
from app.services.sessions.service import Sessions
from app.services.sharing.service import Sharing
from app.storage.base import Store
from app.ticket_ids import ticket_ids
from app.version import VERSION
from app.wiring.analyst import Research
from app.wiring.backup_places import log_archive
from app.wiring.brokers import Brokerage, fyers_access
from app.wiring.policies import tells_people
from app.wiring.shared_parts import SharedParts
from app.wiring.stores import open_token_store


class Foundation:
    """The parts that need none but themselves; `on_console` repeats the activity log on the console."""

    shared_parts: type[SharedParts] = SharedParts

    def __init__(  # noqa: PLR0913  # what came in by that door
        self,
        settings: Settings,
        store: Store,
        brokers: Mapping[str, Broker] | None,
        clock: Clock,
        *,
        wait: Wait,
        monotonic: Monotonic,
        randomness: Randomness,
        notify: Send | None,
        analyst: Analyst | None,
        on_console: bool,
    ) -> None:
        self.settings = settings
        self.shared = self.shared_parts(settings, store)
        self.changes = ChangeCounts(self.shared.counts())
        self.store = ProcessStore(store, self.changes)
        self.clock = clock
        self.wait = wait
        self.monotonic = monotonic
        self._randomness = randomness
        self.new_ticket_id = ticket_ids(randomness)
        self._brokers = brokers
        self._notify = notify
        self._analyst = analyst
        self._on_console = on_console

    @cached_property
    def locks(self) -> Locks:
        """Exclusion among the processes that share the state."""
        return self.shared.locks(self._randomness(NONCE_BYTES).hex())

    @cached_property
    def journal(self) -> Journal:
        """The logs of alerts and exchanges."""
        console = sys.stdout if self._on_console and tells_people(self.settings) else None
        cloud = logging.getLogger("gatehouse.alerts") if self.settings.use_cloud_logging else None
        folder = self.settings.log_folder
        return Journal(folder, clock=self.clock, console=console, cloud=cloud, archive=self.archive)

    @cached_property
    def archive(self) -> LogArchive | None:
        """The logs in a bucket, where they are in no folder."""
        return log_archive(self.settings, self.clock, self.locks.owner)

    @cached_property
    def metrics(self) -> Metrics:
        """The series that /metrics shows."""
        return Metrics(version=VERSION, clock=self.clock)

    @cached_property
    def notifier(self) -> Notifier:
        """What sends messages to the owner."""
        settings = self.settings
        return Notifier(
            settings.notification_url, settings.notification_topic, clock=self.clock, send=self._notify
        )

    @cached_property
    def refusals(self) -> RefusalLog:
        """What was turned away at the door."""
        stored = StoredRefusals(self.store)
        return RefusalLog(
            stored,
            journal=self.journal,
            metrics=self.metrics,
            notifier=self.notifier,
            clock=self.clock,
            noted=lambda: self.changes.note(Topic.REFUSALS),
        )

    @cached_property
    def ticket_messages(self) -> TicketMessages:
        """Which tickets the owner gets a message about."""
        return TicketMessages(self.notifier, self.journal)

    @cached_property
    def runtime(self) -> Runtime:
        """What most services stand on."""
        return Runtime(
            store=self.store,
            audit=self.audit,
            clock=self.clock,
            wait=self.wait,
            locks=self.locks,
            journal=self.journal,
            notifier=self.notifier,
            registry=self.registry,
        )

    @cached_property
    def gateway(self) -> Gateway:
        """The one place that sends anything to a broker."""
        return Gateway(
            locks=self.locks,
            journal=self.journal,
            metrics=self.metrics,
            clock=self.clock,
            wait=self.wait,
            dry_run=self.settings.dry_run,
        )

    @cached_property
    def resubmission(self) -> ResubmissionPolicy:
        """What may be sent again."""
        return ResubmissionPolicy(self.clock, timedelta(seconds=self.settings.unknown_grace_seconds))

    def processes(self) -> int:
        """Return how many processes take alerts for the same accounts, as far as is known here."""
        return max(self.settings.web_concurrency, self.locks.processes())

    @cached_property
    def registry(self) -> BrokerRegistry:
        """The brokers: those handed in, or those whose settings are there."""
        known = {name: entry.capabilities for name, entry in BROKERS.items()}
        needs = {name: entry.needed for name, entry in BROKERS.items()}
        if self._brokers is None:
            brokerage = Brokerage(
                settings=self.settings,
                store=self.store,
                clock=self.clock,
                wait=self.wait,
                fyers=self.fyers,
                symbols=self.symbols,
                processes=self.processes,
            )
            return BrokerRegistry(brokerage.factories(), known, needs)
        return BrokerRegistry({name: _always(broker) for name, broker in self._brokers.items()}, known, needs)

    @cached_property
    def fyers(self) -> FyersAccess | None:
        """The login at Fyers, where an app is set up for it."""
        note, audit = self.journal.activity, self.audit
        beside = partial(open_token_store, self.settings)
        return fyers_access(
            self.settings, self.store, self.clock, self.notifier, note, audit, token_store=beside
        )

    @cached_property
    def research(self) -> Research:
        """Opinions on proposed trades."""
        failures = FailureCount(
            store=self.store,
            bots=self.bots,
            clock=self.clock,
            journal=self.journal,
            notifier=self.notifier,
            limit=self.settings.analyst_failure_limit,
        )
        return Research(settings=self.settings, failures=failures, given=self._analyst)

    @cached_property
    def symbols(self) -> SymbolMaster | None:
        """The list of Indian contracts; None where Fyers is not configured."""
        settings = self.settings
        if settings.fyers_app_id is None:
            return None
        return SymbolMaster(
            store=self.store,
            url=settings.fyers_symbol_master_url,
            max_age_days=settings.symbol_master_max_age_days,
            clock=self.clock,
            notifier=self.notifier,
            in_background=settings.background_worker,
        )

    @cached_property
    def audit(self) -> AuditLog:
        """Who changed what."""
        return AuditLog(self.store, self.clock, self.new_ticket_id)

    @cached_property
    def sharing(self) -> Sharing:
        """Links that show something once."""
        return Sharing(Shares(self.store), self.clock, self._randomness)

    @cached_property
    def bots(self) -> BotDirectory:
        """The bots."""
        return BotDirectory(self.store, self.clock, self.audit)

    @cached_property
    def account(self) -> AccountSecret:
        """The account's secret."""
        return AccountSecret(self.store, self.clock, self.audit)

    @cached_property
    def sessions(self) -> Sessions:
        """Who is signed in to the dashboard."""
        settings = self.settings
        tokens = {Role.OPERATOR: settings.operator_token, Role.VIEWER: settings.viewer_token}
        return Sessions(
            StoredSessions(self.store),
            tokens={role: token for role, token in tokens.items() if token is not None},
            clock=self.clock,
            audit=self.audit,
            journal=self.journal,
            looks_at_once=settings.state_home.is_shared,
        )

    @cached_property
    def switch(self) -> GlobalSwitch:
        """The global kill switch."""
        return GlobalSwitch(self.store, self.audit)

    @cached_property
    def open_orders(self) -> OpenOrders:
        """Orders that can still change."""
        return OpenOrders(self.store)

    @cached_property
    def pursuits(self) -> Pursuits:
        """Exits that are not done yet and go on."""
        return Pursuits(self.store, seconds=self.settings.exit_pursuit_seconds)

    @cached_property
    def trades(self) -> Trades:
        """Whose part of a position is whose."""
        return Trades(self.store, self.clock)

    @cached_property
    def ledger(self) -> Ledger:
        """All tickets."""
        return Ledger(self.store, self.clock)


def _always(broker: Broker) -> BrokerFactory:
    return lambda: broker
