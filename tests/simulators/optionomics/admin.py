"""The simulator's own paths under /_simulator: for tests and demonstrations in another process."""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulators.optionomics.simulator import FakeOptionomics

PREFIX = "/_simulator/"


def show_switches(fake: "FakeOptionomics", _body: Any) -> Any:
    return fake.switches.as_json()


def change_switches(fake: "FakeOptionomics", body: Any) -> Any:
    """Take any switches by name; see `Switches`."""
    fake.switches.change(body)
    return fake.switches.as_json()


def reset_switches(fake: "FakeOptionomics", _body: Any) -> Any:
    fake.switches.reset()
    return fake.switches.as_json()


def show_calls(fake: "FakeOptionomics", _body: Any) -> Any:
    return [call.as_json() for call in list(fake.calls)]


def show_requests(fake: "FakeOptionomics", _body: Any) -> Any:
    return [request.as_json() for request in list(fake.requests)]


def expire(fake: "FakeOptionomics", _body: Any) -> Any:
    fake.expire_sessions()
    return {}


ACTIONS = {
    ("GET", "switches"): show_switches,
    ("POST", "switches"): change_switches,
    ("DELETE", "switches"): reset_switches,
    ("GET", "calls"): show_calls,
    ("GET", "requests"): show_requests,
    ("POST", "expire"): expire,
}


def answer(fake: "FakeOptionomics", method: str, path: str, content: bytes) -> tuple[int, Any]:
    """Answer a request to the simulator itself with a status and a body."""
    action = ACTIONS.get((method, path.removeprefix(PREFIX)))
    if action is None:
        return 404, {"error": "unknown simulator path"}
    try:
        return 200, action(fake, json.loads(content or b"null"))
    except (ValueError, TypeError, AttributeError) as error:
        return 422, {"error": str(error)}
