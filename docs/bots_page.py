"""`docs/bots.md`, from the declarations of a bot's keys."""

from dataclasses import fields
from typing import Any

from app.domain.bot_keys import BotKey, keys_of
from app.domain.bots import BotConfiguration
from app.schemas.base import Field
from app.schemas.bot import IdeaStructures, Symbols, Windows, key_fields
from app.schemas.fields import Choice, Text, Word

HEAD = """# Keys of a bot

Written by `make docs` from the code. Set them with `flask bots set ID KEY=VALUE` or `PATCH /api/bots/{id}`.
Keys that end in `_pct` are fractions: 0.02 is 2 %. Money is in the account's currency. Limits concern entries
only, and never hold anybody in a position; null is no limit of the bot's own. Where a
[setting](settings.md) limits the same thing, the stricter of the two holds.

The state of a bot is set with `flask trading-state HALTED --bot ID` or `PUT /api/bots/{id}/trading-state`,
its secret with `flask bots rotate-secret ID` or `POST /api/bots/{id}/secret`.

| key | type | default | meaning |
|---|---|---|---|
"""


def bots_page() -> str:
    """Return docs/bots.md."""
    return HEAD + "".join(rows(BotConfiguration))


def rows(record: type) -> list[str]:
    """Return a line for each key that a configuration declares."""
    defaults = {item.name: item.default for item in fields(record)}
    taken = key_fields(record)
    return [_row(name, key, taken[name], defaults[name]) for name, key in keys_of(record).items()]


def _row(name: str, key: BotKey, field: Field[Any], default: Any) -> str:
    kind = _kind(field) + (" or null" if field.allow_none else "") + (f", {key.unit}" if key.unit else "")
    ceiling = f" Ceiling: `{key.ceiling.upper()}`." if key.ceiling else ""
    return f"| `{name}` | {kind} | {_default(default)} | {key.meaning}{ceiling} |\n"


def _default(value: Any) -> str:
    if value is None:
        return "`null`"
    plain = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{plain}`" if plain else "its id"


def _kind(field: Field[Any]) -> str:
    if isinstance(field, Word):
        return ", ".join(f"`{word}`" for word in field.words)
    if isinstance(field, Choice):
        return ", ".join(f"`{word.value}`" for word in field.enum)
    if isinstance(field, Windows):
        return "windows, by commas"
    if isinstance(field, IdeaStructures):
        return "`label=bot`, by commas"
    if isinstance(field, Symbols):
        return "symbols, by commas"
    return "text" if isinstance(field, Text) else field.allowed.removeprefix("a ")
