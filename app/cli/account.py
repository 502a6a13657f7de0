"""`flask account`: the money at every broker."""

import click
from flask.cli import with_appcontext

from app.cli.commands import Group, show_table
from app.cli.seen import fresh_option, last_seen, show_ages
from app.domain.audit import Actor
from app.services.portfolio.holdings import accounts
from app.wiring.container import operations

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


@account.command("rotate-secret")
def rotate_secret() -> None:
    """Make a new secret for the addresses of bot commands, and show it, this once."""
    secret, until = operations().account.rotate(by=Actor.COMMAND_LINE)
    click.echo(f"The account's new secret, which is not shown again: {secret}")
    if until is not None:
        click.echo(f"The old one works until {until:%Y-%m-%d %H:%M} UTC.")


def show_accounts(*, fresh: bool) -> None:
    """Print every account."""
    seen = last_seen(fresh=fresh)
    rows = [tuple(row[name] for name in FIELDS) for row in accounts(seen)]
    show_table(HEADINGS, rows, none="No account was seen.")
    show_ages(seen)
