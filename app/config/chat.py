"""The settings of chat: who may speak, and where the platforms are."""

from typing import Any

from app.dataclass import dataclass
from app.parsing import bot_id, channel_id, discord_id, networks, origins, public_key, setting, speakers, url


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """What the environment says about Slack and Discord."""

    # Chat
    slack_signing_secret: str | None = setting("Slack's signing secret; unset: no Slack", None, secret=True)
    discord_public_key: str | None = setting(
        "Public key of the Discord application; unset: no Discord", None, public_key
    )
    chat_operators: tuple[str, ...] = setting(
        "Who is heard, like slack:U123,discord:456; empty is nobody", (), speakers
    )
    chat_bot: str = setting("Bot of orders by chat", "default", bot_id)
    chat_response_hosts: tuple[str, ...] = setting(
        "More hosts, or http(s) origins, that answers may be sent to, beside Slack's and Discord's",
        (),
        origins,
    )
    chat_source_ips: tuple[Any, ...] = setting(
        "Addresses or networks from which chat may come; empty is everywhere", (), networks
    )
    slack_bot_token: str | None = setting(
        "Token (xoxb-…) with which approvals are asked for in Slack", None, secret=True, needs="slack_channel"
    )
    slack_channel: str | None = setting(
        "Id of the channel where they are", None, channel_id, needs="slack_bot_token"
    )
    slack_api_url: str = setting("Address of Slack's API", "https://slack.com/api", url)
    discord_bot_token: str | None = setting(
        "Token of the bot that asks in Discord, and registers the command", None, secret=True
    )
    discord_channel: str | None = setting(
        "Id of the channel where approvals are asked for", None, discord_id, needs="discord_bot_token"
    )
    discord_application_id: str | None = setting(
        "Id of the application, for flask chat register-discord", None, discord_id, needs="discord_bot_token"
    )
    discord_api_url: str = setting("Address of Discord's API", "https://discord.com/api/v10", url)
