"""Discord: interactions in, messages out."""

import re
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from app.domain.chat import ChatAction, ChatAnswer, ChatButton, ChatPlatform, ChatRequest
from app.errors import MalformedAlert

COMMAND, OPTION = "gatehouse", "command"
EPHEMERAL = 64
# Discord takes 2000 characters.
LONGEST = 1900

_MARKS = re.compile(r"[\\*_~|\[\]<>#@]")


class Interaction(IntEnum):
    """What comes."""

    PING = 1
    COMMAND = 2
    BUTTON = 3


class Callback(IntEnum):
    """What is answered."""

    PONG = 1
    MESSAGE = 4
    LATER = 5
    LATER_IN_PLACE = 6
    IN_PLACE = 7


PONG = {"type": Callback.PONG.value}


def is_ping(data: dict[str, Any]) -> bool:
    """Tell Discord's own question whether we are there."""
    return bool(data.get("type") == Interaction.PING)


def read_discord(data: dict[str, Any], timestamp: str, api: str) -> ChatRequest:
    """Read a command or a button; raise MalformedAlert."""
    try:
        kind = Interaction(data["type"])
        user = str((data.get("member") or data)["user"]["id"])
        text, action, value = "", None, ""
        if kind is Interaction.COMMAND:
            options = data["data"].get("options") or []
            text = next((str(item["value"]) for item in options if item["name"] == OPTION), "")
        else:
            name, _, value = data["data"]["custom_id"].partition(":")
            action = ChatAction(name)
        number, application, token = str(data["id"]), str(data["application_id"]), str(data["token"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedAlert("This is no command and no button of ours.") from error
    if not (user.isdigit() and number.isdigit() and application.isdigit()):
        raise MalformedAlert("An id is missing.")
    return ChatRequest(
        platform=ChatPlatform.DISCORD,
        user=user,
        delivery=f"discord-{number}",
        at=datetime.fromtimestamp(int(timestamp), UTC),
        text=text,
        action=action,
        value=value,
        answer_at=f"{api}/webhooks/{application}/{token}/messages/@original",
    )


def discord_message(answer: ChatAnswer) -> dict[str, Any]:
    """Return an answer as Discord takes it, calling nobody."""
    rows = (
        [{"type": 1, "components": [_button(button) for button in answer.buttons]}] if answer.buttons else []
    )
    return {
        "content": plain_text(answer.text)[:LONGEST],
        "components": rows,
        "allowed_mentions": {"parse": []},
    }


def discord_callback(answer: ChatAnswer) -> dict[str, Any]:
    """Return the immediate answer to an interaction, for the speaker's eyes alone unless it takes a place."""
    if answer.replaces:
        return {"type": Callback.IN_PLACE.value, "data": discord_message(answer)}
    return {"type": Callback.MESSAGE.value, "data": discord_message(answer) | {"flags": EPHEMERAL}}


def discord_deferral(asked: ChatRequest) -> dict[str, Any]:
    """Return the answer that says that an answer follows."""
    if asked.action is not None:
        return {"type": Callback.LATER_IN_PLACE.value}
    return {"type": Callback.LATER.value, "data": {"flags": EPHEMERAL}}


def plain_text(text: str) -> str:
    """Take from the marks their meaning: a text must not show a link under another name, or call people."""
    return _MARKS.sub(r"\\\g<0>", text)


def discord_command() -> dict[str, Any]:
    """Return the command as it is registered."""
    option = {"type": 3, "name": OPTION, "description": "status, halt, buy AAPL 10, … or help"}
    return {
        "name": COMMAND,
        "description": "Ask Gatehouse, or tell it what to do",
        "type": 1,
        "options": [option | {"required": False}],
    }


def _button(button: ChatButton) -> dict[str, Any]:
    style = 4 if button.is_dangerous else 2
    return {
        "type": 2,
        "label": button.label,
        "style": style,
        "custom_id": f"{button.action.value}:{button.value}",
    }
