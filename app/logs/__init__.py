"""Logging: readable at home, structured in the cloud, without secrets in both."""

import logging
import sys
from logging.handlers import WatchedFileHandler
from pathlib import Path

from app.logs.context import bind_request, carried, read_trace, release_request, request_context
from app.logs.formatting import CloudFormatter, LineFormatter, escape, utc_text
from app.logs.limits import FewWarnings
from app.logs.nets import catch_everything, console
from app.logs.redaction import MaskSecrets, mask, mask_known, redact, register_secrets
from app.logs.shared_console import SharedConsole

__all__ = [
    "CloudFormatter",
    "FewWarnings",
    "LineFormatter",
    "MaskSecrets",
    "bind_request",
    "carried",
    "catch_everything",
    "configure_logging",
    "escape",
    "mask",
    "mask_known",
    "read_trace",
    "redact",
    "register_secrets",
    "release_request",
    "request_context",
    "tame_server_log",
    "utc_text",
]

# Their chatter holds whole URLs and bodies; what matters of them we log ourselves.
_CHATTY = ("asyncio", "google", "httpcore", "httpcore2", "httpx", "httpx2", "openai", "urllib3")
_logger = logging.getLogger(__name__)


def tame_server_log() -> None:
    """Keep the web server's own warnings few and without secrets: it repeats what strangers send."""
    # Who turns access lines on sees the path of bot commands, which has the account's secret in it.
    for name in ("gunicorn.access", "werkzeug"):
        logger = logging.getLogger(name)
        if not any(isinstance(each, MaskSecrets) for each in logger.filters):
            logger.addFilter(MaskSecrets())
    server = logging.getLogger("gunicorn.error")
    if not any(isinstance(each, FewWarnings) for each in server.filters):
        server.addFilter(FewWarnings())
        server.addFilter(MaskSecrets())


def configure_logging(
    *,
    level: str,
    file: Path | None,
    file_level: str,
    cloud: bool,
    cloud_level: str,
    project: str | None,
) -> None:
    """Send the process's logs to the console (as JSON when `cloud`) and to a file; may be called again."""
    root = logging.getLogger()
    _remove_ours(root)
    out = console(sys.stdout)
    if cloud:
        _add(root, SharedConsole(out), CloudFormatter(project), cloud_level)
    else:
        _add(root, logging.StreamHandler(out), LineFormatter(), level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    if file is not None:
        _add_file(root, file, file_level)
    root.setLevel(min(handler.level for handler in _ours(root)))


def _add_file(root: logging.Logger, file: Path, level: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = WatchedFileHandler(file, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        _logger.warning("LOG_FILE cannot be opened, so the console has the only log: %s", error)
        return
    _add(root, handler, LineFormatter(), level)


def _add(root: logging.Logger, handler: logging.Handler, formatter: logging.Formatter, level: str) -> None:
    handler.setLevel(level.upper())
    handler.setFormatter(formatter)
    handler.addFilter(MaskSecrets())
    root.addHandler(handler)


def _ours(root: logging.Logger) -> list[logging.Handler]:
    return [
        handler for handler in root.handlers if isinstance(handler.formatter, LineFormatter | CloudFormatter)
    ]


def _remove_ours(root: logging.Logger) -> None:
    for handler in _ours(root):
        root.removeHandler(handler)
        handler.close()
