"""`flask account`: the money at every broker."""

import click
from flask.cli import with_appcontext

from app.cli.commands import Group, show_table
from app.cli.seen import fresh_option, last_seen, show_ages
from app.services.portfolio.holdings import accounts

HEADINGS = ("BROKER", "CURRENCY", "CASH", "EQUITY", "BUYING POWER")
FIELDS = ("broker", "currency", "cash", "equity", "buying_power")


@click.group("account", cls=Group, invoke_without_command=True)
@click.pass_context
@fresh_option
@with_appcontext
def account(context: click.Context, *, fresh: bool) -> None:
    """Show cash, equity and buying power at every broker."""
    if context.invoked_subcommand is None:
        show_accounts(fresh=fresh)


def show_accounts(*, fresh: bool) -> None:
    """Print every account."""
    seen = last_seen(fresh=fresh)
    rows = [tuple(row[name] for name in FIELDS) for row in accounts(seen)]
    show_table(HEADINGS, rows, none="No account was seen.")
    show_ages(seen)
