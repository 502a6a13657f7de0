"""How the clock's own collaborators are made: those that look after orders and positions by themselves."""

from collections.abc import Callable
from functools import cached_property

from app.domain.audit import Actor
from app.repositories.account_beginnings import AccountBeginnings
from app.repositories.broker_snapshots import BrokerSnapshots
from app.repositories.chat import StoredChat
from app.repositories.circuit_breaker import StoredBreakers
from app.repositories.cleanup_runs import CleanupRuns
from app.repositories.differences import ReportedDifferences
from app.repositories.equity import EquityHistory
from app.repositories.exit_plans import ExitPlans
from app.repositories.operator_requests import OperatorRequests
from app.repositories.structure_trades import StructureTrades
from app.services.broker_login.login import FyersLogin
from app.services.exits.monitor import ExitMonitor
from app.services.exits.orphan_cleanup import Cleanup
from app.services.instruments import ATTEND_SECONDS
from app.services.instruments.resolver import Instruments
from app.services.jobs.service import PERIOD_SECONDS as JOBS_SECONDS
from app.services.jobs.service import Jobs
from app.services.observability.log_archive import PERIOD_SECONDS as ARCHIVE_SECONDS
from app.services.observability.ticket_messages import notify_lost_leader
from app.services.operator.backups import PERIOD_SECONDS as BACKUP_SECONDS
from app.services.operator.backups import Backups
from app.services.operator.paper_reset import PaperReset
from app.services.operator.repeated_requests import PERIOD_SECONDS as REPEATED_SECONDS
from app.services.operator.repeated_requests import RepeatedRequests
from app.services.orders.resting_orders import PERIOD_SECONDS, RestingOrders
from app.services.orders.tracking import OrderTracker
from app.services.portfolio.breaker_reports import BreakerReports
from app.services.portfolio.circuit_breaker import EquityGuard
from app.services.portfolio.equity import PERIOD_SECONDS as EQUITY_SECONDS
from app.services.portfolio.equity import EquityRecorder
from app.services.portfolio.liquidation import Liquidation
from app.services.portfolio.positions import PositionService
from app.services.portfolio.reconciliation import Reconciliation
from app.services.runtime.leases import Leases
from app.services.runtime.second_look import SecondLook
from app.services.runtime.supervisor import Task
from app.services.sharing.service import PURGE_SECONDS as SHARES_SECONDS
from app.services.trading.preview import Preview
from app.wiring.analytics import analytics_tasks
from app.wiring.backups import backups_of
from app.wiring.foundation import Foundation
from app.wiring.jobs import jobs_of

LOGIN_PERIOD_SECONDS = 30.0
# A database has its partitions two months ahead.
STORE_SECONDS = 6 * 3600.0
CHAT_SECONDS = 60.0


class Upkeep:
    """The collaborators beside the alerts' way, by name."""

    def __init__(
        self,
        base: Foundation,
        tracker: OrderTracker,
        positions: PositionService,
        exits: ExitMonitor,
        instruments: Instruments,
        previews: Callable[[], Preview],
    ) -> None:
        self.base = base
        self.tracker = tracker
        self.positions = positions
        self.exits = exits
        self.instruments = instruments
        self._previews = previews
        self.settings = base.settings

    @cached_property
    def leases(self) -> Leases:
        """Which process runs the clock's single tasks."""
        locks = self.base.locks
        return Leases(
            self.base.store,
            self.base.clock,
            locks.owner,
            on_lost=lambda _: notify_lost_leader(self.base.journal, self.base.notifier),
            is_gone=lambda owner: locks.is_alive(owner) is False,
            life=locks.life,
        )

    @cached_property
    def cleanup(self) -> Cleanup:
        """Exits without a position."""
        return Cleanup(
            runs=CleanupRuns(self.base.store),
            runtime=self.base.runtime,
            tracker=self.tracker,
            gateway=self.base.gateway,
            trades=self.base.trades,
            open_orders=self.base.open_orders,
            looks=SecondLook(self.base.clock),
        )

    @cached_property
    def reconciliation(self) -> Reconciliation:
        """Positions against trades."""
        return Reconciliation(
            runtime=self.base.runtime,
            open_orders=self.base.open_orders,
            trades=self.base.trades,
            structures=StructureTrades(self.base.store),
            findings=ReportedDifferences(self.base.store),
            tracker=self.tracker,
            gateway=self.base.gateway,
            period_seconds=self.settings.reconcile_seconds,
            looks=SecondLook(self.base.clock),
        )

    @cached_property
    def breaker(self) -> EquityGuard:
        """The portfolio's circuit breaker."""
        stored = StoredBreakers(self.base.store)
        return EquityGuard(
            stored=stored,
            reports=BreakerReports(stored, self.base.runtime),
            bots=self.base.bots,
            runtime=self.base.runtime,
            switch=self.base.switch,
            liquidation=Liquidation(
                runtime=self.base.runtime,
                positions=self.positions,
                gateway=self.base.gateway,
                looks=SecondLook(self.base.clock),
            ),
            new_ticket_id=self.base.new_ticket_id,
            default_broker=self.settings.default_broker,
        )

    @cached_property
    def paper_reset(self) -> PaperReset:
        """The simulated account, started anew."""
        return PaperReset(
            runtime=self.base.runtime,
            ledger=self.base.ledger,
            open_orders=self.base.open_orders,
            exits=ExitPlans(self.base.store),
            trades=self.base.trades,
            structures=StructureTrades(self.base.store),
            kept=BrokerSnapshots(self.base.store),
            beginnings=AccountBeginnings(self.base.store),
            breaker=self.breaker,
            leases=self.leases,
        )

    @cached_property
    def pending(self) -> RestingOrders:
        """Orders at the market that rest."""
        return RestingOrders(
            open_orders=self.base.open_orders,
            runtime=self.base.runtime,
            tracker=self.tracker,
            instruments=self.instruments,
            gateway=self.base.gateway,
            ensure_exits=self.exits.ensure,
            bots=self.base.bots,
            switch=self.base.switch,
            after_seconds=self.settings.mpp_pending_seconds,
            action=self.settings.mpp_pending_action,
        )

    @cached_property
    def equity(self) -> EquityRecorder:
        """What accounts are worth, every few minutes."""
        return EquityRecorder(self.base.registry, EquityHistory(self.base.store), self.base.clock)

    @cached_property
    def jobs(self) -> Jobs:
        """What runs in the background."""
        return jobs_of(self.base, self._previews)

    @cached_property
    def repeated(self) -> RepeatedRequests:
        """What operators asked for under a key of theirs."""
        return RepeatedRequests(OperatorRequests(self.base.store), self.base.clock, self.base.wait)

    @property
    def logins(self) -> dict[str, FyersLogin]:
        """Logins that people renew, by broker."""
        return {} if self.base.fyers is None else {"fyers": self.base.fyers.login}

    @property
    def login_tasks(self) -> tuple[Task, ...]:
        """What looks after those logins."""
        fyers = self.base.fyers
        return () if fyers is None else (Task("login", LOGIN_PERIOD_SECONDS, fyers.watch.run),)

    @cached_property
    def backups(self) -> Backups:
        """Copies of everything, once a day."""
        base = self.base
        return backups_of(self.settings, base.store, base.clock, base.journal, base.notifier)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What all this does by the clock; the list of contracts only where there is one."""
        settings, symbols = self.settings, self.base.symbols
        tasks = (
            Task("circuit breaker", settings.circuit_breaker_seconds, self.breaker.watch),
            Task("equity", EQUITY_SECONDS, self.equity.run),
            Task("cleanup", settings.cleanup_seconds, lambda: len(self.cleanup.run(by=Actor.CLOCK).canceled)),
            Task("market orders", PERIOD_SECONDS, self.pending.run),
            Task("reconcile", settings.reconcile_seconds, self.reconciliation.run),
            *analytics_tasks(self.base),
            Task("jobs", JOBS_SECONDS, self.jobs.run),
            Task("operator requests", REPEATED_SECONDS, self.repeated.purge),
            Task("shares", SHARES_SECONDS, self.base.sharing.purge),
            Task("chat", CHAT_SECONDS, lambda: StoredChat(self.base.store).purge(self.base.clock())),
            Task("store", STORE_SECONDS, self.base.store.upkeep),
            Task("backup", BACKUP_SECONDS, self.backups.run),
        )
        if self.base.archive is not None:
            tasks += (Task("log archive", ARCHIVE_SECONDS, self.base.archive.run, everywhere=True),)
        return tasks if symbols is None else (*tasks, Task("symbol master", ATTEND_SECONDS, symbols.ensure))
