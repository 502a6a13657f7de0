"""HTTP answers in the place of a Response, by the kind of behaviour."""

from tests.simulators.loopback.messages import Answer
from tests.simulators.openai.behaviours import Behaviour
from tests.simulators.openai.refusals import Refused, tool_list_failed

PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
# status, type, code, message
ERRORS: dict[str, tuple[int, str, str | None, str]] = {
    "status": (500, "server_error", None, "injected"),
    "rate_limited": (429, "requests", "rate_limit_exceeded", "Rate limit reached. Please try again in 1s."),
    "out_of_quota": (
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "server_error": (500, "server_error", None, "The server had an error while processing your request."),
    "unavailable": (503, "server_error", None, "The model is overloaded, please try again later."),
    "timeout": (408, "timeout", None, "Request timed out."),
    "conflict": (409, "invalid_request_error", "conflict", "Another request changes the same resource."),
}


def answer_for(behaviour: Behaviour, good: Answer | None) -> Answer:
    """Return what goes back; `good` is what would have, when something was generated."""
    if behaviour.kind == "html":
        return Answer(behaviour.status or 502, PAGE, {"Content-Type": "text/html; charset=UTF-8"})
    if behaviour.kind == "torn" and good is not None:
        return Answer(good.status, good.content[: len(good.content) // 2], good.headers)
    if behaviour.kind == "mcp_unreachable":
        return tool_list_failed(behaviour.text or "optionomics", "424 (Failed Dependency)").answer()
    return refused(behaviour).answer()


def refused(behaviour: Behaviour) -> Refused:
    status, kind, code, message = ERRORS.get(behaviour.kind, ERRORS["status"])
    wait = "1" if behaviour.seconds is None else f"{behaviour.seconds:g}"
    headers = {"Retry-After": wait} if behaviour.kind == "rate_limited" else {}
    return Refused(
        behaviour.status or status,
        behaviour.message or message,
        code=behaviour.code or code,
        kind=kind,
        headers=headers | behaviour.headers,
    )
