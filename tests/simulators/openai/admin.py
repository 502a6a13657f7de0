"""The simulator's own paths under /_simulator: for tests and torture in another process."""

import json
from typing import TYPE_CHECKING, Any

from tests.simulators.loopback.messages import Request
from tests.simulators.openai.behaviours import Behaviour
from tests.simulators.openai.shapes import without_secrets

if TYPE_CHECKING:
    from tests.simulators.openai.simulator import FakeOpenAI

SWITCHES = frozenset({"obey", "phases", "reaches_loopback", "mcp_timeout_seconds"})


def show_model(fake: "FakeOpenAI", _body: Any) -> Any:
    return {name: getattr(fake.model, name) for name in sorted(SWITCHES)}


def change_model(fake: "FakeOpenAI", body: Any) -> Any:
    """Take any of obey, phases, reaches_loopback, mcp_timeout_seconds."""
    if set(body) - SWITCHES:
        raise ValueError(f"the model has only {', '.join(sorted(SWITCHES))}")
    for name, value in body.items():
        setattr(fake.model, name, value)
    return show_model(fake, None)


def add_behaviour(fake: "FakeOpenAI", body: Any) -> Any:
    fake.behaviours.add(Behaviour.read(body))
    return fake.behaviours.as_json()


def show_behaviours(fake: "FakeOpenAI", _body: Any) -> Any:
    return fake.behaviours.as_json()


def clear_behaviours(fake: "FakeOpenAI", _body: Any) -> Any:
    fake.behaviours.clear()
    return []


def show_generations(fake: "FakeOpenAI", _body: Any) -> Any:
    return [each.as_json() for each in list(fake.generations)]


def show_billed(fake: "FakeOpenAI", _body: Any) -> Any:
    return {"generations": dict(fake.billed()), "opinions": dict(fake.opinions())}


def show_requests(fake: "FakeOpenAI", _body: Any) -> Any:
    return [shown(request) for request in list(fake.requests)]


def shown(request: Request) -> dict[str, Any]:
    """Show a request without its key and without the credentials of its tools."""
    headers = request.headers | {"authorization": "[redacted]"}
    try:
        body = json.loads(request.content or b"null")
        if isinstance(body, dict) and isinstance(body.get("tools"), list):
            body["tools"] = [without_secrets(tool) for tool in body["tools"]]
    except (ValueError, TypeError, AttributeError, KeyError):
        body = None
    return {"method": request.method, "path": request.path, "headers": headers, "body": body}


ACTIONS = {
    ("GET", "model"): show_model,
    ("POST", "model"): change_model,
    ("GET", "behaviours"): show_behaviours,
    ("POST", "behaviours"): add_behaviour,
    ("DELETE", "behaviours"): clear_behaviours,
    ("GET", "generations"): show_generations,
    ("GET", "billed"): show_billed,
    ("GET", "requests"): show_requests,
}
