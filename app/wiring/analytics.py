"""How what looks back is made."""

from app.domain.analytics.performance import TradeDay
from app.repositories.closed_trades import ClosedTrades
from app.repositories.equity import EquityHistory
from app.repositories.recent_closings import KEPT, RecentClosings
from app.repositories.statistics import DailySums
from app.services.analytics.currencies import Currencies
from app.services.analytics.equity import EquityReport
from app.services.analytics.performance import PerformanceReport
from app.services.analytics.trade_sums import TradeStatistics
from app.services.portfolio.snapshots import Snapshots
from app.services.runtime.supervisor import Task
from app.wiring.container import AnalyticsWing
from app.wiring.foundation import Foundation

PERIOD_SECONDS, PURGE_SECONDS = 60.0, 600.0


def trade_statistics(base: Foundation) -> TradeStatistics:
    """Return what adds trades up."""
    sums = DailySums(base.store, "trades", TradeDay.from_json)
    return TradeStatistics(ClosedTrades(base.store), sums, base.clock)


def analytics_wing(base: Foundation, snapshots: Snapshots) -> AnalyticsWing:
    """Return what looks back."""
    history = EquityHistory(base.store)
    currencies = Currencies(snapshots, history)
    return AnalyticsWing(
        performance=PerformanceReport(trade_statistics(base), currencies),
        equity=EquityReport(history, base.bots, base.settings.default_broker),
    )


def analytics_tasks(base: Foundation) -> tuple[Task, ...]:
    """Return what the clock adds up, and when it forgets which trades went flat lately."""
    trades, recent = trade_statistics(base), RecentClosings(base.store)

    def purge() -> int:
        # What tells of a closing stays until its day is added up, however long that takes.
        added_up = trades.seen_until()
        return 0 if added_up is None else recent.purge(min(base.clock(), added_up + KEPT))

    return (Task("statistics", PERIOD_SECONDS, trades.run), Task("closings", PURGE_SECONDS, purge))
