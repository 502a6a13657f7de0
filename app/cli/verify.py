"""`flask verify`: whether what we depend on lets us in."""

import click

from app.cli.commands import Group
from app.services.analyst.mcp_access import NOT_SET_UP
from app.services.observability.events import EventKind
from app.wiring.container import observability, services

# Longer than a notification service is waited for.
SENT_WITHIN_SECONDS = 60


@click.group("verify", cls=Group)
def verify() -> None:
    """Ask a service that Gatehouse uses whether it lets us in."""


@verify.command("mcp")
def verify_mcp() -> None:
    """Shake hands with the MCP server that has the model's tools; exit 1 when it does not work."""
    access = services().research.access
    if access is None:
        raise click.ClickException(NOT_SET_UP)
    verdict = access.verify()
    if not verdict.is_good:
        raise click.ClickException(f"{access.url}: {verdict.message}")
    click.echo(f"{access.url}: {verdict.message}")


@verify.command("notifications")
def verify_notifications() -> None:
    """Send you a message; exit 1 when it does not get out."""
    if services().settings.notification_url is None:
        raise click.ClickException("Set NOTIFICATION_URL to be told anything.")
    notifier, text = observability().notifier, "You asked for it: flask verify notifications."
    notifier.notify(EventKind.TRIAL, text)
    notifier.close(SENT_WITHIN_SECONDS)
    if notifier.dropped:
        raise click.ClickException("The message did not get out; the line above says why.")
    click.echo("A message was sent.")
