"""Log records as lines for people and as JSON for Cloud Logging."""

import logging
from datetime import UTC, datetime
from typing import Any

from app.logs.context import request_context
from app.logs.entries import entry_line
from app.logs.redaction import redact

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_TRACE_FIELD = "logging.googleapis.com/trace"
_SPAN_FIELD = "logging.googleapis.com/spanId"
_SAMPLED_FIELD = "logging.googleapis.com/trace_sampled"
_SOURCE_FIELD = "logging.googleapis.com/sourceLocation"
_SEVERITIES = (
    (logging.CRITICAL, "CRITICAL"),
    (logging.ERROR, "ERROR"),
    (logging.WARNING, "WARNING"),
    (logging.INFO, "INFO"),
)


def escape(text: str) -> str:
    """Show line breaks, colours and direction marks as escapes: one entry stays one line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def utc_text(at: datetime) -> str:
    """Write an aware UTC time the way it stands in logs, to the millisecond."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class LineFormatter(logging.Formatter):
    """One readable line; a traceback follows behind a bar, so that it cannot pass for an entry."""

    def format(self, record: logging.LogRecord) -> str:
        """Write time, severity, logger, request id, message and extras."""
        request_id = request_context().request_id
        request = f" [{escape(request_id)}]" if request_id is not None else ""
        head = f"{_time(record)} {record.levelname:<8} {record.name}{request} {escape(record.getMessage())}"
        extras = [f"{key}={escape(str(value))}" for key, value in _extras(record).items()]
        return "\n".join([" ".join([head, *extras]), *_behind_a_bar(_trouble(record))])


class CloudFormatter(logging.Formatter):
    """One JSON object, in the fields that Cloud Logging reads."""

    def __init__(self, project: str | None) -> None:
        super().__init__()
        self._prefix = f"projects/{project}/traces/" if project else ""

    def format(self, record: logging.LogRecord) -> str:
        """Write severity, message, time, trace, request id and extras."""
        entry = {
            **_extras(record),
            "severity": _severity(record.levelno),
            "message": escape(record.getMessage()),
            "time": _time(record),
            "logger": record.name,
            **self._request(),
            **_failure(record),
        }
        return entry_line(entry)

    def _request(self) -> dict[str, Any]:
        context = request_context()
        fields: dict[str, Any] = {"request_id": context.request_id}
        if context.trace is not None:
            fields |= {_TRACE_FIELD: self._prefix + context.trace.id, _SPAN_FIELD: context.trace.span}
            fields |= {_SAMPLED_FIELD: context.trace.is_sampled}
        return {key: value for key, value in fields.items() if value is not None}


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    extras: dict[str, Any] = redact({k: v for k, v in vars(record).items() if k not in _STANDARD})
    return extras


def _failure(record: logging.LogRecord) -> dict[str, Any]:
    trouble = _trouble(record)
    if record.levelno < logging.ERROR and not trouble:
        return {}
    source = {"file": record.pathname, "line": str(record.lineno), "function": record.funcName}
    return {_SOURCE_FIELD: source, **({"stack_trace": trouble} if trouble else {})}


def _trouble(record: logging.LogRecord) -> str:
    return "\n".join(filter(None, (record.exc_text, record.stack_info)))


def _behind_a_bar(trouble: str) -> list[str]:
    return [f"    | {escape(line)}" for line in trouble.split("\n")] if trouble else []


def _severity(level: int) -> str:
    return next((name for least, name in _SEVERITIES if level >= least), "DEBUG")


def _time(record: logging.LogRecord) -> str:
    return utc_text(datetime.fromtimestamp(record.created, UTC))
