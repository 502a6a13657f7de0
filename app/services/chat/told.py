"""What is said about tickets, positions and states, in lines that fit a chat."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

LONGEST = 1800
SHOWN = 10


def told_ticket(ticket: dict[str, Any]) -> str:
    """Say in a line what became of an alert."""
    orders = [_order(order) for order in ticket["orders"]]
    why = f"{ticket['reason']}: {ticket['message'] or ''}".strip() if ticket["reason"] else ""
    parts = [f"{ticket['bot']}: {ticket['symbol'] or '?'} {ticket['status']}", *orders, why]
    return "; ".join(part for part in parts if part) + f" ({ticket['id']})"


def told_why(ticket: dict[str, Any]) -> str:
    """Say step by step what happened to an alert, and which checks refused."""
    steps = [
        f"{entry['at'][11:19]} {entry['stage']}{': ' + entry['detail'] if entry['detail'] else ''}"
        for entry in ticket["timeline"]
    ]
    refused = [
        f"✗ {gate['gate']} {gate['code']}: {gate['detail']}" for gate in ticket["gates"] if not gate["passed"]
    ]
    return fitted([told_ticket(ticket), *steps, *refused])


def told_positions(rows: Iterable[dict[str, Any]]) -> str:
    """Say what is held."""
    lines = [
        f"{row['broker']} {row['symbol']} {row['quantity']} at {_short(row['average_price'])}, "
        f"now {_short(row['market_price'])}, gain {_short(row['unrealized_pnl'])}"
        for row in rows
    ]
    return fitted(lines or ["No positions."])


def told_plan(ticket: dict[str, Any]) -> str:
    """Say what an alert would become."""
    orders = [_order(order) for order in ticket["orders"]]
    if not orders:
        why = f"{ticket['reason'] or ticket['status']}. {ticket['message'] or ''}"
        return f"Nothing would be ordered: {why.strip()}"
    return fitted(["Would be ordered:", *orders, *_exits_behind(ticket)])


def fitted(lines: Iterable[str]) -> str:
    """Return lines as one text that a platform takes; what does not fit is left out, and that is said."""
    kept: list[str] = []
    length = 0
    for line in lines:
        length += len(line) + 1
        if length > LONGEST:
            kept.append("… (the dashboard has the rest)")
            break
        kept.append(line)
    return "\n".join(kept)


def _exits_behind(ticket: dict[str, Any]) -> list[str]:
    """Say which exits an alert brings that none of its orders has: they are placed when it has filled."""
    exits = ticket["exits"] or {}
    names = [name for name in ("stop_loss", "take_profit") if exits.get(name)]
    if not names or any(order.get(name) for order in ticket["orders"] for name in names):
        return []
    return ["then " + " ".join(f"{name.replace('_', '-')} {exits[name]}" for name in names)]


def _order(order: dict[str, Any]) -> str:
    size = order.get("quantity") or order.get("notional") or "?"
    prices = [
        f"{name.replace('_price', '').replace('_', '-')} {order[name]}"
        for name in ("limit_price", "stop_price", "stop_loss", "take_profit")
        if order.get(name)
    ]
    filled = f"filled at {_short(order['average_fill_price'])}" if order.get("average_fill_price") else ""
    return " ".join(part for part in (order["side"], str(size), order["symbol"], *prices, filled) if part)


def _short(figure: str | None) -> str:
    if figure is None:
        return "-"
    value = Decimal(figure)
    return f"{round(value, 2 if abs(value) >= 1 else 6):f}"
