"""`flask cleanup`: protective orders whose position is gone."""

import click
from flask.cli import with_appcontext

from app.cli.commands import Command
from app.domain.audit import Actor
from app.wiring.container import portfolio


@click.command("cleanup", cls=Command)
@with_appcontext
def cleanup() -> None:
    """Cancel protective orders whose position is gone; a dry run says which it would cancel."""
    run = portfolio().cleanup.run(by=Actor.COMMAND_LINE)
    for name in run.canceled:
        click.echo(f"{name} is canceled.")
    for name in run.would_cancel:
        click.echo(f"{name} would be canceled; this is a dry run.")
    for name in run.waiting:
        click.echo(f"{name} stays for now: the books know of its position; the clock looks again.")
    for failure in run.failed:
        click.echo(f"{failure.client_order_id or failure.broker}: {failure.message}", err=True)
    click.echo(f"{run.checked} protective orders were looked at.")
    if run.failed:
        raise click.exceptions.Exit(1)
