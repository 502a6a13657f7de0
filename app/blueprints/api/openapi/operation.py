"""What is told of one view, and the names of what alerts may look like."""

from dataclasses import field
from typing import Any

from app.dataclass import dataclass
from app.schemas.base import Schema
from app.schemas.entry import DialectEntry

PUBLIC: tuple[dict[str, list[str]], ...] = ()
_LET_IN: tuple[dict[str, list[str]], ...] = ({"operator": []}, {"session": []}, {"secureSession": []})
OPERATOR = _LET_IN
# Of one service account, where TASKS_SERVICE_ACCOUNT is set.
OPERATOR_OR_SCHEDULER: tuple[dict[str, list[str]], ...] = (*_LET_IN, {"google": []})
OPERATOR_SEES_MORE: tuple[dict[str, list[str]], ...] = ({}, *_LET_IN)
# The empty one stands for the secret in the body, which OpenAPI has no scheme for.
BOT_SECRET: tuple[dict[str, list[str]], ...] = (
    {},
    {"secretInQuery": []},
    {"secretInBotHeader": []},
    {"secretInWebhookHeader": []},
)

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One view: its folder, who may call it, what it takes, and its answers (a component by status)."""

    tag: str
    answers: dict[int, tuple[str, ...]]
    errors: tuple[int, ...] = ()
    security: tuple[dict[str, list[str]], ...] = OPERATOR
    body: tuple[str, ...] = ()
    example: dict[str, Any] | None = None
    query: Schema | None = None
    if_match: bool = False
    token_again: bool = False
    once: bool = False
    etag: bool = False
    media_types: tuple[str, ...] = (JSON,)
    parameters: dict[str, str] = field(default_factory=dict)


def alert_component(entry: DialectEntry) -> str:
    """Name the component that describes a dialect's alert."""
    return f"{entry.name.title().replace('_', '')}Alert"


def command_component(entry: DialectEntry) -> str:
    """Name the component that describes a dialect's command."""
    return alert_component(entry).removesuffix("Alert") + "Command"


def bodies(*entries: DialectEntry) -> tuple[str, ...]:
    """Name the components of all that these dialects may send."""
    return tuple(
        name
        for entry in entries
        for name in (alert_component(entry), *([command_component(entry)] if entry.command else []))
    )
