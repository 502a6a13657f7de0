"""The wings as the blueprints and commands get them, put together from the collaborators."""

from functools import partial

from app.repositories.account_requests import AccountRequests
from app.repositories.closed_trades import ClosedTrades
from app.services.exits.view import ExitView
from app.services.intake.account_limit import AccountLimit
from app.services.intake.rate_limit import RateLimiter
from app.services.intake.wrong_secrets import WrongSecrets
from app.services.observability.activity_reader import ActivityReader
from app.services.operator.option_chains import OptionChains
from app.services.operator.trial_alerts import TrialAlerts
from app.services.portfolio.holdings import Holdings
from app.services.portfolio.open_trades import OpenTrades
from app.services.structures.targets import CommandTargets
from app.wiring.analytics import analytics_wing
from app.wiring.application import Wiring
from app.wiring.chat import chat_wing
from app.wiring.container import (
    BrokerWing,
    IntakeWing,
    ObservabilityWing,
    OperationsWing,
    PortfolioWing,
    Services,
    StructuresWing,
)
from app.wiring.overview import overview_wing
from app.wiring.policies import shared_addresses
from app.wiring.schedulers import google_callers
from app.wiring.setting_rows import setting_rows

# Of those who sign in by hand a few mistakes are enough.
WRONG_TOKENS_ALLOWED = 5


def assembled(wiring: Wiring) -> Services:
    """Return what the blueprints and commands may use."""
    return Services(
        settings=wiring.settings,
        store=wiring.store,
        clock=wiring.clock,
        supervisor=wiring.supervisor,
        intake=_intake(wiring),
        operations=_operations(wiring),
        portfolio=_portfolio(wiring),
        chat=chat_wing(wiring),
        structures=StructuresWing(
            trades=wiring.structures.trades,
            ladders=wiring.structures.ladders,
            handler=wiring.structures.handler,
            exits=wiring.structures.exits,
            watch=wiring.structures.watch,
            settling=wiring.structures.settling,
            targets=CommandTargets(wiring.base.bots, _open_trades(wiring), ClosedTrades(wiring.store)),
        ),
        observability=ObservabilityWing(
            journal=wiring.base.journal,
            archive=wiring.base.archive,
            metrics=wiring.base.metrics,
            notifier=wiring.base.notifier,
            refusals=wiring.base.refusals,
            changes=wiring.base.changes,
            activity=ActivityReader(wiring.settings.log_folder),
            settings=partial(setting_rows, wiring.settings),
        ),
        brokers=BrokerWing(
            registry=wiring.base.registry, symbols=wiring.base.symbols, fyers=wiring.base.fyers
        ),
        overview=overview_wing(wiring),
        research=wiring.base.research,
        analytics=analytics_wing(wiring.base, wiring.snapshots),
    )


def _intake(wiring: Wiring) -> IntakeWing:
    return IntakeWing(
        alerts=wiring.reception.intake,
        limiter=RateLimiter(wiring.settings.rate_limit_per_second, wiring.base.shared.buckets()),
        account_limit=AccountLimit(
            AccountRequests(wiring.store),
            wiring.clock,
            counts_in_store=wiring.settings.state_home.is_shared,
        ),
        wrong_secrets=WrongSecrets(shared_addresses(), elsewhere=wiring.base.shared.attempts()),
        trading=wiring.trading,
        approvals=wiring.reception.approval_service,
        recovery=wiring.reception.recovery,
        pool=wiring.reception.pool,
    )


def _operations(wiring: Wiring) -> OperationsWing:
    return OperationsWing(
        bots=wiring.base.bots,
        switch=wiring.base.switch,
        ledger=wiring.base.ledger,
        orders=wiring.orders,
        prices=wiring.prices,
        chains=OptionChains(registry=wiring.base.registry, default_broker=wiring.settings.default_broker),
        simulated_time=wiring.structures.simulated_time(wiring.tracker),
        paper_reset=wiring.upkeep.paper_reset,
        health=wiring.health,
        audit=wiring.base.audit,
        account=wiring.base.account,
        repeated=wiring.upkeep.repeated,
        trials=TrialAlerts(
            registry=wiring.base.registry,
            bots=wiring.base.bots,
            trades=wiring.base.trades,
            prices=wiring.prices,
            follows_alerts=wiring.settings.paper_follow_alert_prices,
        ),
        sessions=wiring.base.sessions,
        wrong_tokens=WrongSecrets(
            kind="token", allowed=WRONG_TOKENS_ALLOWED, elsewhere=wiring.base.shared.attempts()
        ),
        google_callers=google_callers(wiring.settings),
        sharing=wiring.base.sharing,
        jobs=wiring.upkeep.jobs,
        backups=wiring.upkeep.backups,
    )


def _portfolio(wiring: Wiring) -> PortfolioWing:
    return PortfolioWing(
        positions=wiring.positions,
        pursuits=wiring.pursuits,
        holdings=Holdings(ExitView(wiring.exit_plans, wiring.base.trades, wiring.base.registry)),
        snapshots=wiring.snapshots,
        trades=wiring.trade_history,
        open_trades=_open_trades(wiring),
        trade_closing=wiring.trade_closing,
        tracker=wiring.tracker,
        breaker=wiring.upkeep.breaker,
        loss_limits=wiring.loss_limits,
        reconciliation=wiring.upkeep.reconciliation,
        cleanup=wiring.upkeep.cleanup,
    )


def _open_trades(wiring: Wiring) -> OpenTrades:
    return OpenTrades(
        structures=wiring.structures.trades,
        trades=wiring.base.trades,
        bots=wiring.base.bots,
        marks=wiring.structures.marks,
        snapshots=wiring.snapshots,
    )
