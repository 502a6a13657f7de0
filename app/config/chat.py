"""The settings of chat: who may speak, and where the platforms are."""

from dataclasses import dataclass
from typing import Any

from app.parsing import bot_id, networks, origins, public_key, setting, speakers, url


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
    discord_api_url: str = setting("Address of Discord's API", "https://discord.com/api/v10", url)
