"""Which request a log line belongs to."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

_CLOUD_TRACE = re.compile(r"([0-9a-f]{32})(?:/.*)?", re.IGNORECASE)
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The id that we gave a request and the trace that it came with."""

    request_id: str | None = None
    trace: str | None = None


_NO_REQUEST = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request", default=_NO_REQUEST)


def bind_request(request_id: str, trace: str | None = None) -> None:
    """Put the request on every line that this thread logs from here on."""
    _current.set(RequestContext(request_id, trace))


def release_request() -> None:
    """Forget the request: the thread may serve another."""
    _current.set(_NO_REQUEST)


def request_context() -> RequestContext:
    """Return the request that this thread works for."""
    return _current.get()


def read_trace(header: Callable[[str, str], str]) -> str | None:
    """Return the trace id of X-Cloud-Trace-Context or traceparent (32 hex digits), or None.

    `header` returns a request's header, or a default, by name.
    """
    cloud = _CLOUD_TRACE.fullmatch(header("X-Cloud-Trace-Context", ""))
    match = cloud or _TRACEPARENT.fullmatch(header("traceparent", ""))
    return match[1].lower() if match is not None else None
