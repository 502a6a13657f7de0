"""Discord's API: the name by which it wants to be asked, and the command that it is told of."""

from http import HTTPStatus
from typing import Any

from app.errors import InvalidRequest
from app.services.chat.announcer import NotTaken, send

# Whoever does not call himself so may be turned away before Discord sees him (API reference, "User Agent").
AGENT = "DiscordBot (gatehouse, 1)"
_CURES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "Discord does not take DISCORD_BOT_TOKEN: reset it, and copy the new one.",
    HTTPStatus.FORBIDDEN: "Discord does not let this bot: DISCORD_BOT_TOKEN and DISCORD_APPLICATION_ID "
    "must be those of one application.",
    HTTPStatus.NOT_FOUND: "Discord knows no such application: look at DISCORD_APPLICATION_ID.",
    HTTPStatus.TOO_MANY_REQUESTS: "Discord has too many requests; try it again in a minute.",
}


def discord_headers(token: str | None = None) -> dict[str, str]:
    """Return the headers of a request, with a bot's token where it is asked as that bot."""
    return {"User-Agent": AGENT} | ({} if token is None else {"Authorization": f"Bot {token}"})


def register_command(api: str, application: str, token: str, command: dict[str, Any]) -> None:
    """Make the command known to Discord, or bring it up to date; raise InvalidRequest with the cure."""
    address = f"{api}/applications/{application}/commands"
    try:
        # Of one name there is one command: what was registered before is replaced.
        send("Discord", address, discord_headers(token), command)
    except NotTaken as error:
        raise InvalidRequest(_CURES.get(error.status, str(error))) from error
