"""Chat: Slack's commands and buttons, Discord's interactions."""

from functools import partial
from urllib.parse import parse_qsl

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.chat_signatures import signed_by_discord, signed_by_slack
from app.domain.chat import ChatAnswer
from app.errors import MalformedAlert
from app.schemas.body import read_object
from app.schemas.chat.discord import (
    PONG,
    discord_callback,
    discord_deferral,
    discord_message,
    is_ping,
    read_discord,
)
from app.schemas.chat.slack import read_slack_action, read_slack_command, slack_message
from app.services.chat.responses import Responses
from app.wiring.container import chat, services

slack = Blueprint("slack", __name__, url_prefix="/slack")
slack.before_request(signed_by_slack)
discord = Blueprint("discord", __name__, url_prefix="/discord")
discord.before_request(signed_by_discord)
WORKING = "Working on it; the answer follows."


@slack.post("/commands")
def slack_command() -> ResponseReturnValue:
    """Answer a slash command, for the speaker's eyes alone."""
    said = _form()
    if said.get("ssl_check") == "1":
        # Slack asks whether our certificate is good.
        return "", 200
    asked = read_slack_command(said, g.said_at, g.signature)
    answer = chat().counter.serve(asked, partial(_to_slack, chat().responses, asked.answer_at))
    return jsonify(slack_message(answer if answer is not None else ChatAnswer(WORKING)))


@slack.post("/actions")
def slack_action() -> ResponseReturnValue:
    """Do what a button stands for; its message is replaced through the address that came with it."""
    asked = read_slack_action(_form(), g.said_at, g.signature)
    chat().counter.serve_later(asked, partial(_to_slack, chat().responses, asked.answer_at))
    # Slack takes an empty answer to a button; the message comes by itself.
    return "", 200


@discord.post("/interactions")
def interaction() -> ResponseReturnValue:
    """Answer Discord's question whether we are there, a command, or a button."""
    data = read_object(g.said)
    if is_ping(data):
        return jsonify(PONG)
    asked = read_discord(data, g.said_at, services().settings.discord_api_url)
    answer = chat().counter.serve(asked, partial(_to_discord, chat().responses, asked.answer_at))
    return jsonify(discord_callback(answer) if answer is not None else discord_deferral(asked))


def _to_slack(responses: Responses, address: str | None, answer: ChatAnswer) -> None:
    if address is not None:
        responses.post(address, slack_message(answer))


def _to_discord(responses: Responses, address: str | None, answer: ChatAnswer) -> None:
    if address is not None:
        responses.edit(address, discord_message(answer))


def _form() -> dict[str, str]:
    try:
        said = parse_qsl(g.said.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=60)
    except (UnicodeDecodeError, ValueError) as error:
        raise MalformedAlert("The body is no form.") from error
    return dict(said)
