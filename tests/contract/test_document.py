"""The service keeps its own document: whatever `/api/openapi.json` says holds for the running process.

The operations come from the document alone, so that a new route is held against it without a change here.
"""

import json
import secrets

import pytest

from tests.contract.service import Examiner, Service, started

pytestmark = pytest.mark.integration

FIXED_SEED = 20261129
# The phases; and the seconds after which it ends, or how many requests it makes up for every operation.
AT_BOUNDS = ("--phases", "examples,coverage", "--max-time", "30")
BY_CHANCE = ("--phases", "fuzzing,stateful", "--max-examples", "4")
# What takes away comes last.
METHODS = ("get", "post", "put", "patch", "delete")
# With a real ticket or broker, and nothing that waits or is set up there.
OUT_OF_REACH = {"FYERS_NOT_CONFIGURED", "APPROVAL_OVER", "PURSUIT_OVER"}
# What is done before anybody can end it.
OVER_AT_ONCE = {"api_cancel_job"}


@pytest.fixture
def service(tmp_path):
    service = started(tmp_path)
    service.trade()
    yield service
    service.server.kill()


@pytest.fixture(scope="module")
def examiner():
    examiner = Examiner()
    yield examiner
    examiner.close()


def examined(examiner: Examiner, service: Service, *options: str) -> None:
    """Let Schemathesis ask, and show its report where it found anything."""
    run = service.examine(examiner, f"{service.url}/api/openapi.json", *options)
    assert run.code == 0, run.report
    assert service.server.tracebacks() == 0


def test_service_when_asked_at_every_bound_then_it_keeps_to_its_document(examiner, service):
    examined(examiner, service, *AT_BOUNDS, "--seed", str(FIXED_SEED))


@pytest.mark.parametrize("kind", ["fixed", "random"])
def test_service_when_asked_by_chance_then_it_keeps_to_its_document(examiner, service, kind):
    seed = FIXED_SEED if kind == "fixed" else secrets.randbelow(2**32)
    print(f"schemathesis --seed {seed}")  # noqa: T201  # shown where the test fails

    examined(examiner, service, *BY_CHANCE, "--seed", str(seed))


def test_document_when_it_promises_too_much_then_that_is_found(examiner, service, tmp_path):
    document = service.document
    asked = document["paths"]["/api/tickets"]["get"]["parameters"]
    limit = next(item for item in asked if item["name"] == "limit")
    limit["schema"]["maximum"] = 5000
    promising = tmp_path / "openapi.json"
    promising.write_text(json.dumps(document), encoding="utf-8")
    run = service.examine(examiner, str(promising), *AT_BOUNDS, "--include-path", "/api/tickets")

    assert (run.code, "refused for its shape" in run.report) == (1, True), run.report


def test_operations_when_called_with_their_examples_and_what_there_is_then_each_is_reached(service):
    calls = [
        (path, method, described)
        for path, item in service.document["paths"].items()
        for method, described in item.items()
    ]
    for path, method, described in sorted(calls, key=lambda call: METHODS.index(call[1])):
        answer = service.ask(path, method, described)

        assert str(answer.status) in described["responses"], (method, path, answer)
        is_over = described["operationId"] in OVER_AT_ONCE and answer.status == 409
        is_reached = _is_reached(answer.status, answer.body or {}) or is_over
        assert is_reached or _is_page(described), (method, path, answer)


def _is_reached(status: int, body: dict) -> bool:
    """Tell whether it was carried out, became a ticket, or concerned something that is there."""
    return status < 400 or "ticket" in body or bool(body.get("id")) or _code(body) in OUT_OF_REACH


def _code(body: dict) -> str | None:
    return body["error"]["code"] if "error" in body else body.get("reason")


def _is_page(described: dict) -> bool:
    """Tell whether it answers people who come by a link, which is signed."""
    return any("text/html" in answer.get("content", {}) for answer in described["responses"].values())
