"""What alerts came to, added up: how far they got, what refused them, how long they took, at which price."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import field
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from app.dataclass import dataclass
from app.domain.analytics.calibration import GivenOpinion, given_opinion
from app.domain.analytics.latency import LatencyStage, latencies
from app.domain.analytics.slippage import Filled, slippages
from app.domain.money import ZERO
from app.domain.orders import OrderRole
from app.domain.tickets import TicketStatus

# In any other state a ticket may still become something else.
SETTLED = frozenset(
    {
        TicketStatus.DRY_RUN,
        TicketStatus.SKIPPED,
        TicketStatus.DENIED,
        TicketStatus.REJECTED,
        TicketStatus.EXPIRED,
        TicketStatus.FAILED,
        TicketStatus.FILLED,
        TicketStatus.CANCELED,
    }
)
_REFUSED = frozenset(
    {
        TicketStatus.SKIPPED,
        TicketStatus.DENIED,
        TicketStatus.REJECTED,
        TicketStatus.EXPIRED,
        TicketStatus.FAILED,
        # A reversal that did its exit, and was refused its entry.
        TicketStatus.ORDERED,
        TicketStatus.PARTIALLY_FILLED,
        TicketStatus.FILLED,
        TicketStatus.DRY_RUN,
    }
)
_NOT_SENT = frozenset({TicketStatus.DRY_RUN.value, TicketStatus.REJECTED.value})


class AlertKind(NamedTuple):
    """Whose alerts are added up together."""

    bot: str
    broker: str


@dataclass(slots=True)
class AlertSums:
    """Alerts added up; `entered` had an entry that a broker took, `filled` one of which something filled."""

    alerts: int = 0
    entered: int = 0
    filled: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    latency: dict[LatencyStage, list[float]] = field(default_factory=lambda: defaultdict(list))
    slippage: dict[Filled, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    opinions: list[GivenOpinion] = field(default_factory=list)

    def add(self, ticket: dict[str, Any]) -> None:
        """Add one as it is stored; raise ValueError or its like, and add nothing, where it is none."""
        taken, samples, costs = list(_entries(ticket)), list(latencies(ticket)), list(slippages(ticket))
        opinion, reason = given_opinion(ticket), ticket["reason"]
        filled = any(Decimal(order["filled_quantity"] or 0) > ZERO for order in taken)
        self.alerts += 1
        self.entered += bool(taken)
        self.filled += filled
        if reason is not None and ticket["status"] in _REFUSED:
            self.refusals[reason] += 1
        for step, milliseconds in samples:
            self.latency[step].append(milliseconds)
        for what, cost in costs:
            self.slippage[what].append(cost)
        if opinion is not None:
            self.opinions.append(opinion)

    def merge(self, other: "AlertSums") -> None:
        """Add others that were added up."""
        self.alerts += other.alerts
        self.entered += other.entered
        self.filled += other.filled
        self.refusals += other.refusals
        for step, samples in other.latency.items():
            self.latency[step] += samples
        for what, costs in other.slippage.items():
            self.slippage[what] += costs
        self.opinions += other.opinions

    def to_json(self) -> dict[str, Any]:
        """Return them as they are stored."""
        return {
            "counts": [self.alerts, self.entered, self.filled],
            "refusals": dict(self.refusals),
            "latency": {step.value: samples for step, samples in self.latency.items()},
            "slippage": [
                [*what, [format(cost, "f") for cost in costs]] for what, costs in self.slippage.items()
            ],
            "opinions": [opinion.to_json() for opinion in self.opinions],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "AlertSums":
        """Take them up."""
        alerts, entered, filled = data["counts"]
        sums = cls(alerts, entered, filled, Counter(data["refusals"]))
        for step, samples in data["latency"].items():
            sums.latency[LatencyStage(step)] = samples
        for symbol, kind, costs in data["slippage"]:
            sums.slippage[Filled(symbol, kind)] = [Decimal(cost) for cost in costs]
        sums.opinions = [GivenOpinion.from_json(each) for each in data["opinions"]]
        return sums


@dataclass(slots=True)
class AlertDay:
    """The alerts that arrived on one day (UTC).

    Tickets up to the id `until` are added up, but for those in `open`, which may still change.
    """

    groups: dict[AlertKind, AlertSums] = field(default_factory=dict)
    until: str = ""
    open: list[str] = field(default_factory=list)

    def add(self, ticket: dict[str, Any], broker: str) -> None:
        """Add a ticket; `broker` is its bot's, for one without orders. What cannot be read is left out."""
        kind = AlertKind(str(ticket.get("bot")), broker_of(ticket) or broker)
        sums = AlertSums()
        try:
            sums.add(ticket)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            return
        self.groups.setdefault(kind, AlertSums()).merge(sums)

    def to_json(self) -> dict[str, Any]:
        """Return the day as it is stored."""
        groups = [[*kind, sums.to_json()] for kind, sums in self.groups.items()]
        return {"until": self.until, "open": self.open, "groups": groups}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "AlertDay":
        """Take up a day that was stored."""
        groups = {AlertKind(bot, broker): AlertSums.from_json(sums) for bot, broker, sums in data["groups"]}
        return cls(groups, str(data["until"]), [str(UUID(ticket)) for ticket in data["open"]])


def broker_of(ticket: dict[str, Any]) -> str | None:
    """Return where a ticket's orders went."""
    found = (order.get("broker") for order in ticket.get("orders") or ())
    return next((broker for broker in found if broker), None)


def _entries(ticket: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield a ticket's own entries that a broker took, or may have taken."""
    for order in ticket["orders"]:
        is_entry = order.get("role") == OrderRole.ENTRY and order.get("ticket") == ticket["id"]
        if is_entry and order.get("status") not in _NOT_SENT:
            yield order
