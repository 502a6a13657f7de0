"""How what looks back is made."""

from app.domain.analytics.alerts import AlertDay
from app.domain.analytics.courses import CourseDay
from app.domain.analytics.performance import TradeDay
from app.repositories.closed_trades import ClosedTrades
from app.repositories.equity import EquityHistory
from app.repositories.recent_closings import KEPT, RecentClosings
from app.repositories.statistics import DailySums
from app.schemas.dialects import DIALECTS
from app.services.analytics.alert_sums import AlertStatistics
from app.services.analytics.alerts import AlertReport
from app.services.analytics.courses import PERIOD_SECONDS as COURSES_SECONDS
from app.services.analytics.courses import OpinionCourses
from app.services.analytics.currencies import Currencies
from app.services.analytics.equity import EquityReport
from app.services.analytics.performance import PerformanceReport
from app.services.analytics.trade_sums import TradeStatistics
from app.services.opinion_scores.price_sources import BrokerPrices
from app.services.portfolio.snapshots import Snapshots
from app.services.runtime.supervisor import Task
from app.wiring.container import AnalyticsWing
from app.wiring.foundation import Foundation

PERIOD_SECONDS, PURGE_SECONDS = 60.0, 600.0


def trade_statistics(base: Foundation) -> TradeStatistics:
    """Return what adds trades up."""
    sums = DailySums(base.store, "trades", TradeDay.from_json)
    return TradeStatistics(ClosedTrades(base.store), sums, base.clock)


def alert_statistics(base: Foundation) -> AlertStatistics:
    """Return what adds alerts up."""
    return AlertStatistics(
        ledger=base.ledger,
        sums=DailySums(base.store, "alerts", AlertDay.from_json),
        bots=base.bots,
        clock=base.clock,
        default_broker=base.settings.default_broker,
        dialects=frozenset(DIALECTS),
    )


def opinion_courses(base: Foundation) -> OpinionCourses:
    """Return what knows what prices did after opinions."""
    return OpinionCourses(
        alerts=alert_statistics(base),
        ledger=base.ledger,
        sums=DailySums(base.store, "courses", CourseDay.from_json),
        prices=lambda: BrokerPrices(base.registry.all()),
        clock=base.clock,
        in_background=base.settings.background_worker,
    )


def analytics_wing(base: Foundation, snapshots: Snapshots) -> AnalyticsWing:
    """Return what looks back."""
    history, trades = EquityHistory(base.store), trade_statistics(base)
    currencies = Currencies(snapshots, history)
    return AnalyticsWing(
        performance=PerformanceReport(trades, currencies),
        equity=EquityReport(history, base.bots, base.settings.default_broker),
        alerts=AlertReport(alert_statistics(base), trades, opinion_courses(base)),
    )


def analytics_tasks(base: Foundation) -> tuple[Task, ...]:
    """Return what the clock adds up, and when it forgets which trades went flat lately."""
    trades, alerts = trade_statistics(base), alert_statistics(base)
    recent = RecentClosings(base.store)

    def purge() -> int:
        # What tells of a closing stays until its day is added up, however long that takes.
        added_up = trades.seen_until()
        return 0 if added_up is None else recent.purge(min(base.clock(), added_up + KEPT))

    return (
        Task("statistics", PERIOD_SECONDS, lambda: trades.run() + alerts.run()),
        Task("opinion courses", COURSES_SECONDS, opinion_courses(base).run),
        Task("closings", PURGE_SECONDS, purge),
    )
