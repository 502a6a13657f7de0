"""A bot's keys as people write them on one line: KEY=VALUE."""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from marshmallow import fields

from app.errors import InvalidRequest
from app.schemas.bot import BotSchema, IdeaStructures, Symbols, Windows
from app.schemas.fields import Text

BOT = BotSchema()
# What belongs to a bot and is changed by a command of its own.
ELSEWHERE = {
    "id": "a bot keeps its id; make another with: flask bots create ID",
    "state": "the state is set with: flask trading-state HALTED --bot ID",
    "secret": "a new secret is made with: flask bots rotate-secret ID",
}


def split_pair(pair: str) -> tuple[str, str]:
    """Take KEY=VALUE apart; raise InvalidRequest."""
    name, equals, text = pair.partition("=")
    if not equals:
        raise InvalidRequest(f"{pair} is not written as KEY=VALUE.")
    return name, text


def read_pairs(pairs: Sequence[str]) -> dict[str, Any]:
    """Read KEY=VALUE pairs into what the API would be sent; raise InvalidRequest."""
    values: dict[str, Any] = {}
    for pair in pairs:
        name, text = split_pair(pair)
        if name in ELSEWHERE:
            raise InvalidRequest(f"{name} is no key here: {ELSEWHERE[name]}")
        values[name] = _value(name, text)
    return values


def _value(name: str, text: str) -> Any:
    field: fields.Field[Any] | None = BOT.fields.get(name)
    if text == "null":
        return None
    if isinstance(field, fields.Boolean) and text not in {"true", "false"}:
        raise InvalidRequest(f"{name} is true or false, not {text}.")
    if isinstance(field, Windows):
        # Days are separated by commas too: a new window begins behind the time at which one ends.
        return [window.strip() for window in re.split(r"(?<=\d)\s*[,;]", text) if window.strip()]
    if isinstance(field, (Symbols, IdeaStructures)):
        return [name.strip() for name in text.split(",") if name.strip()]
    if isinstance(field, (Text, fields.Enum)):
        return text
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return text
