"""Who works with whom: each collaborator is made once, from the others and the settings."""

from functools import cached_property

from app.repositories.broker_snapshots import BrokerSnapshots
from app.repositories.exit_plans import ExitPlans
from app.repositories.strategy_positions import StrategyPositions
from app.repositories.structure_trades import StructureTrades
from app.services.amendments import Amendments, CancelReplace
from app.services.exits.monitor import ExitMonitor
from app.services.exits.placement import ExitPlacement
from app.services.instruments.resolver import Instruments, no_contracts
from app.services.observability.refusal_log import PERIOD_SECONDS as REFUSALS_SECONDS
from app.services.operator.health import Health
from app.services.operator.orders import OrderList
from app.services.operator.simulated_prices import PriceBoard
from app.services.orders.tracking import OrderTracker
from app.services.orders.working import WorkingOrders
from app.services.portfolio.holdings_log import HoldingsLog
from app.services.portfolio.loss_limits import LossLimits
from app.services.portfolio.positions import PositionService
from app.services.portfolio.snapshots import PERIOD_SECONDS as SNAPSHOT_SECONDS
from app.services.portfolio.snapshots import Snapshots
from app.services.portfolio.trade_closing import TradeClosing
from app.services.portfolio.trade_history import TradeHistory
from app.services.pursuits.service import PursuitService
from app.services.runtime.second_look import SecondLook
from app.services.runtime.supervisor import Supervisor, Task
from app.services.trading.alert_order import AlertOrder
from app.services.trading.assessment import Assessor
from app.services.trading.bookings import OrderBookings
from app.services.trading.conflicting_orders import ConflictingOrders
from app.services.trading.context import TradingRules
from app.services.trading.entry_usage import EntryUsage
from app.services.trading.execution import Trading
from app.services.trading.gate_check import GateCheck
from app.services.trading.position_plan import PositionPlanner
from app.wiring.background import Upkeep
from app.wiring.foundation import Foundation
from app.wiring.intake import Reception
from app.wiring.losses import entry_usage, loss_limits, loss_task
from app.wiring.open_alerts import OpenAlerts
from app.wiring.policies import notices, trading_rules
from app.wiring.portfolio import LateExits, position_service, trade_history
from app.wiring.pursuits import behind_exits, pursuit_service, pursuit_task, submission
from app.wiring.structures import StructuresWiring


class Wiring:
    """The collaborators of one application, by name."""

    def __init__(self, base: Foundation) -> None:
        self.base = base
        self.settings, self.store, self.clock = base.settings, base.store, base.clock

    @cached_property
    def rules(self) -> TradingRules:
        """What the environment says about trading."""
        return trading_rules(self.settings)

    @cached_property
    def assessor(self) -> Assessor:
        """Everything before the broker is told."""
        return Assessor(
            registry=self.base.registry,
            switch=self.base.switch,
            instruments=self.instruments,
            planner=PositionPlanner(
                bots=self.base.bots,
                trades=self.base.trades,
                structures=StructureTrades(self.store),
                open_orders=self.base.open_orders,
                working_orders=self.working_orders,
                behind_exits=behind_exits(self.base),
                clock=self.clock,
            ),
            usage=self.usage,
            conflicts=ConflictingOrders(self.working_orders, self.base.gateway, self.clock),
            gate_check=self.gate_check,
            rules=self.rules,
            clock=self.clock,
            reads=self.base.store,
            turns=self.open_alerts.interrupted,
        )

    @cached_property
    def open_alerts(self) -> OpenAlerts:
        """What is known of alerts that are not finished."""
        return OpenAlerts(self.base)

    @cached_property
    def instruments(self) -> Instruments:
        """What alerts want to trade."""
        symbols = self.base.symbols
        return Instruments(no_contracts if symbols is None else symbols.index, self.clock)

    @cached_property
    def gate_check(self) -> GateCheck:
        """What may be sent."""
        return GateCheck(
            bots=self.base.bots,
            trades=self.base.trades,
            usage=self.usage,
            turns=self.open_alerts.interrupted,
            knows_equity=self.upkeep.breaker.stored.knows_equity,
            loss_limits=self.loss_limits,
            rules=self.rules,
            clock=self.clock,
        )

    @cached_property
    def loss_limits(self) -> LossLimits:
        """What bots and accounts have lost today."""
        return loss_limits(self.base, self.snapshots, self.rules)

    @cached_property
    def usage(self) -> EntryUsage:
        """What bots have used up of their caps."""
        return entry_usage(self.base)

    @cached_property
    def trading(self) -> Trading:
        """From a signal to its orders."""
        return Trading(
            assessor=self.assessor,
            submission=submission(self.base, self.assessor),
            bookings=OrderBookings(self.base.trades, self.exit_plans, self.clock),
            ensure_exits=self.exits.ensure,
            alert_order=AlertOrder(StrategyPositions(self.store), self.base.ledger, self.clock),
            clock=self.clock,
        )

    @cached_property
    def exit_plans(self) -> ExitPlans:
        """What is protected."""
        return ExitPlans(self.store)

    @cached_property
    def exits(self) -> ExitMonitor:
        """Stop-losses and take-profits."""
        placement = ExitPlacement(
            runtime=self.base.runtime,
            open_orders=self.base.open_orders,
            plans=self.exit_plans,
            gateway=self.base.gateway,
            resubmission=self.base.resubmission,
        )
        return ExitMonitor(
            open_orders=self.base.open_orders,
            plans=self.exit_plans,
            runtime=self.base.runtime,
            trades=self.base.trades,
            tracker=self.tracker,
            working_orders=self.working_orders,
            placement=placement,
            gateway=self.base.gateway,
            pursuits=self.base.pursuits,
            saw=self.snapshots.saw,
        )

    @cached_property
    def pursuits(self) -> PursuitService:
        """Exits that go on."""
        return pursuit_service(self.base, self.trading, self.tracker, self.exits.ensure)

    @cached_property
    def commands(self) -> Amendments:
        """What alerts ask about orders that work already."""
        cancel_replace = CancelReplace(self.base.gateway, self.clock)
        return Amendments.over(self.assessor, cancel_replace, self.store, self.base.ledger)

    @cached_property
    def reception(self) -> Reception:
        """What takes alerts in."""
        structures, agree = self.structures.handler, self.upkeep.reconciliation.agree
        return Reception(self.base, self.open_alerts, self.trading, self.commands, structures, agree)

    @cached_property
    def tracker(self) -> OrderTracker:
        """Orders that outlive their alert."""
        return OrderTracker(
            runtime=self.base.runtime,
            ledger=self.base.ledger,
            trades=self.base.trades,
            ticket_messages=self.base.ticket_messages,
            resubmission=self.base.resubmission,
            looks=SecondLook(self.clock),
        )

    @cached_property
    def working_orders(self) -> WorkingOrders:
        """What bots have waiting."""
        return WorkingOrders(self.tracker, self.base.gateway)

    @cached_property
    def orders(self) -> OrderList:
        """Every order that we know of."""
        return OrderList(
            store=self.store,
            open_orders=self.base.open_orders,
            registry=self.base.registry,
            ledger=self.base.ledger,
            tracker=self.tracker,
            exits=self.exit_plans,
            gateway=self.base.gateway,
            journal=self.base.journal,
            audit=self.base.audit,
            snapshots=self.snapshots,
        )

    @cached_property
    def snapshots(self) -> Snapshots:
        """What brokers held at the last look."""
        kept = BrokerSnapshots(self.store)
        return Snapshots(kept, self.base.registry, self.clock, self.tracker.follow)

    @cached_property
    def prices(self) -> PriceBoard:
        """The simulated market."""
        moves = self.structures.moves(self.tracker)
        return PriceBoard(registry=self.base.registry, audit=self.base.audit, moves=moves)

    @cached_property
    def holdings_log(self) -> HoldingsLog:
        """What people read about equity and positions."""
        return HoldingsLog(
            snapshots=self.snapshots,
            bots=self.base.bots,
            switch=self.base.switch,
            journal=self.base.journal,
            clock=self.clock,
        )

    @cached_property
    def positions(self) -> PositionService:
        """Every broker's positions."""
        # Asked for when they are needed: they stand on gates, which ask the breaker, which closes positions.
        late = LateExits(lambda: self.pursuits, lambda: self.structures.closings)
        return position_service(self.base, self.tracker, self.working_orders, self.snapshots, late)

    @cached_property
    def trade_closing(self) -> TradeClosing:
        """The operator's way out of one trade."""
        return TradeClosing(
            ledger=self.base.ledger,
            trades=self.base.trades,
            structures=self.structures.trades,
            positions=self.positions,
        )

    @cached_property
    def trade_history(self) -> TradeHistory:
        """What bots hold and what they have traded."""
        return trade_history(self.base, self.structures.marks, self.snapshots)

    @cached_property
    def upkeep(self) -> Upkeep:
        """What the clock does beside the alerts' way."""
        others = self.positions, self.exits, self.instruments
        return Upkeep(self.base, self.tracker, *others, lambda: self.trading.previews)

    @cached_property
    def structures(self) -> StructuresWiring:
        """The wing of option structures."""
        return StructuresWiring(self.base, self.assessor, self.snapshots)

    @cached_property
    def supervisor(self) -> Supervisor:
        """The clock."""
        tasks = (
            *self.reception.tasks,
            Task("orders", self.settings.orders_seconds, self.tracker.follow),
            pursuit_task(self.pursuits),
            Task("exits", self.settings.exits_seconds, self.exits.run),
            *self.upkeep.tasks,
            *self.upkeep.login_tasks,
            Task("snapshots", SNAPSHOT_SECONDS, self.snapshots.run),
            Task("holdings log", SNAPSHOT_SECONDS, self.holdings_log.run),
            Task("refusals", REFUSALS_SECONDS, self.base.refusals.flush, everywhere=True),
            loss_task(self.loss_limits),
            *self.structures.tasks,
        )
        return Supervisor(tasks, leases=self.upkeep.leases, monotonic=self.base.monotonic)

    @cached_property
    def health(self) -> Health:
        """Whether every part answers; short secrets are worth a warning as long as the process runs."""
        return Health(
            store=self.store,
            registry=self.base.registry,
            bots=self.base.bots,
            trades=self.base.trades,
            switch=self.base.switch,
            supervisor=self.supervisor,
            clock=self.clock,
            default_broker=self.settings.default_broker,
            notices=notices(self.settings),
            account=self.base.account,
            logins=self.upkeep.logins,
        )
