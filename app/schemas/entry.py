"""What a dialect says of itself, so that it is one file and one line in the registry."""

from collections.abc import Callable
from dataclasses import field
from typing import Any

from app.dataclass import dataclass
from app.domain.signals import Dialect
from app.errors import MalformedAlert
from app.schemas.base import Schema
from app.schemas.reading import REFUSING, Reading

# What makes a command of an alert, in every dialect.
COMMAND_MARK = "command"
# Whose dialects our own are.
OURS = "Gatehouse"


def _never(_: dict[str, Any]) -> bool:
    return False


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
