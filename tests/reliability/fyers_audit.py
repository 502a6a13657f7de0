"""What Fyers' own word adds to the audit: orders sent twice, exits missing, left over, or too much."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from app.domain.exit_plan import FIRST_PLACE
from app.domain.orders import OrderRole, OrderStatus, client_order_id, placed_order_id
from tests.reliability.audit import Findings
from tests.reliability.documents import read_documents
from tests.reliability.evidence import Evidence
from tests.reliability.fyers_alerts import PLANS
from tests.reliability.fyers_truth import LEGS, Placed, Truth

ZERO = Decimal(0)
# Exits of one entry are placed anew again and again; none gets this far.
MOST_PLACES = 80
Holding = tuple[str, str]


class Books:
    """What the store says beside the tickets: trades and exits by holding, open orders by name."""

    def __init__(self, database: Path) -> None:
        self.tickets = [ticket for _, ticket in read_documents(database, "tickets/")]
        self.trades = _by_holding(database, "trades/")
        self.exits = _by_holding(database, "exits/")
        self.open_orders = {value["client_order_id"] for _, value in read_documents(database, "orders/")}

    def roles(self) -> dict[str, OrderRole]:
        """Return what every order that a ticket may place is to its position."""
        return {
            client_order_id(ticket["bot"], UUID(ticket["id"]), role): role
            for ticket in self.tickets
            for role in OrderRole
        }

    def names(self) -> Iterator[str]:
        """Yield every name that may have been sent."""
        yield from self.roles()
        for ticket in self.tickets:
            for place in range(FIRST_PLACE, MOST_PLACES):
                name = placed_order_id(ticket["bot"], UUID(ticket["id"]), place)
                yield from (name + suffix for suffix in LEGS)

    def held(self, holding: Holding) -> Decimal:
        """Return a bot's signed trade."""
        trade = self.trades.get(holding)
        return Decimal(trade["quantity"]) if trade is not None else ZERO


def gather(database: Path, truth: Truth, books: Books) -> Evidence:
    """Put Fyers' orders where the paper broker's would stand."""
    evidence, roles = Evidence(database), books.roles()
    evidence.close()
    for order in truth.placed:
        role = roles.get(order.name, OrderRole.EXIT).value
        evidence.orders[order.name] = {"id": order.name, "role": role, "quantity": str(order.last["qty"])}
        # Until it fills, the exits of an entry are figures in its row.
        for suffix in LEGS if order.last["stopLoss"] else ():
            leg = evidence.orders[order.name] | {"id": order.name + suffix, "role": "exit"}
            evidence.orders.setdefault(order.name + suffix, leg)
        evidence.filled[order.name] += order.filled
        evidence.positions[order.symbol] += order.sign * order.filled
    return evidence


def complete(findings: Findings, truth: Truth, books: Books) -> None:
    """Add what only a broker with exits of its own can break."""
    findings.lost += [*_unlike(truth, books), *_unfollowed(truth, books)]
    findings.doubled += _repeated(truth)
    findings.strays += [f"{order.name}: not one of ours" for order in truth.placed if order.bot is None]
    findings.unbalanced += _uneven(truth, books)
    findings.naked += naked(truth, books)
    findings.orphans += _orphans(truth)
    findings.opened += _opened(truth, books)


def _unlike(truth: Truth, books: Books) -> Iterator[str]:
    """Compare what tickets say of their orders' states with Fyers'."""
    names = truth.by_name()
    for record in (record for ticket in books.tickets for record in ticket["orders"]):
        order = names.get(record["client_order_id"])
        if order is not None and record["status"] != order.status and order.status.is_final:
            yield f"{order.name}: the ticket says {record['status']}, Fyers {order.status.value}"


def _unfollowed(truth: Truth, books: Books) -> Iterator[str]:
    """Find working orders that nobody looks after."""
    for order in truth.working():
        if order.bot is not None and order.name not in books.open_orders:
            yield f"{order.name}: works at Fyers without an open order of ours"


def _repeated(truth: Truth) -> Iterator[str]:
    """Find what was sent twice: Fyers takes the same tag as often as it comes."""
    sent = Counter(order.name for order in truth.placed if not order.last["parentId"])
    for name, count in sent.items():
        if count > 1:
            yield f"{name}: placed {count} times"


def _uneven(truth: Truth, books: Books) -> Iterator[str]:
    sums = truth.held()
    for holding in sorted(sums.keys() | books.trades.keys()):
        filled, trade = sums.get(holding, ZERO), books.held(holding)
        if filled != trade:
            yield f"{' '.join(holding)}: fills come to {filled}, the trade says {trade}"


def naked(truth: Truth, books: Books) -> Iterator[str]:
    """Find what a bot with exits holds without them."""
    for holding, quantity in sorted(truth.held().items()):
        plan = PLANS.get(holding[0])
        if plan is None or not plan.attaches or not quantity or _is_filling(truth, holding):
            continue
        stops = _stopped(truth, holding)
        if holding not in books.exits:
            yield f"{' '.join(holding)}: holds {quantity}, nobody looks after its exits"
        elif stops < abs(quantity):
            yield f"{' '.join(holding)}: holds {quantity}, live stops for {stops}"


def _is_filling(truth: Truth, holding: Holding) -> bool:
    """Tell whether an entry waits, against which no exit is placed."""
    return any(not order.is_leg for order in _working(truth, holding))


def _working(truth: Truth, holding: Holding) -> list[Placed]:
    return [order for order in truth.working() if (order.bot, order.symbol) == holding]


def _stopped(truth: Truth, holding: Holding) -> Decimal:
    return sum((order.remaining for order in _working(truth, holding) if order.is_live_stop), ZERO)


def _orphans(truth: Truth) -> Iterator[str]:
    for holding in sorted({(order.bot or "nobody", order.symbol) for order in truth.working()}):
        held = truth.held()[holding]
        legs = [order for order in _working(truth, holding) if order.is_leg]
        for suffix in LEGS:
            covered = sum((each.remaining for each in legs if each.name.endswith(suffix)), ZERO)
            if covered > abs(held):
                yield f"{' '.join(holding)}: holds {held}, exits {suffix} for {covered}"


def _opened(truth: Truth, books: Books) -> Iterator[str]:
    """Find positions on a side that was never entered: here nobody buys to open."""
    for holding, held in truth.held().items():
        if held > ZERO:
            yield f"{' '.join(holding)}: holds {held}, and nobody bought to open"


def undecided(books: Books) -> bool:
    """Tell whether a ticket is still in doubt."""
    return any(ticket["status"] == OrderStatus.UNKNOWN for ticket in books.tickets)


def _by_holding(database: Path, prefix: str) -> dict[Holding, Any]:
    found = {}
    for key, value in read_documents(database, prefix):
        bot, _, symbol = key.removeprefix(prefix).partition("/fyers:")
        found[bot, symbol] = value
    return found
