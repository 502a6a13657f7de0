"""`flask chat`: what Discord must be told once."""

import click

from app.cli.commands import Group
from app.errors import InvalidRequest
from app.schemas.chat.discord import COMMAND, discord_command
from app.services.chat.discord_api import register_command
from app.wiring.container import services

chat = Group("chat", help="Set up Slack and Discord.")


@chat.command("register-discord")
def register_discord() -> None:
    """Register the command /gatehouse with Discord, or bring it up to date."""
    settings = services().settings
    application, token = settings.discord_application_id, settings.discord_bot_token
    if application is None or token is None:
        raise InvalidRequest("Set DISCORD_APPLICATION_ID and DISCORD_BOT_TOKEN first.")
    register_command(settings.discord_api_url, application, token, discord_command())
    click.echo(f"Discord knows /{COMMAND}; it may take a minute until it is offered.")
