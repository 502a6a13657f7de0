"""`flask status`: everything that matters at a glance."""

import click
from flask.cli import with_appcontext

from app.cli.commands import Command, rounded
from app.cli.orders import show_orders
from app.cli.positions import show_positions
from app.cli.refusals import show_recent
from app.cli.seen import fresh_option, last_seen, show_ages
from app.cli.trading_state import show_states
from app.services.operator.orders import orphans
from app.wiring.container import intake, portfolio

SHOWN_ORDERS = 100


@click.command("status", cls=Command)
@fresh_option
@with_appcontext
def status(*, fresh: bool) -> None:
    """Show what alerts may do, what is held and what is working, as the clock saw it last."""
    seen = last_seen(fresh=fresh)
    show_states()
    click.echo()
    show_positions(seen)
    click.echo()
    show_orders(seen, "open", SHOWN_ORDERS)
    show_ages(seen)
    for stop in portfolio().loss_limits.view():
        whose = stop["bot"] or f"All bots at {stop['broker']}"
        told = f"{whose}: {stop['code']}, {rounded(stop['amount'])} of {rounded(stop['limit'])}"
        click.echo(f"{told}; no entries until {stop['until'][:16].replace('T', ' ')} UTC, exits go on.")
    for ticket, waiting in intake().approvals.approvals.undecided().items():
        click.echo(f"Waits for you until {waiting.expires_at:%H:%M} UTC: {waiting.summary}; ticket {ticket}")
    for row in portfolio().pursuits.rows():
        wish = f"{row['bot']} wants out of {row['symbol']} at {row['broker']} since {row['since'][11:19]} UTC"
        tries = f"tried {row['attempts']} times" if row["attempts"] > 1 else "tried once"
        click.echo(f"{wish}, {tries}, the last time: {row['last']}")
        click.echo(f"  flask tickets end {row['ticket']} gives it up.")
    for name in orphans(seen):
        click.echo(f"{name} protects a position that is gone; flask orders cancel takes it back.")
    show_recent()
