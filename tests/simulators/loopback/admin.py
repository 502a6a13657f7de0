"""A simulator's own paths under /_simulator: for tests and torture in another process."""

import json
from collections.abc import Callable, Mapping
from decimal import InvalidOperation
from typing import Any

from tests.simulators.loopback.messages import Answer, Request, in_json
from tests.simulators.loopback.refusals import Refusal

PREFIX = "/_simulator/"
MALFORMED = (TypeError, ValueError, KeyError, AttributeError, InvalidOperation)


def concerns(path: str) -> bool:
    return path.startswith(PREFIX)


def answer(
    fake: Any, actions: Mapping[tuple[str, str], Callable[[Any, Any], Any]], request: Request
) -> Answer:
    """Carry out what a path and a body name; the action's result goes back as JSON."""
    action = actions.get((request.method, request.path.removeprefix(PREFIX)))
    if action is None:
        return in_json({"message": "the simulator has no such path"}, 404)
    try:
        return in_json(action(fake, json.loads(request.content) if request.content else None))
    except Refusal as refusal:
        return refusal.answer()
    except MALFORMED as error:
        return in_json({"message": f"malformed: {error!r}"}, 400)


def add_fault(fake: Any, body: Any) -> Any:
    fake.faults.add(fake.faults.kind.read(body))
    return fake.faults.as_json()


def show_faults(fake: Any, _body: Any) -> Any:
    return fake.faults.as_json()


def clear_faults(fake: Any, _body: Any) -> Any:
    fake.faults.clear()
    return []


def show_requests(fake: Any, _body: Any) -> Any:
    return [request.as_json() for request in list(fake.requests)]


def show_misfits(fake: Any, _body: Any) -> Any:
    return list(fake.misfits)


FAULTS: dict[tuple[str, str], Callable[[Any, Any], Any]] = {
    ("POST", "faults"): add_fault,
    ("GET", "faults"): show_faults,
    ("DELETE", "faults"): clear_faults,
    ("GET", "requests"): show_requests,
    ("GET", "misfits"): show_misfits,
}
