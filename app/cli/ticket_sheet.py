"""One ticket on a screen: what was wanted, what was thought and refused, what was sent and when."""

from typing import Any

import click

from app.cli.commands import show_fields, show_table

FIELDS = ("id", "status", "bot", "dialect", "reason", "message")
ORDER_HEADINGS = (
    "ORDER",
    "SIDE",
    "QUANTITY",
    "SYMBOL",
    "TYPE",
    "PRICE",
    "STATUS",
    "FILLED",
    "AT",
    "CLIENT ORDER ID",
)


def show_sheet(ticket: dict[str, Any]) -> None:
    """Print a ticket without the gates that it passed."""
    opinion = _opinion(ticket["opinion"] or {})
    show_fields({name: ticket[name] for name in FIELDS if ticket[name] is not None} | opinion)
    click.echo()
    show_table(ORDER_HEADINGS, [_order(order) for order in ticket["orders"]], none="No order.")
    click.echo()
    _show_gates(ticket["gates"])
    click.echo()
    stages = [
        (stage["at"][:23].replace("T", " "), stage["stage"], stage["detail"]) for stage in ticket["timeline"]
    ]
    show_table(("WHEN", "STAGE", "DETAIL"), stages, none="No stages.")


def _opinion(opinion: dict[str, Any]) -> dict[str, str]:
    """Tell who said what; an opinion is without a decision where the analyst failed."""
    decision, failure = opinion.get("decision"), opinion.get("failure")
    if decision is not None:
        said = f"{decision['action']} at confidence {decision['confidence']}: {decision['rationale']}"
        return {"opinion": f"{opinion['analyst']}, {said}"}
    return {"opinion": f"{opinion['analyst']}, none: {failure['code']}"} if failure is not None else {}


def _order(order: dict[str, Any]) -> tuple[Any, ...]:
    """Show an order that was sent, or would have been."""
    size = order["quantity"] or f"{order['notional']} in money"
    price = order.get("limit_price") or order.get("stop_price")
    outcome = (
        order.get(name) for name in ("status", "filled_quantity", "average_fill_price", "client_order_id")
    )
    return (order["role"], order["side"], size, order["symbol"], order["type"], price, *outcome)


def _show_gates(gates: list[dict[str, Any]]) -> None:
    refused = [
        (gate["gate"], gate["order"], gate["code"], gate["detail"]) for gate in gates if not gate["passed"]
    ]
    if refused:
        show_table(("REFUSED BY", "ORDER", "REASON", "DETAIL"), refused)
    passed = len(gates) - len(refused)
    click.echo(f"{passed} gates passed; --json shows each." if gates else "No gate was asked.")
