"""Which dialect an alert speaks, and what it means."""

from typing import Any

from marshmallow import ValidationError

from app.domain.signals import SECRET_FIELDS, Signal
from app.errors import MalformedAlert
from app.schemas.base import sentences
from app.schemas.dialects import DIALECTS
from app.schemas.entry import COMMAND_MARK, DialectEntry
from app.schemas.foreign_names import renamed
from app.schemas.reading import understand


def dialect_of(alert: dict[str, Any]) -> DialectEntry:
    """Tell the dialect by its fields; raise MalformedAlert when there is no mark of any."""
    for entry in DIALECTS.values():
        if any(mark in alert for mark in entry.marks):
            return entry
    for entry in DIALECTS.values():
        if entry.is_also(alert):
            return entry
    plain = DIALECTS["strategy"]
    hints = renamed(alert, required_fields(plain))
    # A command stands in the address that it is posted to, and not in an alert.
    posted = (entry for entry in DIALECTS.values() if not entry.names_bot_by_number)
    needed = "; ".join(f"{', '.join(required_fields(entry))} ({entry.name})" for entry in posted)
    raise MalformedAlert(
        f"The alert has none of the fields that tell its dialect.{hints} Required are, by dialect: {needed}; "
        f"{plain.told_by} tells a plain one, whose whole message is in the README."
    )


def required_fields(entry: DialectEntry) -> list[str]:
    """Return the fields without which an alert of a dialect is malformed."""
    return [field.data_key or name for name, field in entry.schema.fields.items() if field.required]


def bot_named_in(alert: dict[str, Any]) -> Any:
    """Return what an alert of any dialect says about whose it is, before its dialect is told."""
    names = dict.fromkeys(entry.bot_field for entry in DIALECTS.values())
    return next((alert[name] for name in names if alert.get(name)), None)


def read_signal(entry: DialectEntry, alert: dict[str, Any]) -> Signal:
    """Load an alert through its dialect's schema; raise MalformedAlert that names every bad field.

    Its secret, in whatever field it came, is none of the schema's business.
    """
    # A command is not read as an order, nor the reverse.
    is_command = entry.command is not None and COMMAND_MARK in alert
    schema = entry.command if is_command and entry.command is not None else entry.schema
    reading = entry.command_reading if is_command else entry.reading
    plain = {name: value for name, value in alert.items() if name not in SECRET_FIELDS}
    try:
        understood = understand(plain, schema.fields, reading)
    except ValidationError as error:
        raise _malformed(entry, error.messages_dict) from error
    try:
        signal: Signal = schema.load(understood.alert)
    except ValidationError as error:
        missing = [name for name in error.messages_dict if name not in understood.alert]
        hints = renamed(alert, missing)
        raise _malformed(entry, understood.as_given(error.messages_dict), hints) from error
    return understood.completed(signal)


def _malformed(entry: DialectEntry, messages: dict[Any, Any], hints: str = "") -> MalformedAlert:
    return entry.malformed(f"The alert is malformed. {sentences(messages)}{hints}", fields=messages)


def read_stored_signal(dialect: str, alert: dict[str, Any]) -> Signal:
    """Load an alert as the inbox keeps it; raise MalformedAlert when its dialect is gone."""
    if dialect not in DIALECTS:
        raise MalformedAlert(f"There is no dialect {dialect} any more.")
    return read_signal(DIALECTS[dialect], alert)
