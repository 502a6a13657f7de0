"""`flask orders`: what was sent to brokers, and the way to take it back."""

from collections.abc import Sequence
from typing import Any

import click

from app.cli.commands import Group, show_table
from app.cli.seen import fresh_option, last_seen, show_ages
from app.domain.audit import Actor
from app.domain.snapshots import BrokerSnapshot
from app.wiring.container import operations

HEADINGS = ("ORDER", "BOT", "SYMBOL", "SIDE", "QUANTITY", "TYPE", "PRICE", "STATUS", "FILLED")

orders = Group("orders", help="See and cancel orders.")


@orders.command("list")
@click.option("--status", type=click.Choice(["open", "closed", "all"]), default="open", show_default=True)
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many.")
@fresh_option
def list_orders(status: str, limit: int, *, fresh: bool) -> None:
    """List orders as the clock saw them last, newest first."""
    seen = last_seen(fresh=fresh)
    show_orders(seen, status, limit)
    show_ages(seen)


@orders.command("cancel")
@click.argument("names", metavar="ORDER...", nargs=-1, required=True)
def cancel_orders(names: tuple[str, ...]) -> None:
    """Cancel working orders by the ids that `flask orders list` shows."""
    for name in names:
        operations().orders.cancel(name, by=Actor.COMMAND_LINE)
        click.echo(f"{name} is canceled.")


def show_orders(seen: Sequence[BrokerSnapshot], status: str, limit: int) -> None:
    """Print orders that are `open` or `closed`, or `all`."""
    found = operations().orders.page(seen, status=status, after=None, limit=limit).orders
    none = "No working orders." if status == "open" else "No orders."
    show_table(HEADINGS, [_row(order) for order in found], none=none)


def _row(order: dict[str, Any]) -> tuple[Any, ...]:
    names = ("client_order_id", "bot", "symbol", "side")
    size = order["quantity"] or f"{order['notional']} in money"
    price = order["limit_price"] or order["stop_price"]
    told = (order[name] for name in names)
    return (*told, size, order["type"], price, order["status"], order["filled_quantity"])
