"""One entry of Cloud Logging is one line of JSON, and no larger than it takes."""

import json
from typing import Any

# It takes 256 KiB, with what it adds itself.
LARGEST_ENTRY = 200 * 1024
# Of an entry that is too large each text keeps as much, and whatever else it holds becomes a text.
LONGEST_TEXT = 48 * 1024
LONGEST_FIELD = 8 * 1024
LONG = frozenset({"message", "stack_trace"})
# A traceback says at its end what happened.
ENDS_COUNT = frozenset({"stack_trace"})
NEEDED = ("severity", "time", "logger", "message", "event", "ticket", "request_id", "stack_trace")
CUT = "[cut]"


def entry_line(entry: dict[str, Any]) -> str:
    """Write an entry as a line in ASCII; what is too large in it is cut, what is no JSON is left out."""
    line = _written(entry)
    if len(line) <= LARGEST_ENTRY:
        return line
    smaller = {name: _cut(name, value) for name, value in entry.items()}
    line = _written(smaller)
    if len(line) <= LARGEST_ENTRY:
        return line
    return _written({name: smaller[name] for name in NEEDED if name in smaller})


def _written(entry: dict[str, Any]) -> str:
    try:
        return json.dumps(entry, default=str)
    except Exception as error:  # noqa: BLE001  # a slip in a log line must not stop an order
        plain = {name: value for name, value in entry.items() if isinstance(value, str | int)}
        return json.dumps(plain | {"left_out": f"{type(error).__name__}: no JSON"})


def _cut(name: str, value: Any) -> Any:
    most = LONGEST_TEXT if name in LONG else LONGEST_FIELD
    text = value if isinstance(value, str) else _written({"": value})[5:-1]
    if len(json.dumps(text)) <= most:
        return value
    return CUT + _end(text, most) if name in ENDS_COUNT else _beginning(text, most) + CUT


def _beginning(text: str, most: int) -> str:
    while (size := len(json.dumps(text))) > most:
        text = text[: len(text) * most // size]
    return text


def _end(text: str, most: int) -> str:
    return _beginning(text[::-1], most)[::-1]
