"""Whether every promise was kept: each finding names the alert, order or symbol that breaks one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.reliability.evidence import LEGS, Evidence
from tests.reliability.sender import ANSWER_SECONDS, Attempt, Sent

ENDED = frozenset(
    {
        "ordered",
        "dry_run",
        "skipped",
        "denied",
        "rejected",
        "expired",
        "failed",
        "partially_filled",
        "filled",
        "canceled",
    }
)
# A reversal closes with one order and opens with another; nothing else may place two.
MOST_ORDERS = Counter({"exit": 1, "entry": 1})


@dataclass(frozen=True, slots=True)
class Drain:
    """A stop by SIGTERM of who listens on a port, in epoch seconds, and how it ended."""

    port: int
    started: float
    ended: float
    exit_code: int


@dataclass(slots=True)
class Findings:
    """What broke a promise; everything empty is the only good result."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    disagreeing: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    naked: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    exceeded: list[str] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    @property
    def are_none(self) -> bool:
        """True when every promise was kept."""
        return not any(getattr(self, name) for name in self.__slots__)

    def add(self, others: "Findings", where: str) -> None:
        """Take up other findings, each with the place where it was found."""
        for name in self.__slots__:
            getattr(self, name).extend(where + finding for finding in getattr(others, name))


def audit(sent: list[Sent], drains: list[Drain], evidence: Evidence, positions: list[Any]) -> Findings:
    """Hold what was answered against what the store says; `positions` are the API's."""
    findings = Findings(
        lost=[f"{ticket}: still in the inbox" for ticket in evidence.unfinished],
        strays=sorted(_strays(evidence)),
        unbalanced=list(_unbalanced(evidence, positions)),
        failures=[f"a drained stop ended with {drain.exit_code}" for drain in drains if drain.exit_code],
    )
    for item in sent:
        tickets = evidence.tickets.get(item.alert.marker, [])
        findings.lost += _lost(item, tickets, evidence)
        findings.doubled += _doubled(item, tickets, evidence)
        findings.dropped += _dropped(item, tickets, drains)
        findings.disagreeing += _disagreeing(item, tickets)
        findings.failures += _failures(item)
    return findings


def _lost(item: Sent, tickets: list[Any], evidence: Evidence) -> Iterator[str]:
    if item.is_acknowledged and not tickets:
        yield f"{item.alert.marker}: acknowledged, but there is no ticket"
    for ticket in tickets:
        if ticket["id"] in evidence.awaited:
            continue
        if ticket["status"] not in ENDED:
            yield f"{item.alert.marker}: its ticket is {ticket['status']}"
        elif not ticket["orders"] and ticket["reason"] is None:
            yield f"{item.alert.marker}: neither an order nor a reason"
        yield from _differences(ticket, evidence)


def _differences(ticket: Any, evidence: Evidence) -> Iterator[str]:
    """Compare a ticket's orders with the broker's."""
    for order in ticket["orders"]:
        name, filled = order["client_order_id"], Decimal(order["filled_quantity"])
        if order["status"] != "rejected" and name not in evidence.orders:
            yield f"{name}: the ticket says {order['status']}, the broker does not have it"
        elif filled != evidence.filled[name]:
            yield f"{name}: the ticket says {filled} filled, the broker {evidence.filled[name]}"


def _doubled(item: Sent, tickets: list[Any], evidence: Evidence) -> Iterator[str]:
    if len(tickets) > 1:
        yield f"{item.alert.marker}: {len(tickets)} tickets"
    placed = [order for ticket in tickets for order in evidence.placed_by(ticket)]
    # An exit that goes on has an order for each try; those that came to nothing count for nothing.
    wanted = [
        order
        for order in placed
        if not order["id"].endswith(LEGS) and (order["role"] == "entry" or evidence.filled[order["id"]])
    ]
    if Counter(order["role"] for order in wanted) - MOST_ORDERS:
        yield f"{item.alert.marker}: {[(order['id'], order['role']) for order in wanted]}"
    for order in placed:
        if evidence.filled[order["id"]] > Decimal(order["quantity"]):
            yield f"{order['id']}: {evidence.filled[order['id']]} filled of {order['quantity']}"


def _strays(evidence: Evidence) -> set[str]:
    known = evidence.followed | {
        order["client_order_id"]
        for tickets in evidence.tickets.values()
        for ticket in tickets
        for order in ticket["orders"]
    }
    # A pair of exits stands in its ticket by its two legs; a broker may hold it as an order of its own.
    known |= {name.removesuffix("-sl").removesuffix("-tp") for name in known}
    return {name for name in evidence.orders if name not in known and not name.endswith(LEGS)}


def _dropped(item: Sent, tickets: list[Any], drains: list[Drain]) -> Iterator[str]:
    """Find attempts that got no answer from a draining server although it had made their ticket."""
    made = [UUID(ticket["id"]).int >> 80 for ticket in tickets]
    for attempt in item.attempts:
        hung_up = attempt.ended - attempt.started >= ANSWER_SECONDS
        if attempt.answer is None and not hung_up and any(_overlap(attempt, drain) for drain in drains):
            start, end = attempt.started * 1000 - 1, attempt.ended * 1000
            if any(start <= moment <= end for moment in made):
                yield f"{item.alert.marker}: stored by a draining server that did not answer"


def _overlap(attempt: Attempt, drain: Drain) -> bool:
    is_there = attempt.port == drain.port
    return is_there and attempt.started <= drain.ended and attempt.ended >= drain.started


def _disagreeing(item: Sent, tickets: list[Any]) -> Iterator[str]:
    known = {ticket["id"] for ticket in tickets}
    for answer in item.answers:
        named = answer.body.get("ticket") if isinstance(answer.body, dict) else None
        if named is not None and named not in known:
            yield f"{item.alert.marker}: answered with ticket {named}, the ledger has {known or 'none'}"


def _failures(item: Sent) -> Iterator[str]:
    """Find answers that no crash excuses: every alert sent here is well formed and authentic."""
    for answer in item.answers:
        is_answer = isinstance(answer.body, dict) and ("ticket" in answer.body or answer.status == 409)
        if not is_answer and answer.status != 503:
            yield f"{item.alert.marker}: answered {answer.status} {answer.body}"


def _unbalanced(evidence: Evidence, positions: list[Any]) -> Iterator[str]:
    shown = {position["symbol"]: Decimal(position["quantity"]) for position in positions}
    for symbol in sorted(evidence.positions.keys() | evidence.trades.keys() | shown.keys()):
        figures = (evidence.positions[symbol], shown.get(symbol, Decimal(0)), evidence.trades[symbol])
        if len(set(figures)) > 1:
            yield f"{symbol}: fills come to {figures[0]}, positions to {figures[1]}, trades to {figures[2]}"
