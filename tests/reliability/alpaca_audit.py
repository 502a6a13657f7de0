"""What Alpaca's own word adds to the audit: exits that are missing, left over, or too much."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.exit_levels import exit_levels, reached
from app.domain.exit_plan import ExitPlan
from app.domain.json_codec import from_json
from app.domain.orders import OrderRole, OrderStatus, Side
from app.domain.symbols import parse_symbol
from tests.reliability.alpaca_alerts import PLANS
from tests.reliability.audit import Findings
from tests.reliability.documents import Database
from tests.reliability.evidence import Evidence
from tests.reliability.ledger import ZERO, Ledger, compare
from tests.reliability.truth import Truth

# An order whose send went unanswered may turn up for so long before its ticket gives it up.
GRACE = timedelta(seconds=40)


def gather(database: Database, truth: Truth, ledger: Ledger) -> Evidence:
    """Put Alpaca's orders where the paper broker's would stand."""
    evidence, roles = Evidence(database), ledger.roles()
    evidence.close()
    evidence.awaited = _awaited(truth, ledger)
    for order in truth.placed:
        role = roles.get(order.name, OrderRole.EXIT).value
        # An order for an amount of money cannot fill more units than it names: it names none.
        quantity = order.last["qty"] or format(order.filled, "f")
        evidence.orders[order.name] = {"id": order.name, "role": role, "quantity": quantity}
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


AFTER_CRASH = "had been sold before it was known"


def reconciled(logs: list[Path]) -> list[str]:
    """Return what the reconciliation said: nobody but the service trades here, so there is nothing to say.

    After a crash the books may learn late of an entry that a later alert has sold already: that is told.
    """
    lines = [line for log in logs if log.exists() for line in log.read_text().splitlines()]
    return [line for line in lines if " reconciliation: " in line and AFTER_CRASH not in line]


def _awaited(truth: Truth, ledger: Ledger) -> set[str]:
    """Return the tickets with a send whose outcome may still turn up."""
    names = truth.by_name()
    return {
        value["ticket"]
        for name, value in ledger.open_orders.items()
        if name not in names and _age(value["submitted_at"]) < GRACE
    }


def _unlike(truth: Truth, ledger: Ledger) -> Iterator[str]:
    """Compare what tickets say of their orders' states with Alpaca's."""
    names = truth.by_name()
    for record in ledger.order_records():
        order, known = names.get(record["client_order_id"]), OrderStatus(record["status"])
        if order is not None and known is not order.status:
            yield f"{order.name}: the ticket says {known.value}, Alpaca {order.last['status']}"


def _unfollowed(truth: Truth, ledger: Ledger) -> Iterator[str]:
    """Find working orders of tickets that nobody looks after."""
    named = ledger.roles()
    for order in truth.working():
        if order.name in named and order.name not in ledger.open_orders:
            yield f"{order.name}: works at Alpaca without an open order of ours"


def _repeated(truth: Truth) -> Iterator[str]:
    seen: set[str] = set()
    for order in truth.placed:
        if order.name in seen:
            yield f"{order.name}: placed twice"
        seen.add(order.name)


def naked(truth: Truth, ledger: Ledger) -> Iterator[str]:
    """Find what a bot with exits holds without them."""
    for (bot, symbol), quantity in sorted(truth.held().items()):
        plan = PLANS.get(bot)
        if plan is None or not plan.attaches or not quantity:
            continue
        document = ledger.exits.get((bot, symbol))
        stops = _stopped(truth, bot, symbol, quantity)
        if document is None:
            yield f"{bot} {symbol}: holds {quantity}, nobody looks after its exits"
        elif stops < _stoppable(truth, bot, symbol, quantity):
            yield f"{bot} {symbol}: holds {quantity} at {truth.prices.get(symbol)}, live stops for {stops}"
        elif stops < abs(quantity):
            yield from _overdue(truth, ledger, document, quantity)


def _stoppable(truth: Truth, bot: str, symbol: str, quantity: Decimal) -> Decimal:
    """Return how much Alpaca can stop: whole shares, while no entry of the bot waits on their other side."""
    working = truth.working((bot, symbol))
    waits = any(not order.is_leg and order.sign * quantity > ZERO for order in working)
    return ZERO if waits or "-" in symbol else abs(quantity) // 1


def _overdue(truth: Truth, ledger: Ledger, document: Any, quantity: Decimal) -> Iterator[str]:
    """Find a price that has reached an exit which only Gatehouse itself watches."""
    protection = from_json(ExitPlan, document)
    side = Side.BUY if quantity > ZERO else Side.SELL
    trade = ledger.trades.get((protection.bot, protection.symbol))
    basis = protection.alert_price
    if protection.terms.by_fill and trade is not None:
        basis = Decimal(trade["average_price"])
    levels = exit_levels(protection.terms, parse_symbol(protection.symbol), side, basis, protection.best)
    price = truth.prices[protection.symbol]
    if reached(levels, side, price) is not None:
        yield f"{protection.bot} {protection.symbol}: holds {quantity} at {price}, exits at {levels}"


def _stopped(truth: Truth, bot: str, symbol: str, quantity: Decimal) -> Decimal:
    working = truth.working((bot, symbol))
    guards = (order for order in working if order.is_live_stop and order.sign * quantity < ZERO)
    return sum((order.remaining for order in guards), ZERO)


def _orphans(truth: Truth) -> Iterator[str]:
    legs = [order for order in truth.working() if order.is_leg and order.last["live"]]
    for order in legs:
        if not truth.positions.get(order.symbol):
            yield f"{order.name}: works, but nothing of {order.symbol} is held"
    for bot, symbol in sorted({order.holding for order in legs}):
        held = truth.held()[bot, symbol]
        guarded = _stopped(truth, bot, symbol, held)
        if held and guarded > abs(held):
            yield f"{bot} {symbol}: stops for {guarded}, holds {held}"


def _opened(truth: Truth, ledger: Ledger) -> Iterator[str]:
    """Find exits that opened a position, and positions on a side that was never entered."""
    roles = ledger.roles()
    entered: dict[tuple[str, str, int], Decimal] = {}
    for order in truth.placed:
        if roles.get(order.name) is OrderRole.ENTRY:
            key = (*order.holding, order.sign)
            entered[key] = entered.get(key, ZERO) + order.filled
        elif order.filled and str(order.first["position_intent"]).endswith("open"):
            yield f"{order.name}: an exit, and Alpaca took it to open"
    for (bot, symbol), held in truth.held().items():
        sign = 1 if held > ZERO else -1
        if abs(held) > entered.get((bot, symbol, sign), ZERO):
            yield f"{bot} {symbol}: holds {held}, entries on that side come to less"


def _age(moment: str) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(moment)
