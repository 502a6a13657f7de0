"""What alerts came to: how long each step took, at which price they filled, and what refused them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.analytics.alerts import AlertSums
from app.domain.analytics.calibration import brier_score, gains_by_fate, reliability
from app.domain.analytics.latency import LatencyStage
from app.domain.analytics.performance import NO_TRADES
from app.domain.analytics.ratios import percentile
from app.domain.json_codec import to_json
from app.domain.money import text
from app.services.analytics.alert_sums import AlertStatistics
from app.services.analytics.courses import OpinionCourses
from app.services.analytics.period import Period
from app.services.analytics.trade_sums import TradeStatistics


@dataclass(frozen=True, slots=True)
class AlertReport:
    """Reads daily sums of alerts, and of the trades that they led to."""

    alerts: AlertStatistics
    trades: TradeStatistics
    courses: OpinionCourses

    def latency(self, period: Period) -> dict[str, Any]:
        """Return how long each step took, in milliseconds, as it is answered."""
        sums, told = self._together(period)
        stages = [_stage(step, sorted(sums.latency.get(step, ()))) for step in LatencyStage]
        return {"alerts": sums.alerts, "stages": stages, **told}

    def slippage(self, period: Period) -> dict[str, Any]:
        """Return how much worse than their alert's price orders filled, in basis points."""
        sums, told = self._together(period)
        rows = sorted(sums.slippage.items())
        by_symbol, by_type = dict[str, list[Decimal]](), dict[str, list[Decimal]]()
        for what, costs in rows:
            by_symbol.setdefault(what.symbol, []).extend(costs)
            by_type.setdefault(what.type, []).extend(costs)
        every = [cost for _, costs in rows for cost in costs]
        return {
            **_spread(every),
            "by_symbol": [{"symbol": name} | _spread(costs) for name, costs in by_symbol.items()],
            "by_type": [{"type": name} | _spread(costs) for name, costs in sorted(by_type.items())],
            **told,
        }

    def refusals(self, period: Period) -> dict[str, Any]:
        """Return what refused alerts, in all and day by day, and how many got how far."""
        found = self.alerts.read(period)
        days = {day: _merged(self._within(period, groups)) for day, groups in sorted(found.days.items())}
        total = _merged(days.values())
        closed = self._closed(period)
        return {
            "alerts": total.alerts,
            "refused": total.refusals.total(),
            "by_reason": _reasons(total.refusals),
            "by_day": [_day(day, sums) for day, sums in days.items() if sums.alerts],
            "funnel": {
                "alerts": total.alerts,
                "entered": total.entered,
                "filled": total.filled,
                "closed": closed,
            },
            **_told(period, found.pending_days),
        }

    def opinions(self, period: Period) -> dict[str, Any]:
        """Return whether opinions were as good as they were sure of themselves."""
        sums, told = self._together(period)
        # A trade may have ended after the last day of the period.
        later = Period(first=period.first, last=max(period.last, self.trades.clock().date()))
        returns = {
            name: value
            for day in self.trades.read(later).days.values()
            for name, value in day.returns.items()
        }
        # What the price did can be told of all, traded or not; what a trade brought where no bars are kept.
        gains = returns | self.courses.gains(period)
        outcomes = [(opinion, gains.get(opinion.ticket)) for opinion in sums.opinions]
        known = [gain for _, gain in outcomes if gain is not None]
        return {
            "opinions": len(outcomes),
            "known": len(known),
            "failed": sum(opinion.action is None for opinion, _ in outcomes),
            "brier_score": text(brier_score(outcomes)),
            "reliability": to_json(reliability(outcomes)),
            **{fate.value: to_json(gain) for fate, gain in gains_by_fate(outcomes).items()},
            "tokens": sum(opinion.tokens for opinion, _ in outcomes),
            **told,
        }

    def _together(self, period: Period) -> tuple[AlertSums, dict[str, Any]]:
        found = self.alerts.read(period)
        groups = (group for day in found.days.values() for group in self._within(period, day))
        return _merged(groups), _told(period, found.pending_days)

    def _within(self, period: Period, groups: dict[Any, AlertSums]) -> Iterator[AlertSums]:
        return (sums for kind, sums in groups.items() if period.has(kind.bot, kind.broker))

    def _closed(self, period: Period) -> int:
        days = self.trades.read(period).days.values()
        sums = [each for day in days for kind, each in day.sums.items() if period.has(kind.bot, kind.broker)]
        return sum(sums, NO_TRADES).trades


def _merged(groups: Any) -> AlertSums:
    total = AlertSums()
    for sums in groups:
        total.merge(sums)
    return total


def _told(period: Period, pending_days: int) -> dict[str, Any]:
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return {**days, "pending_days": pending_days}


def _stage(step: LatencyStage, ordered: Sequence[float]) -> dict[str, Any]:
    found = {f"p{percent}": percentile(ordered, percent) for percent in (50, 95, 99)}
    return {"stage": step.value, "n": len(ordered)} | found


def _spread(costs: list[Decimal]) -> dict[str, Any]:
    ordered = sorted(costs)
    found = {"median": percentile(ordered, 50), "p95": percentile(ordered, 95)}
    return {"n": len(ordered)} | {name: text(value) for name, value in found.items()}


def _reasons(counts: Counter[str]) -> list[dict[str, Any]]:
    """Show what refused most first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"reason": reason, "count": count} for reason, count in ordered]


def _day(day: date, sums: AlertSums) -> dict[str, Any]:
    return {"day": day.isoformat(), "alerts": sums.alerts, "reasons": _reasons(sums.refusals)}
