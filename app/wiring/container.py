"""What the blueprints and commands may use, a wing at a time, and the way to get at it."""

from collections.abc import Callable
from typing import Any

from flask import current_app

from app.clock import Clock
from app.config import Settings
from app.dataclass import dataclass
from app.repositories.account_secret import AccountSecret
from app.repositories.audit import AuditLog
from app.repositories.bots import BotDirectory
from app.repositories.change_counts import ChangeCounts
from app.repositories.notification_trials import NotificationTrial
from app.repositories.stored_record import StoredRecord
from app.repositories.structure_trades import StructureTrades
from app.repositories.tickets import Ledger
from app.repositories.trading_state import GlobalSwitch
from app.services.analytics.alerts import AlertReport
from app.services.analytics.equity import EquityReport
from app.services.analytics.performance import PerformanceReport
from app.services.broker_access.registry import BrokerRegistry
from app.services.broker_login.access import FyersAccess
from app.services.chat.announcer import Announcer
from app.services.chat.counter import ChatCounter
from app.services.chat.responses import Responses
from app.services.exits.orphan_cleanup import Cleanup
from app.services.instruments import SymbolMaster
from app.services.intake.account_limit import AccountLimit
from app.services.intake.alerts import Intake
from app.services.intake.approval_decisions import ApprovalService
from app.services.intake.rate_limit import RateLimiter
from app.services.intake.recovery import Recovery
from app.services.intake.wrong_secrets import WrongSecrets
from app.services.jobs.service import Jobs
from app.services.observability.activity_reader import ActivityReader
from app.services.observability.journal import Journal
from app.services.observability.log_archive import LogArchive
from app.services.observability.metrics import Metrics
from app.services.observability.notifier import Notifier
from app.services.observability.refusal_log import RefusalLog
from app.services.operator.backups import Backups
from app.services.operator.health import Health
from app.services.operator.option_chains import OptionChains
from app.services.operator.orders import OrderList
from app.services.operator.paper_reset import PaperReset
from app.services.operator.repeated_requests import RepeatedRequests
from app.services.operator.simulated_prices import PriceBoard
from app.services.operator.simulated_time import SimulatedTime
from app.services.operator.trial_alerts import TrialAlerts
from app.services.orders.tracking import OrderTracker
from app.services.overview.bot_cards import BotCards
from app.services.overview.broker_cards import BrokerCards
from app.services.overview.home import Home
from app.services.portfolio.circuit_breaker import EquityGuard
from app.services.portfolio.holdings import Holdings
from app.services.portfolio.loss_limits import LossLimits
from app.services.portfolio.open_trades import OpenTrades
from app.services.portfolio.positions import PositionService
from app.services.portfolio.reconciliation import Reconciliation
from app.services.portfolio.snapshots import Snapshots
from app.services.portfolio.trade_closing import TradeClosing
from app.services.portfolio.trade_history import TradeHistory
from app.services.pursuits.service import PursuitService
from app.services.runtime.supervisor import Supervisor
from app.services.runtime.worker_pool import WorkPool
from app.services.schedulers.google_tokens import GoogleCallers
from app.services.sessions.service import Sessions
from app.services.sharing.service import Sharing
from app.services.structures.exits import StructureExits
from app.services.structures.handler import StructureHandler
from app.services.structures.ladders import Ladders
from app.services.structures.settling import Settling
from app.services.structures.targets import CommandTargets
from app.services.structures.watch import StructureWatch
from app.services.trading.execution import Trading
from app.storage.base import Store
from app.wiring.analyst import Research

EXTENSION = "gatehouse"
BARE = "gatehouse-bare"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeWing:
    """What takes alerts in and carries them out."""

    alerts: Intake
    limiter: RateLimiter
    account_limit: AccountLimit
    wrong_secrets: WrongSecrets
    trading: Trading
    approvals: ApprovalService
    recovery: Recovery
    pool: WorkPool


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsWing:
    """What a person sets and looks up: bots, switches, tickets, orders, the simulated market."""

    bots: BotDirectory
    switch: GlobalSwitch
    ledger: Ledger
    orders: OrderList
    prices: PriceBoard
    simulated_time: SimulatedTime
    chains: OptionChains
    paper_reset: PaperReset
    health: Health
    audit: AuditLog
    account: AccountSecret
    trials: TrialAlerts
    repeated: RepeatedRequests
    sessions: Sessions
    wrong_tokens: WrongSecrets
    google_callers: GoogleCallers | None
    sharing: Sharing
    jobs: Jobs
    backups: Backups


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatWing:
    """What is said in Slack and Discord."""

    counter: ChatCounter
    responses: Responses
    announcer: Announcer


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioWing:
    """What is held, and what watches over it."""

    positions: PositionService
    pursuits: PursuitService
    holdings: Holdings
    snapshots: Snapshots
    trades: TradeHistory
    open_trades: OpenTrades
    trade_closing: TradeClosing
    tracker: OrderTracker
    breaker: EquityGuard
    loss_limits: LossLimits
    reconciliation: Reconciliation
    cleanup: Cleanup


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservabilityWing:
    """What is written down, counted and sent to the owner."""

    journal: Journal
    archive: LogArchive | None
    metrics: Metrics
    notifier: Notifier
    refusals: RefusalLog
    changes: ChangeCounts
    activity: ActivityReader
    settings: Callable[[], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewWing:
    """What people see at first glance."""

    home: Home
    brokers: BrokerCards
    bots: BotCards
    trial: StoredRecord[NotificationTrial]


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuresWing:
    """What trades structures of options."""

    trades: StructureTrades
    ladders: Ladders
    handler: StructureHandler
    exits: StructureExits
    watch: StructureWatch
    settling: Settling
    targets: CommandTargets


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerWing:
    """The brokers that are configured; the list of Indian contracts and the login, where Fyers is."""

    registry: BrokerRegistry
    symbols: SymbolMaster | None
    fyers: FyersAccess | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsWing:
    """What looks back at trades, alerts and opinions."""

    performance: PerformanceReport
    equity: EquityReport
    alerts: AlertReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The wings of one application, made by `create_app`, and what all of them stand on."""

    settings: Settings
    store: Store
    clock: Clock
    supervisor: Supervisor
    intake: IntakeWing
    operations: OperationsWing
    portfolio: PortfolioWing
    chat: ChatWing
    structures: StructuresWing
    observability: ObservabilityWing
    brokers: BrokerWing
    overview: OverviewWing
    research: Research
    analytics: AnalyticsWing


@dataclass(frozen=True, slots=True)
class Bare:
    """What a command has that must find stores as they are, before anything is wired to one."""

    settings: Settings
    clock: Clock


def bare() -> Bare:
    """Return what a command has that runs without a house."""
    found: Bare | None = current_app.extensions.get(BARE)
    return found if found is not None else Bare(services().settings, services().clock)


def services() -> Services:
    """Return the wings of the application that serves this request."""
    found: Services = current_app.extensions[EXTENSION]
    return found


def intake() -> IntakeWing:
    """Return what takes alerts in."""
    return services().intake


def operations() -> OperationsWing:
    """Return what a person sets and looks up."""
    return services().operations


def chat() -> ChatWing:
    """Return what chat uses."""
    return services().chat


def portfolio() -> PortfolioWing:
    """Return what is held, and what watches over it."""
    return services().portfolio


def analytics() -> AnalyticsWing:
    """Return what looks back."""
    return services().analytics


def observability() -> ObservabilityWing:
    """Return what writes down, counts and sends messages."""
    return services().observability


def overview() -> OverviewWing:
    """Return what people see at first glance."""
    return services().overview


def brokers() -> BrokerWing:
    """Return the brokers and what they need."""
    return services().brokers
