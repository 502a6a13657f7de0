"""What alerts came to: how long each step took, at which price they filled, and what refused them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.dataclass import dataclass
from app.domain.analytics import distributions, opinion_sums, refused_days, trade_totals
from app.domain.analytics.alerts import AlertKind, AlertSums
from app.domain.analytics.distributions import basis_points, filled, milliseconds, percentiles
from app.domain.analytics.latency import LatencyStage
from app.domain.analytics.performance import TradeDay
from app.domain.json_codec import to_json
from app.domain.money import plain, text
from app.services.analytics.look_back import LookBack
from app.services.analytics.opinion_days import OpinionDay
from app.services.analytics.period import Period

_Groups = Mapping[AlertKind, AlertSums]


@dataclass(frozen=True, slots=True)
class AlertReport:
    """Reads summaries of alerts, and of the trades that they led to."""

    lengths: LookBack[_Groups]
    costs: LookBack[_Groups]
    refused: LookBack[_Groups]
    said: LookBack[OpinionDay]
    traded: LookBack[TradeDay]

    def latency(self, period: Period) -> dict[str, Any]:
        """Return how long each step took, in milliseconds, as it is answered."""
        summaries, pending = self.lengths.read(period)
        found = distributions.together(summaries, period.has)
        stages = [_stage(step, found.counts.get(step.value, {})) for step in LatencyStage]
        return {"alerts": found.alerts, "stages": stages, **_told(period, pending)}

    def slippage(self, period: Period) -> dict[str, Any]:
        """Return how much worse than their alert's price orders filled, in basis points."""
        summaries, pending = self.costs.read(period)
        found = distributions.together(summaries, period.has)
        every, by_symbol, by_type = Counter[int](), dict[str, Counter[int]](), dict[str, Counter[int]]()
        for name, counts in found.counts.items():
            what = filled(name)
            for counted in (
                every,
                by_symbol.setdefault(what.symbol, Counter()),
                by_type.setdefault(what.type, Counter()),
            ):
                counted.update(counts)
        return {
            **_spread(every),
            "by_symbol": [{"symbol": name} | _spread(counts) for name, counts in sorted(by_symbol.items())],
            "by_type": [{"type": name} | _spread(counts) for name, counts in sorted(by_type.items())],
            **_told(period, pending),
        }

    def refusals(self, period: Period) -> dict[str, Any]:
        """Return what refused alerts, in all and day by day, and how many got how far."""
        summaries, pending = self.refused.read(period)
        days = refused_days.by_day(summaries, period.has)
        total = refused_days.RefusedDay()
        for _, each in days:
            total.add(each)
        closings, _ = self.traded.read(period)
        return {
            "alerts": total.alerts,
            "refused": total.reasons.total(),
            "by_reason": _reasons(total.reasons),
            "by_day": [
                {"day": day, "alerts": each.alerts, "reasons": _reasons(each.reasons)}
                for day, each in days
                if each.alerts
            ],
            "funnel": {
                "alerts": total.alerts,
                "entered": total.entered,
                "filled": total.filled,
                "closed": trade_totals.count_closed(closings, period.has),
            },
            **_told(period, pending),
        }

    def opinions(self, period: Period) -> dict[str, Any]:
        """Return whether opinions were as good as they were sure of themselves."""
        summaries, pending = self.said.read(period)
        found = opinion_sums.together(summaries, period.has)
        return {
            "opinions": found.opinions,
            "known": found.known,
            "failed": found.failed,
            "brier_score": text(found.brier_score()),
            "reliability": to_json(found.reliability()),
            **{fate.value: to_json(gain) for fate, gain in found.gains().items()},
            "tokens": found.tokens,
            **_told(period, pending),
        }


def _told(period: Period, pending_days: int) -> dict[str, Any]:
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return {**days, "pending_days": pending_days}


def _stage(step: LatencyStage, counts: Mapping[int, int]) -> dict[str, Any]:
    wanted = (50, 95, 99)
    found = {
        f"p{percent}": None if value is None else milliseconds(value)
        for percent, value in zip(wanted, percentiles(counts, wanted), strict=True)
    }
    return {"stage": step.value, "n": sum(counts.values())} | found


def _spread(counts: Mapping[int, int]) -> dict[str, Any]:
    middle, high = (
        None if value is None else text(plain(basis_points(value))) for value in percentiles(counts, (50, 95))
    )
    return {"n": sum(counts.values()), "median": middle, "p95": high}


def _reasons(counts: Counter[str]) -> list[dict[str, Any]]:
    """Show what refused most first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"reason": reason, "count": count} for reason, count in ordered]
