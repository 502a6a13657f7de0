"""What fills cost beside the price that their alert named."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.analytics.ratios import rounded
from app.domain.money import ZERO
from app.domain.orders import OrderRole, Side
from app.domain.signals import Dialect
from app.domain.symbols import SymbolRefused, parse_symbol

# A basis point is a hundredth of a per cent.
BASIS_POINTS, STEP = Decimal(10_000), Decimal("0.01")
_ROLES = frozenset({OrderRole.ENTRY.value, OrderRole.EXIT.value})


class Filled(NamedTuple):
    """What is told apart: what was traded, and by which type of order."""

    symbol: str
    type: str


def slippages(ticket: dict[str, Any]) -> Iterator[tuple[Filled, Decimal]]:
    """Yield how much worse (positive) each of a ticket's own orders filled than its alert's price, in bp."""
    for order, price in compared_fills(ticket):
        yield (
            Filled(order["symbol"], order["type"]),
            rounded(_worse(order, price) / price * BASIS_POINTS, STEP),
        )


def slippage_cost(ticket: dict[str, Any]) -> Decimal:
    """Return how much worse (positive) a ticket's own orders filled than its alert's price, in money."""
    fills = compared_fills(ticket)
    return sum(
        (_worse(order, price) * Decimal(order["filled_quantity"] or 0) for order, price in fills), ZERO
    )


def compared_fills(ticket: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Decimal]]:
    """Yield a ticket's own orders that filled, each with the price that its alert named.

    Nothing where the alert named no price, or that of something else: an option's underlying, or shares
    in the place of which a structure was entered.
    """
    signal = ticket["signal"] or {}
    named = signal.get("reference_price") or signal.get("limit_price")
    if named is None or Dialect.named(ticket["dialect"]).names_underlying or "structure" in signal:
        return
    price, symbol = Decimal(named), _symbol(signal)
    if price <= ZERO or symbol is None:
        return
    for order in ticket["orders"]:
        is_meant = order.get("ticket") == ticket["id"] and order.get("role") in _ROLES
        if is_meant and order.get("average_fill_price") is not None and order.get("symbol") == symbol:
            yield order, price


def _worse(order: dict[str, Any], price: Decimal) -> Decimal:
    return Side(order["side"]).sign * (Decimal(order["average_fill_price"]) - price)


def _symbol(signal: dict[str, Any]) -> str | None:
    try:
        return parse_symbol(signal["symbol"], exchange=signal.get("exchange")).symbol
    except SymbolRefused:
        return None
