"""`flask positions`: what the accounts hold, and the way out of it."""

from collections.abc import Iterable
from typing import Any

import click

from app.cli.commands import Group, rounded, show_table
from app.cli.seen import fresh_option, last_seen, show_ages
from app.domain.audit import Actor
from app.domain.reasons import Reason
from app.domain.snapshots import BrokerSnapshot
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.tickets import TicketStatus
from app.wiring.container import portfolio, services

PRICES = ("average_price", "market_price", "unrealized_pnl")
HEADINGS = ("BROKER", "SYMBOL", "QUANTITY", "AVERAGE", "MARKET", "GAIN", "STOP", "TARGET")

positions = Group("positions", help="See and close positions.")


@positions.command("list")
@fresh_option
def list_positions(*, fresh: bool) -> None:
    """List every broker's positions as the clock saw them last; a short one is negative."""
    seen = last_seen(fresh=fresh)
    show_positions(seen)
    show_ages(seen)


@positions.command("close")
@click.argument("symbol")
@click.option("--broker", help="Where it is held; default DEFAULT_BROKER.")
def close_position(symbol: str, broker: str | None) -> None:
    """Close a whole position at the market, in any trading state."""
    name = broker or services().settings.default_broker
    ticket = portfolio().positions.close(name, _canonical(symbol), by=Actor.COMMAND_LINE)
    for order in ticket["orders"][-1:]:
        price = f" at {order['average_fill_price']}" if order["average_fill_price"] else ""
        click.echo(f"{order['side']} {order['quantity']} {order['symbol']}{price}: {ticket['status']}")
    if ticket["status"] == TicketStatus.PURSUING:
        # Perhaps nothing could be sent yet: the service goes on with it.
        why = ticket["message"] or Reason[ticket["reason"]].meaning
        click.echo(f"{symbol} at {name} is not closed yet, and tried again: {why}")
    click.echo(f"ticket {ticket['id']}")


def show_positions(seen: Iterable[BrokerSnapshot]) -> None:
    """Print every position that was seen."""
    rows = [
        (
            *(item[name] for name in ("broker", "symbol", "quantity")),
            *(rounded(item[name]) for name in PRICES),
            *(_levels(item, name) for name in ("stop_loss", "take_profit")),
        )
        for item in portfolio().holdings.positions(seen)
    ]
    show_table(HEADINGS, rows, none="No positions.")


def _levels(position: dict[str, Any], name: str) -> str | None:
    """Show every bot's level, or none."""
    return " ".join(exits[name] for exits in position["exits"] if exits[name] is not None) or None


def _canonical(symbol: str) -> str:
    """A broker may hold what we would not trade: then its own name counts."""
    try:
        return parse_symbol(symbol).symbol
    except SymbolRefused:
        return symbol
