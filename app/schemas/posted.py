"""What was posted: JSON or a line of text, and whose dialect it is."""

from typing import Any, NamedTuple

from app.errors import MalformedAlert
from app.schemas.alerts import dialect_of, pinned_dialect
from app.schemas.body import read_object
from app.schemas.entry import DialectEntry
from app.schemas.foreign import text

OBJECT = b"{"


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
        line = text.line_of(body, is_pinned=pinned is not None)
        if line is not None:
            return Posted(line, text.ENTRY)
    alert = read_object(body)
    try:
        return Posted(alert, dialect_of(alert) if pinned is None else pinned_dialect(pinned))
    except MalformedAlert as refusal:
        return Posted(alert, None, refusal)
