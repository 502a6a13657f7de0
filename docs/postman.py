"""The Postman collection (v2.1), made from the OpenAPI document."""

import json
import re
from typing import Any

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
VARIABLES = {
    "base_url": "http://127.0.0.1:8080",
    "webhook_secret": "",
    "operator_token": "",
}
_IN_PATH = re.compile(r"{(\w+)}")


def postman_collection(document: dict[str, Any]) -> dict[str, Any]:
    """Turn every operation into a request, in folders by tag."""
    folders: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            request = _item(path, method, operation)
            folders.setdefault(operation["tags"][0], []).append(request)
    return {
        "info": {
            "name": document["info"]["title"],
            "description": "Made by `make docs`. Fill in webhook_secret and operator_token.",
            "schema": SCHEMA,
        },
        "auth": _bearer(),
        "variable": [{"key": name, "value": value} for name, value in VARIABLES.items()],
        "item": [{"name": tag, "item": items} for tag, items in folders.items()],
    }


def _item(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
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
    return {"name": operation["summary"], "request": request}


def _headers(operation: dict[str, Any]) -> list[dict[str, str]]:
    headers = [
        {"key": item["name"], "value": item["example"]}
        for item in operation.get("parameters", [])
        if item["in"] == "header"
    ]
    kind = {"key": "Content-Type", "value": "application/json"}
    return headers + ([kind] if "requestBody" in operation else [])


def _url(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    parts = _IN_PATH.sub(r":\1", path).strip("/")
    parameters = operation.get("parameters", [])
    url: dict[str, Any] = {
        "raw": "{{base_url}}/" + parts,
        "host": ["{{base_url}}"],
        "path": parts.split("/"),
        "variable": [
            {"key": item["name"], "value": item["example"]} for item in parameters if item["in"] == "path"
        ],
        "query": [
            {"key": item["name"], "value": str(item["schema"].get("default", "")), "disabled": True}
            for item in parameters
            if item["in"] == "query"
        ],
    }
    return {name: value for name, value in url.items() if value}


def _body(operation: dict[str, Any]) -> dict[str, Any]:
    example = operation["requestBody"]["content"]["application/json"]["example"]
    if any("secretInQuery" in way for way in operation["security"]):
        example = {"secret": "{{webhook_secret}}"} | example
    text = json.dumps(example, indent=2, ensure_ascii=False)
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}


def _bearer() -> dict[str, Any]:
    token = {"key": "token", "value": "{{operator_token}}", "type": "string"}
    return {"type": "bearer", "bearer": [token]}
