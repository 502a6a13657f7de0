"""Whether structures kept every promise: entered once, nowhere bare, the account the sum of the trades."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.domain.structures.orders import structure_order_id
from tests.reliability.audit import ENDED, Findings
from tests.reliability.documents import Database, read_documents, unanswered
from tests.reliability.sender import Sent

ZERO = Decimal(0)
# Places of a ladder's orders in a ticket; an exit that is pursued for an hour stays far below.
MOST_PLACES = 2000
FIRST_PLACE = 10


@dataclass(slots=True)
class StructureEvidence:
    """What the store holds, tickets by marker and trades, and every order that the desk has had.

    `read_orders` returns those that the desk has had since it was asked last, or all of them.
    """

    database: Database
    read_orders: Callable[[], Iterable[Any]]
    orders: dict[str, Any] = field(default_factory=dict)
    tickets: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    trades: list[Any] = field(default_factory=list)
    closed: list[Any] = field(default_factory=list)

    def look_at_broker(self) -> None:
        """Fold what the desk wrote since the last look."""
        self.orders |= {order["id"]: order for order in self.read_orders()}

    def close(self) -> None:
        """Read everything else."""
        self.look_at_broker()
        for _, ticket in read_documents(self.database, "tickets/"):
            alert = ticket["alert"]
            marker = alert.get("strategy_order_comment") or alert.get("idempotency_key")
            self.tickets[marker or ticket["id"]].append(ticket)
        self.trades = [trade for _, trade in read_documents(self.database, "structures/")]
        closed = (trade for _, trade in read_documents(self.database, "closed_trades/"))
        self.closed = [trade for trade in closed if trade.get("structure") is not None]

    def orders_of(self, trade: Any) -> Iterator[Any]:
        """Yield the desk's orders for a trade, by the ids that its tickets give them."""
        for ticket in trade["tickets"]:
            for place in range(FIRST_PLACE, MOST_PLACES):
                name = structure_order_id(trade["bot"], UUID(ticket), trade["id"], place)
                if name in self.orders:
                    yield self.orders[name]
                elif place > FIRST_PLACE + 1 and not self._goes_on(trade, ticket, place):
                    break

    def _goes_on(self, trade: Any, ticket: str, place: int) -> bool:
        # An order that the crash kept from the desk leaves a gap; places are numbered over all tickets.
        names = (
            structure_order_id(trade["bot"], UUID(ticket), trade["id"], later)
            for later in range(place, place + 60)
        )
        return any(name in self.orders for name in names)


def audit_structures(
    sent: list[Sent], evidence: StructureEvidence, positions: list[Any], broken: dict[str, float]
) -> Findings:
    """Hold what was answered against the store and the desk; `positions` are the API's."""
    findings = Findings(lost=[f"{ticket}: still in the inbox" for ticket in unanswered(evidence.database)])
    for item in sent:
        tickets = evidence.tickets.get(item.alert.marker, [])
        findings.lost += _lost(item, tickets)
        findings.failures += _failures(item)
        if len(tickets) > 1:
            findings.doubled.append(f"{item.alert.marker}: {len(tickets)} tickets")
    findings.doubled += _entered_twice(evidence)
    findings.strays += _strays(evidence)
    findings.unbalanced += [*_unfilled(evidence), *_unbalanced(evidence, positions)]
    findings.naked += [f"{trade}: sold legs alone for {seconds:.0f} s" for trade, seconds in broken.items()]
    findings.orphans += [
        f"trade {trade['number']} is {trade['state']} and worked on for ever"
        for trade in evidence.trades
        if trade["work"] is not None or trade["state"] == "broken"
    ]
    return findings


def _lost(item: Sent, tickets: list[Any]) -> Iterator[str]:
    if item.is_acknowledged and not tickets and not _was_refused(item):
        yield f"{item.alert.marker}: acknowledged, but there is no ticket"
    for ticket in tickets:
        if ticket["status"] not in ENDED:
            yield f"{item.alert.marker}: its ticket is {ticket['status']}"
        elif ticket["status"] == "ordered":
            yield f"{item.alert.marker}: its ladder is over, and the ticket is still ordered"


def _was_refused(item: Sent) -> bool:
    return any(answer.status == 429 for answer in item.answers)


def _failures(item: Sent) -> Iterator[str]:
    """Find answers that no crash excuses: what is sent here is well formed and authentic."""
    for answer in item.answers:
        names_ticket = isinstance(answer.body, dict) and (answer.body.get("ticket") or answer.body.get("id"))
        if not names_ticket and answer.status not in {429, 503}:
            yield f"{item.alert.marker}: answered {answer.status} {answer.body}"


def _entered_twice(evidence: StructureEvidence) -> Iterator[str]:
    """Find tickets that began two trades, and ladders that filled more than was wanted."""
    begun: dict[str, set[str]] = defaultdict(set)
    for trade in [*evidence.trades, *evidence.closed]:
        begun[trade["tickets"][0]].add(trade["id"])
        entries = [order for order in evidence.orders_of(trade) if order["role"] == "entry"]
        wanted = max((order["units"] for order in entries), default=0)
        filled = sum(order["filled_units"] for order in entries)
        if filled > wanted:
            yield f"trade {trade['number']}: {filled} units entered, {wanted} wanted"
        if sum(order["status"] in {"open", "partially_filled"} for order in entries) > 1:
            yield f"trade {trade['number']}: two entry orders work at once"
    yield from (f"{ticket}: began {len(ids)} trades" for ticket, ids in begun.items() if len(ids) > 1)


def _strays(evidence: StructureEvidence) -> Iterator[str]:
    trades = [*evidence.trades, *evidence.closed]
    known = {order["id"] for trade in trades for order in evidence.orders_of(trade)}
    yield from (f"{name}: no trade's" for name in sorted(evidence.orders.keys() - known))


def _unfilled(evidence: StructureEvidence) -> Iterator[str]:
    """Compare what each trade has entered with what the desk filled for it."""
    for trade in [*evidence.trades, *evidence.closed]:
        entries = (order for order in evidence.orders_of(trade) if order["role"] == "entry")
        filled = sum(order["filled_units"] for order in entries)
        entered = int(Decimal(trade["quantity"])) if "quantity" in trade else trade["entered_units"]
        if filled != entered:
            yield f"trade {trade['number']}: entered {entered} units, the desk filled {filled}"


def _unbalanced(evidence: StructureEvidence, positions: list[Any]) -> Iterator[str]:
    held: dict[str, Decimal] = defaultdict(Decimal)
    for trade in evidence.trades:
        for symbol, quantity in trade["legs"].items():
            held[symbol] += Decimal(quantity)
    for _, trade in read_documents(evidence.database, "trades/"):
        held[trade["symbol"]] += Decimal(trade["quantity"])
    shown = {position["symbol"]: Decimal(position["quantity"]) for position in positions}
    for symbol in sorted(held.keys() | shown.keys()):
        if held.get(symbol, ZERO) != shown.get(symbol, ZERO):
            yield f"{symbol}: trades hold {held.get(symbol, ZERO)}, the account {shown.get(symbol, ZERO)}"
