"""What was posted: JSON or a line of text, whose dialect it is, and what it means."""

from typing import Any, NamedTuple

from app.domain.signals import Signal
from app.errors import MalformedAlert
from app.schemas.base import either
from app.schemas.body import read_object
from app.schemas.chat import line
from app.schemas.dialects import DIALECTS
from app.schemas.entry import COMMAND_MARK, DialectEntry
from app.schemas.foreign import text
from app.schemas.foreign.registry import FOREIGN
from app.schemas.foreign_names import renamed
from app.schemas.reading import read_signal

OBJECT = b"{"
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


class Posted(NamedTuple):
    """An alert as it was posted; without an `entry` the `refusal` says why its dialect is not known."""

    alert: dict[str, Any]
    entry: DialectEntry | None
    refusal: MalformedAlert | None = None

    def told(self) -> DialectEntry:
        """Return whose dialect it is; raise MalformedAlert where that is not known."""
        if self.entry is None:
            raise self.refusal or MalformedAlert("The alert's dialect is not known.")
        return self.entry


def read_posted(body: bytes, pinned: str | None = None) -> Posted:
    """Read a body by the dialect that its address names, else by its fields.

    Raise MalformedAlert where it is neither JSON nor a line of text.
    """
    if body[:1] != OBJECT and pinned in {None, text.DIALECT.name}:
        written = text.line_of(body, is_pinned=pinned is not None)
        if written is not None:
            return Posted(written, text.ENTRY)
    alert = read_object(body)
    try:
        return Posted(alert, dialect_of(alert) if pinned is None else pinned_dialect(pinned))
    except MalformedAlert as refusal:
        return Posted(alert, None, refusal)


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


def read_previewed(entry: DialectEntry, alert: dict[str, Any]) -> Signal:
    """Load an alert as `read_signal` does; a refusal says whose alert it was taken for."""
    try:
        return read_signal(entry, alert)
    except MalformedAlert as error:
        taken = f"It was taken for an alert of {entry.service} (dialect {entry.name})."
        raise type(error)(f"{error.message} {taken}", **error.details) from error


def read_stored_signal(dialect: str, alert: dict[str, Any]) -> Signal:
    """Load an alert as the inbox keeps it; raise MalformedAlert when its dialect is gone."""
    entry = entry_named(dialect)
    if entry is None:
        raise MalformedAlert(f"There is no dialect {dialect} any more.")
    return read_signal(entry, alert)
