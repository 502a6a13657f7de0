"""Chat: Slack's commands and buttons, Discord's interactions."""

from functools import partial
from urllib.parse import parse_qsl

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.chat_signatures import signed_by_discord, signed_by_slack
from app.domain.chat import ChatAnswer, ChatRequest
from app.errors import MalformedAlert
from app.schemas.body import read_object
from app.schemas.chat.discord import (
    Callback,
    discord_callback,
    discord_message,
    is_ping,
    read_discord,
)
from app.schemas.chat.slack import read_slack_action, read_slack_command, slack_message
from app.wiring.container import chat, services

slack = Blueprint("slack", __name__, url_prefix="/slack")
slack.before_request(signed_by_slack)
discord = Blueprint("discord", __name__, url_prefix="/discord")
discord.before_request(signed_by_discord)
WORKING = "Working on it; the answer follows."


@slack.post("/commands")
def slack_command() -> ResponseReturnValue:
    """Answer a slash command, for the speaker's eyes alone."""
    return _for_slack(read_slack_command(_form(), g.said_at, g.signature))


@slack.post("/actions")
def slack_action() -> ResponseReturnValue:
    """Do what a button stands for; its message is replaced through the address that came with it."""
    asked = read_slack_action(_form(), g.said_at, g.signature)
    answer = chat().counter.serve(asked, partial(_to_slack, asked.answer_at))
    if answer is not None:
        _to_slack(asked.answer_at, answer)
    # Slack takes an empty answer to a button; the message comes by itself.
    return "", 200


@discord.post("/interactions")
def interaction() -> ResponseReturnValue:
    """Answer Discord's question whether we are there, a command, or a button."""
    data = read_object(g.said)
    if is_ping(data):
        return jsonify({"type": Callback.PONG.value})
    asked = read_discord(data, g.said_at, services().settings.discord_api_url)
    answer = chat().counter.serve(asked, partial(_to_discord, asked.answer_at))
    if answer is not None:
        return jsonify(discord_callback(answer))
    kind = Callback.LATER if asked.action is None else Callback.LATER_IN_PLACE
    return jsonify({"type": kind.value, "data": {"flags": 64}})


def _for_slack(asked: ChatRequest) -> ResponseReturnValue:
    answer = chat().counter.serve(asked, partial(_to_slack, asked.answer_at))
    return jsonify(slack_message(answer if answer is not None else ChatAnswer(WORKING)))


def _to_slack(address: str | None, answer: ChatAnswer) -> None:
    if address is not None:
        chat().responses.post(address, slack_message(answer))


def _to_discord(address: str | None, answer: ChatAnswer) -> None:
    if address is not None:
        chat().responses.post(address, discord_message(answer), method="PATCH")


def _form() -> dict[str, str]:
    try:
        said = parse_qsl(g.said.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=60)
    except (UnicodeDecodeError, ValueError) as error:
        raise MalformedAlert("The body is no form.") from error
    return dict(said)
