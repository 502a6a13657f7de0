"""How a bot is shown, without its secrets."""

from typing import Any

from app.domain.audit import CHANGED, audited_switch
from app.domain.bots import Bot
from app.domain.json_codec import to_json


def bot_view(bot: Bot) -> dict[str, Any]:
    """Show a bot as one flat object, without its secrets."""
    configuration: dict[str, Any] = to_json(bot.configuration)
    return {
        "id": bot.id,
        "number": bot.number,
        **configuration,
        "state": bot.switch.state.value,
        "state_reason": bot.switch.reason,
        "secret_created_at": to_json(bot.secrets.created_at),
        "created_at": to_json(bot.created_at),
    }


def audited_bot(bot: Bot) -> dict[str, Any]:
    """Return what the audit tells of a bot: its keys and its switch, nothing of its secrets."""
    return {**to_json(bot.configuration), **audited_switch(bot.switch)}


def audited_change(before: Bot, after: Bot) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the audit tells of a bot before and after a change.

    Of a secret not even the digest is told: it could be tried against guesses.
    """
    told = audited_bot(after)
    if after.secrets != before.secrets:
        told |= {"secret": CHANGED, "previous_valid_until": to_json(after.secrets.previous_valid_until)}
    return audited_bot(before), told
