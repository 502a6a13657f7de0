"""Slack: form fields in, blocks out."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.domain.chat import ChatAction, ChatAnswer, ChatButton, ChatPlatform, ChatRequest
from app.errors import MalformedAlert

# Slack takes 3000 characters in a block.
LONGEST = 2900


def read_slack_command(form: Mapping[str, str], timestamp: str, signature: str) -> ChatRequest:
    """Read a slash command; raise MalformedAlert."""
    return ChatRequest(
        platform=ChatPlatform.SLACK,
        user=_given(form.get("user_id"), "user_id"),
        delivery=_delivery(signature),
        at=_at(timestamp),
        text=form.get("text", ""),
        answer_at=form.get("response_url") or None,
    )


def read_slack_action(form: Mapping[str, str], timestamp: str, signature: str) -> ChatRequest:
    """Read a button that was pressed; raise MalformedAlert."""
    try:
        payload = json.loads(form["payload"])
        (pressed,) = payload["actions"]
        action, value, user = ChatAction(pressed["action_id"]), str(pressed["value"]), payload["user"]["id"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise MalformedAlert("This is no button of ours.") from error
    return ChatRequest(
        platform=ChatPlatform.SLACK,
        user=_given(user, "user.id"),
        delivery=_delivery(signature),
        at=_at(timestamp),
        action=action,
        value=value,
        answer_at=payload.get("response_url") or None,
    )


def slack_message(answer: ChatAnswer) -> dict[str, Any]:
    """Return an answer as Slack takes it, for the speaker's eyes alone."""
    text = escaped(answer.text)[:LONGEST]
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
    if answer.buttons:
        blocks.append({"type": "actions", "elements": [_button(button) for button in answer.buttons]})
    message = {"response_type": "ephemeral", "text": text, "blocks": blocks}
    return message | ({"replace_original": True} if answer.replaces else {})


def slack_post(channel: str, answer: ChatAnswer) -> dict[str, Any]:
    """Return a message for everybody in a channel."""
    message = slack_message(answer)
    return {"channel": channel, "text": message["text"], "blocks": message["blocks"]}


def escaped(text: str) -> str:
    """Take the marks away by which a text could call people or show a link under another name."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _button(button: ChatButton) -> dict[str, Any]:
    shown = {
        "type": "button",
        "text": {"type": "plain_text", "text": button.label},
        "action_id": button.action.value,
        "value": button.value,
    }
    return shown | ({"style": "danger"} if button.is_dangerous else {})


def _given(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.isalnum() or len(value) > 40:  # noqa: PLR2004  # theirs have eleven
        raise MalformedAlert(f"{name} is missing.")
    return value


def _delivery(signature: str) -> str:
    return hashlib.sha256(signature.encode()).hexdigest()


def _at(timestamp: str) -> datetime:
    return datetime.fromtimestamp(int(timestamp), UTC)
