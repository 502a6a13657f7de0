"""The Postman collection (v2.1), made from the OpenAPI document: run in its order, every request answers."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
VARIABLES = {
    "base_url": "http://127.0.0.1:8080",
    "webhook_secret": "",
    "operator_token": "",
    "account_secret": "",
    # Filled in by the alert that is sent first.
    "ticket": "019aa1e8-0000-7000-8000-000000000000",
    "order": "default-1763654400000-00000000-0000-5000-8000-000000000000",
}
# What is traded comes before what stops trading, and what is made before what is looked at.
FOLDERS = (
    *("Health", "Paper market", "Bots", "Bot commands", "Alerts", "Tickets", "Approval", "Orders", "Trades"),
    *("Analytics", "Sharing", "Jobs", "Login", "Kill switch", "Operation", "Audit", "Session"),
)
METHODS = ("put", "post", "get", "patch", "delete")
# What needs more than a fresh paper account, or what was done before: every documented answer is right.
ANY_ANSWER = ("Login", "Approval")
ANY_ANSWER_TO = {
    "api_cancel_order",
    "api_close_trade",
    *("api_show_job", "api_cancel_job", "api_download_job_file"),
    # Nobody has the link that a run makes: it is shown once.
    *("shares_show_button", "shares_reveal"),
    *(f"commands_{name}" for name in ("enter_by_settings", "enter_by_legs", "exit_trade", "exit_by_rule")),
}
# The same bridge alert again, in a second run.
ALSO = {
    "webhook_receive_bridge_alert": [409],
    "api_create_bot": [409],
    "api_end_pursuit": [409],
    "health_ready": [503],
}
KEPT = {"webhook_receive_alert": {"ticket": "ticket", "order": "order.client_order_id"}}
IN_PATH = {"ticket": "{{ticket}}", "name": "{{order}}", "secret": "{{account_secret}}"}
# What a request cannot do without; its price is set by the paper market's example.
IN_QUERY = {"underlying": "AAPL"}
# Its body has the token that every other request has in its header.
SIGN_IN = "sign_in_begin_session"
# A run must not leave trading halted.
UNDONE = {
    "api_set_trading_state": {"state": "ACTIVE"},
    "api_set_bot_state": {"state": "ACTIVE"},
    "api_set_circuit_breaker": {"active": False},
}
_IN_PATH = re.compile(r"{(\w+)}")

Operation = dict[str, Any]


def postman_collection(document: dict[str, Any]) -> dict[str, Any]:
    """Turn every operation into a request with its assertions, in folders by tag."""
    folders: dict[str, list[dict[str, Any]]] = {tag: [] for tag in FOLDERS}
    for path, method, operation in sorted(_operations(document), key=_rank):
        folders.setdefault(operation["tags"][0], []).extend(_items(path, method, operation, document))
    return {
        "info": {
            "name": document["info"]["title"],
            "description": "Made by `make docs`. Fill in webhook_secret, operator_token and account_secret; "
            "run it from top to bottom against a paper account.",
            "schema": SCHEMA,
        },
        "auth": _bearer(),
        "variable": [{"key": name, "value": value} for name, value in VARIABLES.items()],
        "item": [{"name": tag, "item": items} for tag, items in folders.items()],
    }


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _rank(item: tuple[str, str, Operation]) -> tuple[Any, ...]:
    path, method, operation = item
    # The alert of the first example is what later requests ask about.
    return operation["operationId"] not in KEPT, METHODS.index(method), path


def _items(
    path: str, method: str, operation: Operation, document: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    item = _item(path, method, operation, document)
    yield item
    undone = UNDONE.get(operation["operationId"])
    if undone is not None:
        request = item["request"] | {"body": _raw(undone)}
        yield item | {"name": f"{item['name']}: as it was", "request": request}


def _item(path: str, method: str, operation: Operation, document: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": method.upper(),
        "description": operation.get("description", ""),
        "header": _headers(operation),
        "url": _url(path, operation),
    }
    if {"operator": []} not in operation["security"]:
        request["auth"] = {"type": "noauth"}
    if "requestBody" in operation:
        request["body"] = _body(operation)
    script = {"type": "text/javascript", "exec": _assertions(operation, document)}
    return {
        "name": operation["summary"],
        "request": request,
        "event": [{"listen": "test", "script": script}],
    }


def _assertions(operation: Operation, document: dict[str, Any]) -> list[str]:
    name = operation["operationId"]
    documented = sorted(int(status) for status in operation["responses"])
    is_any = operation["tags"][0] in ANY_ANSWER or name in ANY_ANSWER_TO
    done = [status for status in documented if status < HTTPStatus.MULTIPLE_CHOICES]
    # Without its token nobody is let in: that is never the answer that was meant.
    wanted = [status for status in documented if status != HTTPStatus.UNAUTHORIZED] if is_any else done
    wanted += ALSO.get(name, [])
    lines = [_test("answers as documented", f"pm.expect(pm.response.code).to.be.oneOf({json.dumps(wanted)})")]
    for status in done:
        keys = _required(operation["responses"][str(status)], document)
        if keys:
            told = f"pm.expect(pm.response.json()).to.include.all.keys({json.dumps(keys)})"
            lines.append(f"if (pm.response.code === {status}) {_test('has the documented fields', told)}")
    kept = KEPT.get(name, {})
    lines += [
        f'pm.collectionVariables.set("{key}", pm.response.json().{field});' for key, field in kept.items()
    ]
    return lines


def _test(name: str, assertion: str) -> str:
    return f'pm.test("{name}", () => {assertion});'


def _required(response: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """Return the fields that an answer always has, whichever of its shapes it takes."""
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    names = [shape["$ref"].rpartition("/")[2] for shape in schema.get("anyOf", [schema]) if "$ref" in shape]
    shapes = [set(document["components"]["schemas"][name].get("required", [])) for name in names]
    return sorted(set.intersection(*shapes)) if shapes else []


def _headers(operation: Operation) -> list[dict[str, str]]:
    headers = [
        {"key": item["name"], "value": item["example"]}
        for item in operation.get("parameters", [])
        if item["in"] == "header" and item.get("required")
    ]
    kind = {"key": "Content-Type", "value": "application/json"}
    return headers + ([kind] if "requestBody" in operation else [])


def _url(path: str, operation: Operation) -> dict[str, Any]:
    parts = _IN_PATH.sub(r":\1", path).strip("/")
    parameters = operation.get("parameters", [])
    url: dict[str, Any] = {
        "raw": "{{base_url}}/" + parts,
        "host": ["{{base_url}}"],
        "path": parts.split("/"),
        "variable": [
            {"key": item["name"], "value": IN_PATH.get(item["name"], item["example"])}
            for item in parameters
            if item["in"] == "path"
        ],
        "query": [
            {"key": item["name"], "value": IN_QUERY[item["name"]]}
            if item.get("required")
            else {"key": item["name"], "value": str(item["schema"].get("default", "")), "disabled": True}
            for item in parameters
            if item["in"] == "query"
        ],
    }
    return {name: value for name, value in url.items() if value}


def _body(operation: Operation) -> dict[str, Any]:
    example = operation["requestBody"]["content"]["application/json"]["example"]
    if any("secretInQuery" in way for way in operation["security"]):
        example = {"secret": "{{webhook_secret}}"} | example
    if operation["operationId"] == SIGN_IN:
        example = {"token": "{{operator_token}}"}
    return _raw(example)


def _raw(example: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(example, indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}


def _bearer() -> dict[str, Any]:
    token = {"key": "token", "value": "{{operator_token}}", "type": "string"}
    return {"type": "bearer", "bearer": [token]}
