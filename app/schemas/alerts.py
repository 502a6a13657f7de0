"""Which dialect an alert speaks, and what it means."""

from typing import Any

from marshmallow import ValidationError

from app.domain.signals import SECRET_FIELDS, Signal
from app.errors import MalformedAlert
from app.schemas.base import either, sentences
from app.schemas.chat import line
from app.schemas.dialects import DIALECTS
from app.schemas.entry import COMMAND_MARK, DialectEntry
from app.schemas.foreign.registry import FOREIGN
from app.schemas.foreign_names import renamed
from app.schemas.reading import understand

# Read again from the inbox, and posted by nobody.
UNPOSTED = {line.ENTRY.name: line.ENTRY}
_BOT_FIELDS = tuple(dict.fromkeys(entry.bot_field for entry in DIALECTS.values()))
# Where one of these stands, the alert is ours, whatever stands beside it.
_OURS = frozenset(
    {
        *("strategy_order_action", "strategy_order_id", "fund_id", "strategy_id", "strikeprice"),
        *("alert_name", "triggered_at", COMMAND_MARK),
    }
)


def dialect_of(alert: dict[str, Any]) -> DialectEntry:
    """Tell the dialect by its fields; raise MalformedAlert when there is no mark of any, or of several."""
    if _OURS.isdisjoint(alert):
        written_for = _service_of(alert)
        if written_for is not None:
            return written_for
    for entry in DIALECTS.values():
        for mark in entry.marks:
            if mark in alert:
                return entry
    for entry in DIALECTS.values():
        if entry.is_also(alert):
            return entry
    plain = DIALECTS["strategy"]
    hints = _pin_hint(alert) + renamed(alert, required_fields(plain))
    # A command stands in the address that it is posted to, and not in an alert.
    posted = (entry for entry in DIALECTS.values() if not entry.names_bot_by_number)
    needed = "; ".join(f"{', '.join(required_fields(entry))} ({entry.name})" for entry in posted)
    raise MalformedAlert(
        f"The alert has none of the fields that tell its dialect.{hints} Required are, by dialect: {needed}; "
        f"{plain.told_by} tells a plain one, whose whole message is in the README."
    )


def entry_named(name: str) -> DialectEntry | None:
    """Return a dialect by its name, ours or another service's."""
    return DIALECTS.get(name) or FOREIGN.get(name) or UNPOSTED.get(name)


def pinned_dialect(name: str) -> DialectEntry:
    """Return the dialect that an address names; raise MalformedAlert where it is none of them."""
    entry = entry_named(name)
    if entry is None or not entry.is_taken_at_webhook:
        names = [*(item.name for item in DIALECTS.values() if item.is_taken_at_webhook), *FOREIGN]
        raise MalformedAlert(f"The address names no dialect that is taken there; write {either(names)}.")
    return entry


def _service_of(alert: dict[str, Any]) -> DialectEntry | None:
    found = [entry for entry in FOREIGN.values() if entry.is_mine(alert)]
    if len(found) > 1:
        names = " and ".join(f"{entry.service} ({entry.told_by})" for entry in found)
        raise MalformedAlert(f"The alert has the marks of {names}. {_PIN}")
    return found[0] if found else None


_PIN = f"Write behind the address whose it is, ?dialect= with {either(FOREIGN)}."


def _pin_hint(alert: dict[str, Any]) -> str:
    """Say how to send what may be several services'."""
    is_bare = "action" in alert and ("ticker" in alert or "symbol" in alert)
    if not is_bare:
        return ""
    service = "traderspost" if "ticker" in alert else "openalgo"
    return (
        f" A symbol and an action alone may be several services': for {FOREIGN[service].service} send it to "
        f"/webhook?dialect={service}."
    )


def required_fields(entry: DialectEntry) -> list[str]:
    """Return the fields without which an alert of a dialect is malformed."""
    return [field.data_key or name for name, field in entry.schema.fields.items() if field.required]


def bot_named_in(alert: dict[str, Any]) -> Any:
    """Return what an alert of any dialect says about whose it is, before its dialect is told."""
    for name in _BOT_FIELDS:
        if alert.get(name):
            return alert[name]
    return None


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


def read_previewed(entry: DialectEntry, alert: dict[str, Any]) -> Signal:
    """Load an alert as `read_signal` does; a refusal says whose alert it was taken for."""
    try:
        return read_signal(entry, alert)
    except MalformedAlert as error:
        taken = f"It was taken for an alert of {entry.service} (dialect {entry.name})."
        raise type(error)(f"{error.message} {taken}", **error.details) from error


def _malformed(entry: DialectEntry, messages: dict[Any, Any], hints: str = "") -> MalformedAlert:
    return entry.malformed(f"The alert is malformed. {sentences(messages)}{hints}", fields=messages)


def read_stored_signal(dialect: str, alert: dict[str, Any]) -> Signal:
    """Load an alert as the inbox keeps it; raise MalformedAlert when its dialect is gone."""
    entry = entry_named(dialect)
    if entry is None:
        raise MalformedAlert(f"There is no dialect {dialect} any more.")
    return read_signal(entry, alert)
