"""`flask login`: the link at which a person logs in to a broker."""

import click
from flask.cli import with_appcontext

from app.brokers.registry import BROKERS
from app.cli.commands import Command
from app.domain.json_codec import timestamp
from app.errors import FyersNotConfigured
from app.wiring.container import brokers


@click.command("login", cls=Command)
@click.argument("broker", type=click.Choice([entry.name for entry in BROKERS.values() if entry.logs_in]))
@with_appcontext
def login(broker: str) -> None:
    """Print the link at which you log in; it is good once."""
    fyers = brokers().fyers
    if fyers is None:
        raise FyersNotConfigured(
            f"Set FYERS_APP_ID, FYERS_SECRET_ID and FYERS_REDIRECT_URI to log in to {broker}."
        )
    link = fyers.login.link()
    click.echo(link.url)
    click.echo(f"Good until {timestamp(link.expires_at)}.", err=True)
