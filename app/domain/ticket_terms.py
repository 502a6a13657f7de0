"""By which terms a stored ticket is found, so that no list reads the whole ledger.

Nothing here raises: a ticket of whatever shape must be written.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from app.domain.orders import STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX, OrderRole, OrderStatus
from app.domain.tickets import TicketStatus

# What a document must carry: each of these terms, and of several together at least one.
Wanted: TypeAlias = Sequence[str | tuple[str, ...]]

# Where tickets are stored; stores index what lies there.
TICKETS = "tickets/"
OVER = {TicketStatus.DRY_RUN.value, *(status.value for status in OrderStatus if status.is_final)}
WITH_ORDERS = {"all": "orders", "open": "orders open", "closed": "orders closed"}


def choices_of(terms: Wanted) -> list[tuple[str, ...]]:
    """Return for each thing that is wanted the terms of which one suffices."""
    return [(term,) if isinstance(term, str) else term for term in terms]


def meets(held: frozenset[str], terms: Wanted) -> bool:
    """Tell whether what carries these terms is what is wanted."""
    return not any(held.isdisjoint(choice) for choice in choices_of(terms))


def ticket_term(*, bot: str | None, status: str | None) -> str | None:
    """Return the one term of the tickets of a bot, or in a state, or both; None is every ticket."""
    if bot is None:
        return None if status is None else f"status:{status}"
    return f"bot:{bot}" if status is None else f"bot:{bot} status:{status}"


def narrowing_terms(
    *, reason: str | None = None, symbol: str | None = None, dialect: str | None = None
) -> tuple[str, ...]:
    """Return the terms that a ticket must carry beside; a symbol is found whatever its case."""
    named = (("reason", reason), ("symbol", symbol and symbol.upper()), ("dialect", dialect))
    return tuple([f"{name}:{value}" for name, value in named if value is not None])


def ticket_terms(ticket: dict[str, Any]) -> frozenset[str]:
    """Return every term of a ticket: all that lists may ask for, and what its own orders are.

    Every alert's write waits for it, so nothing in it is asked twice.
    """
    bot, status = ticket.get("bot"), ticket.get("status")
    asked = {
        ticket_term(bot=bot, status=status),
        ticket_term(bot=bot, status=None),
        ticket_term(bot=None, status=status),
    }
    beside = narrowing_terms(reason=ticket.get("reason"), dialect=ticket.get("dialect"))
    terms = {term for term in (*asked, *beside) if term is not None}
    for name in symbols_of(ticket):
        terms.update(narrowing_terms(symbol=name))
    placed = placed_by(ticket)
    if placed:
        terms.add(WITH_ORDERS["all"])
        terms.update([WITH_ORDERS["open" if is_working(order) else "closed"] for order in placed])
    return frozenset(terms)


def symbols_of(ticket: dict[str, Any]) -> dict[str, None]:
    """Return every name under which a ticket is looked for: as it was meant, and as it was traded."""
    told = [*(ticket.get("orders") or ()), ticket.get("entry"), ticket.get("signal")]
    names = [item.get("symbol") for item in told if item]
    return dict.fromkeys([name for name in (*names, symbol_of(ticket)) if isinstance(name, str)])


def symbol_of(ticket: dict[str, Any]) -> str | None:
    """Return what a ticket is about: by its last order, else its entry, else its signal, else its alert."""
    orders = ticket.get("orders")
    for told in (orders[-1] if orders else None, *map(ticket.get, ("entry", "signal", "alert"))):
        # What the operator closes comes with no alert, and names it so.
        symbol = told and (told.get("symbol") or told.get("close"))
        if isinstance(symbol, str):
            return symbol
    return None


def wanted_order(orders: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the order that an alert was for: what its ticket shows of the exits behind an entry is not.

    Of a reversal that is its entry, of what only leaves the last exit that is no leg of a pair.
    """
    entries = [order for order in orders if order.get("role") == OrderRole.ENTRY]
    legs = (STOP_LOSS_SUFFIX, TAKE_PROFIT_SUFFIX)
    placed = [order for order in orders if not str(order.get("client_order_id")).endswith(legs)]
    return next((each[-1] for each in (entries, placed, orders) if each), None)


def placed_by(ticket: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a ticket's own orders, the newest first; one that cancels or modifies shows another ticket's."""
    own = ticket.get("id")
    return [order for order in reversed(ticket.get("orders") or ()) if order.get("ticket") == own]


def is_working(record: dict[str, Any]) -> bool:
    """True when an order as tickets show it can still change."""
    return record.get("status") not in OVER
