"""`flask dashboard`: a link that signs in, and an end to every session."""

import click

from app.cli.commands import Group
from app.domain.audit import Actor
from app.domain.json_codec import timestamp
from app.first_start import address_of
from app.services.sessions.links import start_link
from app.wiring.container import operations, services


@click.group("dashboard", cls=Group)
def dashboard() -> None:
    """Sign in to the dashboard, and sign everybody out."""


@dashboard.command("link")
def print_link() -> None:
    """Print a link that signs you in as the operator, once."""
    code, until = operations().sessions.new_code()
    click.echo(start_link(address_of(services().settings), code))
    click.echo(f"Good once, until {timestamp(until)}.", err=True)


@dashboard.command("sign-out")
def sign_out() -> None:
    """End every session of anybody, everywhere."""
    count = operations().sessions.end_all(by=Actor.COMMAND_LINE)
    click.echo(f"Sessions ended: {count}.")
