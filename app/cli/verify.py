"""`flask verify`: whether what we depend on lets us in."""

import click

from app.cli.commands import Group
from app.container import services
from app.services.analyst.access import NOT_SET_UP


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
