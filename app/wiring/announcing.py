"""Where questions for a person are asked in chat."""

from functools import partial

from app.config import Settings
from app.schemas.chat.discord import discord_message
from app.schemas.chat.slack import slack_post
from app.services.chat.announcer import Announcer, ChatChannel
from app.services.chat.discord_api import discord_headers


def announcer(settings: Settings) -> Announcer:
    """Return what asks in the channels that are set."""
    channels = []
    if settings.slack_bot_token is not None and settings.slack_channel is not None:
        channels.append(
            ChatChannel(
                platform="Slack",
                address=f"{settings.slack_api_url}/chat.postMessage",
                headers={"Authorization": f"Bearer {settings.slack_bot_token}"},
                write=partial(slack_post, settings.slack_channel),
            )
        )
    if settings.discord_bot_token is not None and settings.discord_channel is not None:
        channels.append(
            ChatChannel(
                platform="Discord",
                address=f"{settings.discord_api_url}/channels/{settings.discord_channel}/messages",
                headers=discord_headers(settings.discord_bot_token),
                write=discord_message,
            )
        )
    return Announcer(tuple(channels))
