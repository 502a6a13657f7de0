"""What Fyers' own word adds to the audit: orders sent twice, exits missing, left over, or too much."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from app.domain.exit_plan import FIRST_PLACE
from app.domain.orders import OrderRole, placed_order_id
from tests.reliability.audit import Findings
from tests.reliability.documents import Database
from tests.reliability.evidence import LEGS, Evidence
from tests.reliability.fyers_alerts import PLANS
from tests.reliability.ledger import ZERO, Ledger, compare
from tests.reliability.truth import Holding, Truth

# Exits of one entry are placed anew again and again; none gets this far.
MOST_PLACES = 80
# So many orders an exit is pursued with at most.
MOST_TRIES = 40


def names(ledger: Ledger) -> Iterator[str]:
    """Yield every name that may have been sent."""
    yield from ledger.roles()
    for ticket in ledger.tickets:
        number = UUID(ticket["id"])
        for tries in range(1, MOST_TRIES):
            yield placed_order_id(ticket["bot"], number, f"exit {tries}")
        for place in range(FIRST_PLACE, MOST_PLACES):
            name = placed_order_id(ticket["bot"], UUID(ticket["id"]), place)
            yield from (name + suffix for suffix in LEGS)


def gather(database: Database, truth: Truth, ledger: Ledger) -> Evidence:
    """Put Fyers' orders where the paper broker's would stand."""
    evidence, roles = Evidence(database), ledger.roles()
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


def complete(findings: Findings, truth: Truth, ledger: Ledger) -> None:
    """Add what only a broker with exits of its own can break."""
    compare(findings, truth, ledger)
    findings.lost += [*_unlike(truth, ledger), *_unfollowed(truth, ledger)]
    findings.doubled += _repeated(truth)
    findings.naked += naked(truth, ledger)
    findings.orphans += _orphans(truth)
    findings.opened += _opened(truth, ledger)


def _unlike(truth: Truth, ledger: Ledger) -> Iterator[str]:
    """Compare what tickets say of their orders' states with Fyers'."""
    known = truth.by_name()
    for record in ledger.order_records():
        order = known.get(record["client_order_id"])
        if order is not None and record["status"] != order.status and order.status.is_final:
            yield f"{order.name}: the ticket says {record['status']}, Fyers {order.status.value}"


def _unfollowed(truth: Truth, ledger: Ledger) -> Iterator[str]:
    """Find working orders that nobody looks after."""
    for order in truth.working():
        if order.bot is not None and order.name not in ledger.open_orders:
            yield f"{order.name}: works at Fyers without an open order of ours"


def _repeated(truth: Truth) -> Iterator[str]:
    """Find what was sent twice: Fyers takes the same tag as often as it comes."""
    sent = Counter(order.name for order in truth.placed if not order.last["parentId"])
    for name, count in sent.items():
        if count > 1:
            yield f"{name}: placed {count} times"


def naked(truth: Truth, ledger: Ledger) -> Iterator[str]:
    """Find what a bot with exits holds without them."""
    for holding, quantity in sorted(truth.held().items()):
        plan = PLANS.get(holding[0])
        if plan is None or not plan.attaches or not quantity or _is_filling(truth, holding):
            continue
        stops = _stopped(truth, holding)
        if holding not in ledger.exits:
            yield f"{' '.join(holding)}: holds {quantity}, nobody looks after its exits"
        elif stops < abs(quantity):
            yield f"{' '.join(holding)}: holds {quantity}, live stops for {stops}"


def _is_filling(truth: Truth, holding: Holding) -> bool:
    """Tell whether an entry waits, against which no exit is placed."""
    return any(not order.is_leg for order in truth.working(holding))


def _stopped(truth: Truth, holding: Holding) -> Decimal:
    return sum((order.remaining for order in truth.working(holding) if order.is_live_stop), ZERO)


def _orphans(truth: Truth) -> Iterator[str]:
    for holding in sorted({order.holding for order in truth.working()}):
        held = truth.held()[holding]
        legs = [order for order in truth.working(holding) if order.is_leg]
        for suffix in LEGS:
            covered = sum((each.remaining for each in legs if each.name.endswith(suffix)), ZERO)
            if covered > abs(held):
                yield f"{' '.join(holding)}: holds {held}, exits {suffix} for {covered}"


def _opened(truth: Truth, ledger: Ledger) -> Iterator[str]:
    """Find positions on a side that was never entered: here nobody buys to open."""
    for holding, held in truth.held().items():
        if held > ZERO:
            yield f"{' '.join(holding)}: holds {held}, and nobody bought to open"
