"""`flask status`: everything that matters at a glance."""

import click
from flask.cli import with_appcontext

from app.cli.commands import Command
from app.cli.orders import show_orders
from app.cli.positions import show_positions
from app.cli.switches import show_states
from app.wiring.container import services

SHOWN_ORDERS = 100


@click.command("status", cls=Command)
@with_appcontext
def status() -> None:
    """Show what alerts may do, what is held and what is working."""
    show_states()
    click.echo()
    show_positions()
    click.echo()
    show_orders("open", SHOWN_ORDERS)
    for ticket, waiting in services().approvals.approvals.undecided().items():
        click.echo(f"Waits for you until {waiting.expires_at:%H:%M} UTC: {waiting.summary}; ticket {ticket}")
    for name in services().orders.orphans():
        click.echo(f"{name} protects a position that is gone; flask orders cancel takes it back.")
