"""The OpenAPI document, put together from the URL map, the views' docstrings and the table of operations."""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from flask import Flask
from marshmallow import Schema
from werkzeug.routing import Rule

from app.blueprints.api.openapi.answers import COMPONENTS
from app.blueprints.api.openapi.operation import (
    JSON,
    OPERATOR,
    Operation,
    alert_component,
    command_component,
)
from app.blueprints.api.openapi.operations import OPERATIONS, REQUESTS
from app.blueprints.api.openapi.shapes import TEXT, UUID, Shape, field_shape, ref, request_shape
from app.domain.signals import SECRET_FIELDS
from app.schemas.dialects import DIALECTS
from app.version import VERSION

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")

SECURITY_SCHEMES = {
    "operator": {"type": "http", "scheme": "bearer", "description": "OPERATOR_TOKEN"},
    "secretInQuery": {"type": "apiKey", "in": "query", "name": "secret"},
    "secretInBotHeader": {"type": "apiKey", "in": "header", "name": "X-Bot-Secret"},
    "secretInWebhookHeader": {"type": "apiKey", "in": "header", "name": "X-Webhook-Secret"},
}
_SECRET = TEXT | {"description": "The bot's secret, unless it comes in the query or a header."}


def build_document(app: Flask) -> dict[str, Any]:
    """Describe every route of an application."""
    paths: dict[str, dict[str, Any]] = {}
    for path, method, rule in routes(app):
        operation = OPERATIONS.get(rule.endpoint)
        if operation is not None:
            view = app.view_functions[rule.endpoint]
            paths.setdefault(path, {})[method] = _describe(rule, view, operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gatehouse",
            "version": VERSION,
            "description": "Alerts become gated broker orders. Decimals are strings, times RFC 3339 in UTC. "
            "A query parameter that is not listed here is refused with 400.",
        },
        "servers": [{"url": "/"}],
        "security": list(OPERATOR),
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": SECURITY_SCHEMES},
    }


def routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """Yield every route as OpenAPI writes its path, its method in small letters, and its rule."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in METHODS:
            if method in (rule.methods or ()):
                yield _CONVERTER.sub(r"{\1}", rule.rule), method.lower(), rule


def _describe(rule: Rule, view: Callable[..., Any], operation: Operation) -> dict[str, Any]:
    summary, _, description = (view.__doc__ or "").partition("\n")
    described: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [operation.tag],
        "summary": summary.strip().rstrip("."),
        "description": " ".join(description.split()),
        "parameters": _parameters(rule, operation),
        "requestBody": _body(operation),
        "responses": _responses(operation),
    }
    present = {name: value for name, value in described.items() if value}
    return present | {"security": list(operation.security)}


def _parameters(rule: Rule, operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _path_shape(rule, name)}
        | {"example": operation.parameters.get(name, name)}
        for name in _CONVERTER.findall(rule.rule)
    ]
    in_query = [
        {"name": field.data_key or name, "in": "query", "schema": field_shape(field)}
        | ({"required": True} if field.required else {})
        for name, field in (operation.query.fields if operation.query is not None else {}).items()
    ]
    match = {"name": "If-Match", "in": "header", "required": True, "schema": TEXT, "example": "*"}
    return in_path + in_query + ([match] if operation.if_match else [])


def _path_shape(rule: Rule, name: str) -> Shape:
    return UUID if f"<uuid:{name}>" in rule.rule else TEXT


def _body(operation: Operation) -> dict[str, Any] | None:
    if not operation.body:
        return None
    content = {"schema": _any_of(operation.body), "example": operation.example}
    return {"required": True, "content": {JSON: content}}


def _responses(operation: Operation) -> dict[str, Any]:
    # A token that is wrong ten times in a minute is answered with 429 from then on.
    errors = [*operation.errors, 401, 429] if {"operator": []} in operation.security else operation.errors
    answers = operation.answers | {status: ("Error",) for status in errors if status not in operation.answers}
    return {str(status): _response(status, answers[status], operation) for status in sorted(answers)}


def _response(status: int, components: tuple[str, ...], operation: Operation) -> dict[str, Any]:
    response: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if components:
        response["content"] = {JSON: {"schema": _any_of(components)}}
    elif operation.media_type != JSON:
        response["content"] = {operation.media_type: {"schema": TEXT}}
    headers = _headers(status, operation)
    return response | ({"headers": headers} if headers else {})


def _headers(status: int, operation: Operation) -> dict[str, Any]:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return {"Retry-After": {"schema": {"type": "integer"}}}
    if status == HTTPStatus.CONFLICT and operation.security != OPERATOR:
        return {"X-Ticket": {"schema": UUID, "description": "The ticket of the first alert with this key."}}
    if operation.etag and status in operation.answers:
        return {"ETag": {"schema": TEXT}}
    return {}


def _any_of(components: tuple[str, ...]) -> Shape:
    shapes = [ref(name) for name in components]
    return shapes[0] if len(shapes) == 1 else {"anyOf": shapes}


def _schemas() -> dict[str, Shape]:
    alerts = {alert_component(entry): _alert_shape(entry.schema) for entry in DIALECTS.values()}
    commands = {
        command_component(entry): _alert_shape(entry.command) | {"examples": [entry.command_sample]}
        for entry in DIALECTS.values()
        if entry.command is not None
    }
    requests = {
        name: request_shape(schema) if isinstance(schema, Schema) else field_shape(schema)
        for name, schema in REQUESTS.items()
    }
    return COMPONENTS | alerts | commands | requests


def _alert_shape(schema: Schema) -> Shape:
    shape = request_shape(schema)
    shape["properties"] |= dict.fromkeys(SECRET_FIELDS, _SECRET)
    return shape
