"""The Postman collection is run as Postman runs it: top to bottom, with its variables and its assertions."""

import json
import re

import pytest

from app.domain.trading_state import TradingState
from docs.generate import ROOT
from tests.builders import ACCOUNT_SECRET, OPERATOR_TOKEN, WEBHOOK_SECRET

pytestmark = pytest.mark.unit

STATUSES = re.compile(r"pm\.expect\(pm\.response\.code\)\.to\.be\.oneOf\((\[.+?\])\)")
FIELDS = re.compile(r"if \(pm\.response\.code === (\d+)\).+include\.all\.keys\((\[.+?\])\)")
KEPT = re.compile(r'pm\.collectionVariables\.set\("(\w+)", pm\.response\.json\(\)\.([\w.]+)\)')


@pytest.fixture(scope="module")
def collection():
    return json.loads((ROOT / "docs/gatehouse.postman_collection.json").read_text(encoding="utf-8"))


def items(collection) -> list[dict]:
    return [item for folder in collection["item"] for item in folder["item"]]


def script(item) -> str:
    (event,) = item["event"]
    assert event["listen"] == "test"
    return "\n".join(event["script"]["exec"])


class Runner:
    """Sends requests one after the other, as Postman does, and checks what their scripts assert."""

    def __init__(self, client, collection) -> None:
        self.client = client
        self.variables = {item["key"]: item["value"] for item in collection["variable"]}
        self.variables |= {"webhook_secret": WEBHOOK_SECRET, "operator_token": OPERATOR_TOKEN}
        self.variables |= {"account_secret": ACCOUNT_SECRET}

    def run(self, item) -> None:
        """Send one request and check its answer."""
        response, lines = self._send(item["request"]), script(item)
        statuses = json.loads(STATUSES.search(lines)[1])
        assert response.status_code in statuses, (item["name"], response.get_data(as_text=True))
        for status, keys in FIELDS.findall(lines):
            if response.status_code == int(status):
                assert set(json.loads(keys)) <= set(response.json), item["name"]
        for name, path in KEPT.findall(lines):
            value = response.json
            for part in path.split("."):
                value = value[part]
            self.variables[name] = value

    def _send(self, request):
        values = {item["key"]: item["value"] for item in request["url"].get("variable", [])}
        parts = (values.get(part.removeprefix(":"), part) for part in request["url"]["path"])
        headers = {item["key"]: item["value"] for item in request["header"]}
        if request.get("auth", {}).get("type") != "noauth":
            headers["Authorization"] = "Bearer {{operator_token}}"
        body = request.get("body", {}).get("raw")
        query = {
            item["key"]: item["value"] for item in request["url"].get("query", []) if "disabled" not in item
        }
        return self.client.open(
            self._filled("/" + "/".join(parts)),
            query_string=query,
            method=request["method"],
            headers={name: self._filled(value) for name, value in headers.items()},
            data=self._filled(body) if body is not None else None,
        )

    def _filled(self, text: str) -> str:
        return re.sub(r"{{(\w+)}}", lambda found: self.variables[found[1]], text)


def test_collection_when_it_is_run_in_order_then_every_assertion_holds_and_trading_goes_on(
    collection, anonymous, services
):
    runner = Runner(anonymous, collection)
    for item in items(collection):
        runner.run(item)

    assert services.operations.switch.read().state is TradingState.ACTIVE
    assert services.operations.bots.get("default")[0].switch.state is TradingState.ACTIVE
    known = {ticket["id"] for ticket in services.operations.ledger.newest_first()}
    assert runner.variables["ticket"] in known


def test_collection_when_read_then_every_request_asserts_its_status_and_most_their_fields(collection):
    scripts = [script(item) for item in items(collection)]

    assert all(STATUSES.search(one) for one in scripts)
    assert sum(bool(FIELDS.search(one)) for one in scripts) > len(scripts) / 2


def test_collection_when_an_answer_is_another_then_its_assertion_fails(collection, anonymous):
    alert = next(item for item in items(collection) if item["request"]["url"]["path"] == ["webhook"])
    runner = Runner(anonymous, collection)
    runner.variables["webhook_secret"] = "a-wrong-one"

    with pytest.raises(AssertionError):
        runner.run(alert)
