"""Everything that the blueprints may use, and the one way to get at it."""

from dataclasses import dataclass

from flask import current_app

from app.brokers.base import Broker
from app.clock import Clock
from app.config import Settings
from app.repositories.bots import BotDirectory
from app.repositories.tickets import Ledger
from app.repositories.trading_state import GlobalSwitch
from app.services.broker_access.registry import BrokerRegistry
from app.services.broker_login.access import FyersAccess
from app.services.exits.orphan_cleanup import Cleanup
from app.services.instruments import SymbolMaster
from app.services.intake.alerts import Intake
from app.services.intake.approval_decisions import ApprovalService
from app.services.intake.rate_limit import RateLimiter
from app.services.intake.recovery import Recovery
from app.services.observability.journal import Journal
from app.services.observability.metrics import Metrics
from app.services.observability.notifier import Notifier
from app.services.operator.health import Health
from app.services.operator.orders import OrderList
from app.services.operator.paper_reset import PaperReset
from app.services.operator.simulated_prices import PriceBoard
from app.services.orders.tracking import OrderTracker
from app.services.portfolio.circuit_breaker import EquityGuard
from app.services.portfolio.holdings import Holdings
from app.services.portfolio.positions import PositionService
from app.services.portfolio.reconciliation import Reconciliation
from app.services.portfolio.snapshots import Snapshots
from app.services.portfolio.trade_history import TradeHistory
from app.services.runtime.supervisor import Supervisor
from app.services.runtime.worker_pool import WorkPool
from app.services.trading.execution import Trading
from app.storage.base import Store
from app.wiring.analyst import Research

EXTENSION = "gatehouse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The collaborators of one application, made by `create_app`."""

    settings: Settings
    store: Store
    clock: Clock
    registry: BrokerRegistry
    bots: BotDirectory
    switch: GlobalSwitch
    ledger: Ledger
    intake: Intake
    trading: Trading
    tracker: OrderTracker
    recovery: Recovery
    approvals: ApprovalService
    pool: WorkPool
    supervisor: Supervisor
    orders: OrderList
    positions: PositionService
    holdings: Holdings
    snapshots: Snapshots
    prices: PriceBoard
    trades: TradeHistory
    paper_reset: PaperReset
    health: Health
    limiter: RateLimiter
    journal: Journal
    metrics: Metrics
    notifier: Notifier
    cleanup: Cleanup
    breaker: EquityGuard
    reconciliation: Reconciliation
    symbols: SymbolMaster | None
    fyers: FyersAccess | None
    research: Research

    @property
    def brokers(self) -> list[Broker]:
        """The configured brokers."""
        return self.registry.all()


def services() -> Services:
    """Return the collaborators of the application that serves this request."""
    found: Services = current_app.extensions[EXTENSION]
    return found
