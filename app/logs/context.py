"""Which request a log line belongs to."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from app.dataclass import dataclass

T = TypeVar("T")

_CLOUD_TRACE = re.compile(r"([0-9a-f]{32})(?:/(?:([0-9]{1,20})(?:;o=([0-9]{1,3}))?|.*))?", re.IGNORECASE)
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_LARGEST_SPAN = 2**64


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a request stands among those that belong together: ids in hexadecimal digits."""

    id: str
    span: str | None = None
    is_sampled: bool = False


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The id that we gave a request and the trace that it came with."""

    request_id: str | None = None
    trace: Trace | None = None


_NO_REQUEST = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request", default=_NO_REQUEST)


def bind_request(request_id: str, trace: Trace | None = None) -> None:
    """Put the request on every line that this thread logs from here on."""
    _current.set(RequestContext(request_id, trace))


def release_request() -> None:
    """Forget the request: the thread may serve another."""
    _current.set(_NO_REQUEST)


def request_context() -> RequestContext:
    """Return the request that this thread works for."""
    return _current.get()


def carried(work: Callable[[], T]) -> Callable[[], T]:
    """Return a work whose lines belong to this thread's request, whichever thread does it."""
    context = _current.get()

    def done() -> T:
        before = _current.set(context)
        try:
            return work()
        finally:
            _current.reset(before)

    return done


def read_trace(header: Callable[[str, str], str]) -> Trace | None:
    """Return the trace of X-Cloud-Trace-Context or traceparent, or None where neither is well formed.

    `header` returns a request's header, or a default, by name.
    """
    return _of_google(header("X-Cloud-Trace-Context", "")) or _of_w3c(header("traceparent", ""))


def _of_google(said: str) -> Trace | None:
    match = _CLOUD_TRACE.fullmatch(said)
    if match is None or not int(match[1], 16):
        return None
    # Its span is a decimal number; logs and traces write it in sixteen digits.
    number = int(match[2] or 0)
    span = f"{number:016x}" if 0 < number < _LARGEST_SPAN else None
    return Trace(match[1].lower(), span, is_sampled=bool(int(match[3] or 0) & 1))


def _of_w3c(said: str) -> Trace | None:
    match = _TRACEPARENT.fullmatch(said)
    if match is None or not int(match[1], 16):
        return None
    span = match[2] if int(match[2], 16) else None
    return Trace(match[1], span, is_sampled=bool(int(match[3], 16) & 1))
