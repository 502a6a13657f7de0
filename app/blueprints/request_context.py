"""Every request has an id: in its answer, in its log lines, in its ticket's answer."""

import logging
import re
import time
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from flask import Flask, Response, g, request

from app.logs import bind_request, read_trace, release_request
from app.wiring.container import Services, services

HEADER = "X-Request-Id"
ACCEPTABLE = re.compile(r"[A-Za-z0-9_.:-]{8,64}")
SECRET_PATHS = frozenset({"approvals", "commands", "shares"})
# An address that is none of ours may hold a secret that was put into the wrong place: it is not repeated.
NO_ROUTE = "(no such address)"
UNLOGGED = frozenset({"webhook", "ideas", "dashboard"})
QUIET = frozenset({"/health", "/readyz", "/metrics", "/api/changes", "/api/overview"})

_logger = logging.getLogger("gatehouse.http")


class Opened(NamedTuple):
    """A request as it came to the door, under `g.opened`: its name, who serves it, and when that began.

    What is stored goes by `at`, the clock that was handed in; the log's figures by `started`, the machine's.
    """

    request_id: str
    services: Services
    at: datetime
    started: float


def register_request_context(app: Flask) -> None:
    """Name each request, log it when it is over, and forget it."""
    app.before_request(_open)
    app.after_request(_close)
    app.teardown_request(_forget)


def request_id() -> str:
    """Return the id of the request that is being served."""
    opened: Opened = g.opened
    return opened.request_id


def _open() -> None:
    headers = request.headers
    given, wings = headers.get(HEADER, ""), services()
    name = given if ACCEPTABLE.fullmatch(given) else uuid4().hex
    g.opened = Opened(name, wings, wings.clock(), time.perf_counter())
    bind_request(name, read_trace(headers.get))


def _close(response: Response) -> Response:
    opened: Opened = g.opened
    response.headers[HEADER] = opened.request_id
    milliseconds = (time.perf_counter() - opened.started) * 1000
    # Alerts have their own line in the activity log, at a tenth of the cost; what strangers are refused is
    # counted there, so that nobody outside can fill the logs.
    is_quiet = request.path in QUIET or request.blueprint in UNLOGGED or g.get("is_refused", False)
    level = logging.DEBUG if is_quiet or request.url_rule is None else logging.INFO
    if _logger.isEnabledFor(level):
        _logger.log(level, "%s %s %s %.1f ms", request.method, _path(), response.status_code, milliseconds)
    return response


def _path() -> str:
    """Return the path alone: secrets may stand in the query, or in the path itself."""
    if request.url_rule is None:
        return NO_ROUTE
    return request.url_rule.rule if request.blueprint in SECRET_PATHS else request.path


def _forget(_error: Any) -> None:
    release_request()
