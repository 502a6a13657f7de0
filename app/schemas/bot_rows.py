"""Every key of a bot as a form shows it, made from its one declaration."""

from dataclasses import fields
from typing import Any

from app.domain.bot_groups import GROUPS, KeyGroup
from app.domain.bot_keys import BotKey, Unit, keys_of
from app.domain.bots import BotConfiguration
from app.domain.json_codec import to_json
from app.schemas.base import Field
from app.schemas.bot import IdeaStructures, Symbols, TimeOfDay, Windows, key_fields
from app.schemas.fields import Amount, Choice, Flag, Whole, Word

# What a form needs to know of a unit; in the form's own words.
UNITS = {
    Unit.FRACTION: "fraction",
    Unit.MONEY: "money",
    Unit.UNITS: "units",
    Unit.TICKS: "ticks",
    Unit.SECONDS: "seconds",
    Unit.MINUTES: "minutes",
}
TYPES: dict[type[Field[Any]], str] = {
    Windows: "windows",
    IdeaStructures: "label_pairs",
    Symbols: "symbols",
    TimeOfDay: "time",
    Choice: "choice",
    Word: "choice",
    Flag: "boolean",
    Whole: "integer",
    Amount: "decimal",
}
TEXT = "text"


def key_rows() -> list[dict[str, Any]]:
    """Return a row for each key, in the order of their groups."""
    defaults = {item.name: item.default for item in fields(BotConfiguration)}
    taken = key_fields(BotConfiguration)
    rows = [_row(name, key, taken[name], defaults[name]) for name, key in keys_of(BotConfiguration).items()]
    order = {group.value: place for place, group in enumerate(KeyGroup)}
    return sorted(rows, key=lambda row: order[row["group"]])


def _row(name: str, key: BotKey, field: Field[Any], default: Any) -> dict[str, Any]:
    return {
        "name": name,
        "group": GROUPS[name].value,
        "type": next((word for kind, word in TYPES.items() if isinstance(field, kind)), TEXT),
        "unit": None if key.unit is None else UNITS[key.unit],
        "default": to_json(default),
        "help": key.meaning,
        "nullable": bool(field.allow_none),
        "choices": _choices(field),
        "least": key.least if key.above is None else key.above,
        "least_is_excluded": key.above is not None,
        "most": key.most if key.below is None else key.below,
        "most_is_excluded": key.below is not None,
        # The setting that limits the same thing for every bot.
        "ceiling": None if key.ceiling is None else key.ceiling.upper(),
        "combined": None if key.limit is None else key.limit.value,
    }


def _choices(field: Field[Any]) -> list[str] | None:
    if isinstance(field, Choice):
        return [word.value for word in field.enum]
    return list(field.words) if isinstance(field, Word) else None
