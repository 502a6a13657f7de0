"""How what looks back is made."""

from collections.abc import Callable
from typing import Any

from app.domain.analytics import distributions, opinion_sums, refused_days, trade_totals
from app.domain.analytics.alerts import AlertDay
from app.domain.analytics.courses import CourseDay
from app.domain.analytics.performance import TradeDay
from app.repositories.closed_trades import ClosedTrades
from app.repositories.equity import EquityHistory
from app.repositories.recent_closings import KEPT, RecentClosings
from app.repositories.statistics import DailySums
from app.repositories.summaries import Summaries
from app.schemas.dialects import DIALECTS
from app.schemas.foreign.registry import FOREIGN
from app.services.analytics.alert_sums import AlertStatistics
from app.services.analytics.alerts import AlertReport
from app.services.analytics.courses import PERIOD_SECONDS as COURSES_SECONDS
from app.services.analytics.courses import OpinionCourses
from app.services.analytics.currencies import Currencies
from app.services.analytics.equity import EquityReport
from app.services.analytics.look_back import LookBack
from app.services.analytics.opinion_days import OpinionDay, OpinionDays
from app.services.analytics.performance import PerformanceReport
from app.services.analytics.statistics import Statistics
from app.services.analytics.trade_sums import TradeStatistics
from app.services.opinion_scores.price_sources import BrokerPrices
from app.services.portfolio.snapshots import Snapshots
from app.services.runtime.supervisor import Task
from app.wiring.container import AnalyticsWing
from app.wiring.foundation import Foundation

PERIOD_SECONDS, OLDER_SECONDS, PURGE_SECONDS = 60.0, 5.0, 600.0


def trade_statistics(base: Foundation) -> TradeStatistics:
    """Return what adds trades up."""
    sums = DailySums(base.store, "trades", TradeDay.from_json)
    returns = DailySums(base.store, "returns", CourseDay.from_json)
    return TradeStatistics(ClosedTrades(base.store), sums, returns, base.clock)


def alert_statistics(base: Foundation) -> AlertStatistics:
    """Return what adds alerts up."""
    return AlertStatistics(
        ledger=base.ledger,
        sums=DailySums(base.store, "alerts", AlertDay.from_json),
        bots=base.bots,
        clock=base.clock,
        default_broker=base.settings.default_broker,
        dialects=frozenset({*DIALECTS, *FOREIGN}),
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


def alert_report(base: Foundation) -> AlertReport:
    """Return what looks back at alerts."""
    alerts = alert_statistics(base)

    def of_alerts(
        kind: str, summary: Callable[..., dict[str, Any]], joined: Callable[..., dict[str, Any]]
    ) -> LookBack[Any]:
        return LookBack(Summaries(base.store, kind), alerts.read, alerts.added_up, summary, joined)

    return AlertReport(
        lengths=of_alerts("latency", _without_day(distributions.latency_summary), distributions.joined),
        costs=of_alerts("slippage", _without_day(distributions.slippage_summary), distributions.joined),
        refused=of_alerts("refusals", refused_days.refusal_summary, refused_days.joined),
        said=opinions_back(base),
        traded=trades_back(base),
    )


def equity_report(base: Foundation) -> EquityReport:
    """Return what looks back at accounts."""
    history = EquityHistory(base.store)
    return EquityReport(history, base.bots, base.settings.default_broker, base.clock)


def trades_back(base: Foundation) -> LookBack[TradeDay]:
    """Return what looks back at trades."""
    trades = trade_statistics(base)
    return LookBack(
        Summaries(base.store, "trades"),
        trades.read,
        trades.added_up,
        lambda day, found: trade_totals.trade_summary(day, found.sums),
        trade_totals.joined,
    )


def opinions_back(base: Foundation) -> LookBack[OpinionDay]:
    """Return what looks back at opinions."""
    opinions = OpinionDays(alert_statistics(base), trade_statistics(base), opinion_courses(base))
    return LookBack(
        Summaries(base.store, "opinions"),
        opinions.read,
        opinions.added_up,
        lambda _, found: opinion_sums.opinion_summary(found.groups, found.gains),
        opinion_sums.joined,
    )


def _without_day(summary: Callable[[Any], dict[str, Any]]) -> Callable[[Any, Any], dict[str, Any]]:
    return lambda _, groups: summary(groups)


def analytics_wing(base: Foundation, snapshots: Snapshots) -> AnalyticsWing:
    """Return what looks back."""
    currencies = Currencies(snapshots, EquityHistory(base.store))
    return AnalyticsWing(
        performance=PerformanceReport(trades_back(base), currencies),
        equity=equity_report(base),
        alerts=alert_report(base),
    )


def analytics_tasks(base: Foundation) -> tuple[Task, ...]:
    """Return what the clock adds up, and when it forgets which trades went flat lately."""
    trades, alerts, report = trade_statistics(base), alert_statistics(base), alert_report(base)
    recent = RecentClosings(base.store)
    statistics = Statistics(
        trades=trades,
        alerts=alerts,
        summaries=(
            report.traded.run,
            report.lengths.run,
            report.costs.run,
            report.refused.run,
            report.said.run,
            equity_report(base).run,
        ),
    )

    def purge() -> int:
        # What tells of a closing stays until its day is added up, however long that takes.
        added_up = trades.seen_until()
        return 0 if added_up is None else recent.purge(min(base.clock(), added_up + KEPT))

    return (
        Task("statistics", PERIOD_SECONDS, statistics.run),
        Task("older statistics", OLDER_SECONDS, statistics.run_older),
        Task("opinion courses", COURSES_SECONDS, opinion_courses(base).run),
        Task("closings", PURGE_SECONDS, purge),
    )
