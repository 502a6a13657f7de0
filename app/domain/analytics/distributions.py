"""How often each length or cost came: exact, and far smaller than a list of them.

A summary is what is stored of a day, or of several: counts by name for each group, and for all together.
Counts travel as text (`value count value count …`), so that whoever reads one group takes up no other's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from math import ceil
from typing import Any

from app.dataclass import dataclass
from app.domain.analytics.alerts import AlertKind, AlertSums
from app.domain.analytics.latency import LatencyStage
from app.domain.analytics.slippage import STEP, Filled

# Lengths are counted in tenths of a millisecond, costs in hundredths of a basis point.
TENTHS = 10

Has = Callable[[str, str], bool]
_Counts = dict[str, Counter[int]]


@dataclass(slots=True)
class Distributions:
    """How many alerts there were, and by name how often each value came."""

    alerts: int = 0
    counts: _Counts = field(default_factory=dict)

    def add(self, alerts: int, counts: Mapping[str, str]) -> None:
        """Add what is stored of a group, or of all."""
        self.alerts += alerts
        for name, told in counts.items():
            known = self.counts.get(name)
            if known is None:
                known = self.counts[name] = Counter()
            numbers = map(int, told.split())
            for value, count in zip(numbers, numbers, strict=True):
                known[value] += count

    def merge(self, other: "Distributions") -> None:
        """Add others."""
        self.alerts += other.alerts
        for name, counts in other.counts.items():
            self.counts.setdefault(name, Counter()).update(counts)

    def to_json(self) -> list[Any]:
        """Return them as they are stored."""
        texts = {name: _text(counts) for name, counts in self.counts.items()}
        return [self.alerts, texts]


def summary_of(groups: Mapping[AlertKind, Distributions]) -> dict[str, Any]:
    """Return the summary of groups."""
    every = Distributions()
    for found in groups.values():
        every.merge(found)
    told = [[*kind, *found.to_json()] for kind, found in groups.items()]
    return {"all": every.to_json(), "groups": told}


def joined(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the summary of all that others are of."""
    groups: dict[AlertKind, Distributions] = {}
    for summary in summaries:
        for bot, broker, alerts, counts in summary["groups"]:
            groups.setdefault(AlertKind(bot, broker), Distributions()).add(alerts, counts)
    return summary_of(groups)


def together(summaries: Iterable[dict[str, Any]], has: Has) -> Distributions:
    """Return the distributions of the groups that are wanted."""
    found = Distributions()
    for summary in summaries:
        wanted = [group for group in summary["groups"] if has(group[0], group[1])]
        if len(wanted) == len(summary["groups"]):
            found.add(*summary["all"])
            continue
        for _, _, alerts, counts in wanted:
            found.add(alerts, counts)
    return found


def latency_summary(groups: Mapping[AlertKind, AlertSums]) -> dict[str, Any]:
    """Return how long each step of some alerts took."""
    return summary_of({kind: _lengths(sums) for kind, sums in groups.items()})


def slippage_summary(groups: Mapping[AlertKind, AlertSums]) -> dict[str, Any]:
    """Return what the fills of some alerts cost beside their price."""
    return summary_of({kind: _costs(sums) for kind, sums in groups.items()})


def milliseconds(value: int) -> float:
    """Return a length that was counted."""
    return value / TENTHS


def basis_points(value: int) -> Decimal:
    """Return a cost that was counted."""
    return value * STEP


def named(what: Filled) -> str:
    """Return the name under which the costs of a symbol and a type of order are counted."""
    return f"{what.type} {what.symbol}"


def filled(name: str) -> Filled:
    """Return of which symbol and type the costs under a name are."""
    kind, _, symbol = name.partition(" ")
    return Filled(symbol, kind)


def percentiles(counts: Mapping[int, int], wanted: Sequence[int]) -> list[int | None]:
    """Return the smallest values that so many per cent do not exceed (nearest rank); None of nothing."""
    total = sum(counts.values())
    if not total:
        return [None] * len(wanted)
    ranks = [max(ceil(total * percent / 100), 1) for percent in wanted]
    found: dict[int, int] = {}
    seen, left = 0, sorted(set(ranks))
    for value in sorted(counts):
        seen += counts[value]
        while left and seen >= left[0]:
            found[left.pop(0)] = value
    return [found[rank] for rank in ranks]


def _lengths(sums: AlertSums) -> Distributions:
    steps = ((LatencyStage(step).value, samples) for step, samples in sums.latency.items())
    counts = {name: Counter(round(length * TENTHS) for length in samples) for name, samples in steps}
    return Distributions(sums.alerts, counts)


def _costs(sums: AlertSums) -> Distributions:
    fills = sums.slippage.items()
    counts = {named(what): Counter(int(cost / STEP) for cost in costs) for what, costs in fills}
    return Distributions(sums.alerts, counts)


def _text(counts: Mapping[int, int]) -> str:
    return " ".join(f"{value} {count}" for value, count in counts.items())
