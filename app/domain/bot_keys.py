"""How a key of a bot is declared: once, beside its default, for everything that is made from it."""

from dataclasses import field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.dataclass import dataclass

_KEY = "key"


class Unit(StrEnum):
    """What a number counts."""

    FRACTION = "a fraction"
    MONEY = "in the account's currency"
    UNITS = "in units of the instrument"
    TICKS = "in ticks"
    SECONDS = "in seconds"
    MINUTES = "in minutes"


class Limit(StrEnum):
    """How the environment's limit and a bot's become the one that holds; the bot's null is no limit."""

    LOWER = "lower"
    BOTH_ALLOW = "both_allow"
    EITHER_DEMANDS = "either_demands"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotKey:
    """What a key means and takes; `above` and `below` are bounds that it may not touch.

    `limit` makes it one of the limits that gates compare with; `ceiling` is the setting, by its field in
    Settings, that limits the same thing for every bot.
    """

    meaning: str
    unit: Unit | None = None
    least: int | None = None
    most: int | None = None
    above: int | None = None
    below: int | None = None
    longest: int = 100
    limit: Limit | None = None
    ceiling: str | None = None

    def allows(self, value: Decimal) -> bool:
        """Tell whether a number is within the bounds, whoever wrote it."""
        return (
            value.is_finite()
            and (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )


def key(default: Any, meaning: str, **terms: Any) -> Any:
    """Declare a key: its default, its meaning in one sentence, and the terms of a BotKey."""
    return field(default=default, metadata={_KEY: BotKey(meaning=meaning, **terms)})


def keys_of(record: type) -> dict[str, BotKey]:
    """Return the keys of a configuration, in their order; raise KeyError for one that is not declared."""
    return {item.name: item.metadata[_KEY] for item in fields(record)}
