"""What refused alerts, day by day: a summary is a row for each day and group."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import date
from typing import Any

from app.dataclass import dataclass
from app.domain.analytics.alerts import AlertKind, AlertSums


@dataclass(slots=True)
class RefusedDay:
    """How many alerts there were, how far they got, and what refused them."""

    alerts: int = 0
    entered: int = 0
    filled: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: "RefusedDay") -> None:
        """Add another's."""
        self.alerts += other.alerts
        self.entered += other.entered
        self.filled += other.filled
        self.reasons.update(other.reasons)


def refusal_summary(day: date, groups: Mapping[AlertKind, AlertSums]) -> dict[str, Any]:
    """Return what became of the alerts of a day."""
    rows = [
        [*kind, sums.alerts, sums.entered, sums.filled, dict(sums.refusals)] for kind, sums in groups.items()
    ]
    return {"days": {day.isoformat(): rows} if rows else {}}


def joined(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the summary of all that others are of."""
    return {"days": {day: rows for summary in summaries for day, rows in summary["days"].items()}}


def by_day(
    summaries: Iterable[dict[str, Any]], has: Callable[[str, str], bool]
) -> list[tuple[str, RefusedDay]]:
    """Return the days of the groups that are wanted, in their order."""
    days: dict[str, RefusedDay] = {}
    for summary in summaries:
        for day, rows in summary["days"].items():
            found = days.setdefault(day, RefusedDay())
            for bot, broker, alerts, entered, filled, reasons in rows:
                if has(bot, broker):
                    found.add(RefusedDay(alerts, entered, filled, Counter(reasons)))
    return sorted(days.items())
