"""What a dialect says of itself, so that it is one file and one line in the registry."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from app.dataclass import dataclass
from app.domain.signals import Dialect
from app.errors import MalformedAlert
from app.schemas.base import Schema
from app.schemas.meanings import FieldMeaning

# What makes a command of an alert, in every dialect.
COMMAND_MARK = "command"
# Whose dialects our own are.
OURS = "Gatehouse"


def _never(_: dict[str, Any]) -> bool:
    return False


def _all(_: dict[str, Any]) -> None:
    return None


def _nowhere(_: FieldMeaning, __: Any, ___: dict[str, Any]) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one dialect makes of the names in the table of meanings.

    `fields` are its own fields by their meaning; where it `is_strict` other names of theirs are refused.
    `size` is the field whose other names are somebody's own wish. `words` translates values of a field,
    `advice` stands for the table's, `ignored` decides nothing in this dialect. `inside` are its own objects
    that may hold anything, with what it reads of them. `only_exits` tells an alert that opens nothing,
    whatever is held, and goes without the fields `of_entry`, but for the `size_of_part` that it closes;
    `is_said` tells a value that the dialect's own fields say as well. `levels` are its fields for exits, and
    `entry_fields` what the table says that only an entry uses.
    """

    fields: Mapping[FieldMeaning, str] = field(default_factory=dict)
    size: str = ""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    advice: Mapping[FieldMeaning, str] = field(default_factory=dict)
    ignored: frozenset[FieldMeaning] = frozenset()
    inside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_strict: bool = False
    finds_misspelt: bool = True
    only_exits: Callable[[dict[str, Any]], bool] = _never
    of_entry: frozenset[str] = frozenset()
    size_of_part: Callable[[dict[str, Any]], str | None] = _all
    is_said: Callable[[FieldMeaning, Any, dict[str, Any]], bool] = _nowhere
    levels: tuple[str, ...] = field(init=False)
    entry_fields: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Work out what every alert is asked about."""
        levels = tuple(own for meaning, own in self.fields.items() if meaning.is_level)
        of_entry = frozenset(own for meaning, own in self.fields.items() if meaning.is_of_entry)
        object.__setattr__(self, "levels", levels)
        object.__setattr__(self, "entry_fields", of_entry)

    def advice_on(self, meaning: FieldMeaning) -> str:
        """Say what to do instead."""
        own = self.fields.get(meaning)
        return f"write {own}" if own is not None else self.advice.get(meaning, meaning.advice)


REFUSING = Reading(is_strict=True, finds_misspelt=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectEntry:
    """One dialect in the registry: how it is told, read, posted and shown.

    A field in `marks` stands in this dialect alone; `is_also` tells its alerts without one, `told_by` says
    both in words. `service` is whose dialect it is; `is_mine` tells an alert written for another one.
    `bot_field` names the bot, `own_field` makes an alert another than the one before. `sample`
    is a complete alert, whose `sample_price` belongs to its symbol. `command` reads what cancels or modifies.
    `sources` is the setting that lists the addresses from which it is taken, none of them: all.
    `malformed` makes the refusal of a wrong shape, `names_bot_by_number` tells how a bot is named.
    `is_foreign`: written for another service, so that a secret in it is that service's.
    `reading` says which of the names that others use mean its fields; the rest of them is refused by name.
    """

    dialect: Dialect
    schema: Schema
    sample: dict[str, Any]
    told_by: str
    marks: tuple[str, ...] = ()
    service: str = OURS
    is_mine: Callable[[dict[str, Any]], bool] = _never
    is_also: Callable[[dict[str, Any]], bool] = _never
    path: str = "/webhook"
    is_taken_at_webhook: bool = True
    sources: str = "ALLOWED_SOURCE_IPS"
    bot_field: str = "bot"
    own_field: str = "idempotency_key"
    sample_price: str | None = None
    names_bot_by_number: bool = False
    malformed: Callable[..., MalformedAlert] = MalformedAlert
    reading: Reading = REFUSING
    command: Schema | None = None
    command_reading: Reading = REFUSING
    command_sample: dict[str, Any] = field(default_factory=dict)
    is_foreign: bool = field(init=False)

    def __post_init__(self) -> None:
        """Work out what is asked of it twice an alert."""
        object.__setattr__(self, "is_foreign", self.service is not OURS)

    @property
    def recognised(self) -> dict[str, str]:
        """What a preview says of it."""
        return {"dialect": self.name, "service": self.service}

    @property
    def name(self) -> str:
        """The dialect's name."""
        return self.dialect.name
