"""The OpenAPI document, put together from the URL map, the views' docstrings and the table of operations."""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.blueprints.api.openapi.answers import COMPONENTS
from app.blueprints.api.openapi.links import links_from
from app.blueprints.api.openapi.operation import (
    JSON,
    OPERATOR,
    OPERATOR_OR_SCHEDULER,
    Operation,
    alert_component,
    command_component,
)
from app.blueprints.api.openapi.operations import OPERATIONS, REQUESTS
from app.blueprints.api.openapi.shapes import ANY_OBJECT, TEXT, UUID, Shape, ref
from app.blueprints.authentication import AGAIN_HEADER
from app.blueprints.once import HEADER, KEY_PATTERN
from app.blueprints.visitor import COOKIE, SECURE_COOKIE
from app.domain.bots import BOT_ID
from app.domain.signals import SECRET_FIELDS
from app.errors import CrossSiteRequest, RoleViewer, ServiceAccountNotAllowed, TokenAgain
from app.schemas.base import Schema
from app.schemas.dialects import DIALECTS
from app.schemas.shapes import LARGEST_WHOLE, pattern_shape
from app.version import VERSION

OPERATORS = (OPERATOR, OPERATOR_OR_SCHEDULER)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Pages, and what Slack and Discord alone can sign, as they themselves describe it.
NO_API = ("dashboard.", "slack.", "discord.")
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")

ETAG = pattern_shape(r'^(?:\*|"[0-9]{1,12}")$')
_PART: Shape = {"type": "string", "minLength": 1}
_CONVERTED = {"uuid": UUID, "int": {"type": "integer", "minimum": 0, "maximum": LARGEST_WHOLE}}

SECURITY_SCHEMES = {
    "operator": {
        "type": "http",
        "scheme": "bearer",
        "description": "OPERATOR_TOKEN; VIEWER_TOKEN where nothing changes",
    },
    "google": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "ID token of TASKS_SERVICE_ACCOUNT for TASKS_OIDC_AUDIENCE, as Cloud Scheduler and "
        "Cloud Tasks send it",
    },
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Of POST /api/session"},
    "secureSession": {
        "type": "apiKey",
        "in": "cookie",
        "name": SECURE_COOKIE,
        "description": "The same behind HTTPS",
    },
    "secretInQuery": {"type": "apiKey", "in": "query", "name": "secret"},
    "secretInBotHeader": {"type": "apiKey", "in": "header", "name": "X-Bot-Secret"},
    "secretInWebhookHeader": {"type": "apiKey", "in": "header", "name": "X-Webhook-Secret"},
}
ONCE: Shape = {
    "name": HEADER,
    "in": "header",
    "schema": pattern_shape(f"^{KEY_PATTERN}$"),
    "description": "The same key gets the first answer for a day; nothing is ordered twice.",
}
TOKEN_AGAIN: Shape = {
    "name": AGAIN_HEADER,
    "in": "header",
    "schema": TEXT,
    "description": "The operator's token, where a session was answered 403 `TOKEN_AGAIN`.",
}
_EXTRAS: Shape = {"description": "Whatever you want to find in the ticket again; it has no effect."}
_SECRET = TEXT | {"description": "The bot's secret, unless it comes in the query or a header."}


def build_document(app: Flask) -> dict[str, Any]:
    """Describe every route of an application."""
    paths: dict[str, dict[str, Any]] = {}
    for path, method, rule in routes(app):
        operation = OPERATIONS.get(rule.endpoint)
        if operation is not None:
            view = app.view_functions[rule.endpoint]
            paths.setdefault(path, {})[method] = _describe(rule, view, operation, method)
    _link(app, paths)
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


def _link(app: Flask, paths: dict[str, dict[str, Any]]) -> None:
    """Say in each answer where what it names can be asked for."""
    described = [(rule, paths[path][method]) for path, method, rule in routes(app) if path in paths]
    wanted = [(each["operationId"], _CONVERTER.findall(rule.rule)) for rule, each in described]
    for rule, each in described:
        links = links_from(rule.endpoint, wanted)
        if links:
            each["responses"][min(each["responses"])]["links"] = links


def routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """Yield every route as OpenAPI writes its path, its method in small letters, and its rule.

    The dashboard's page and its files are no API, nor are the doors of chat.
    """
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.startswith(NO_API):
            continue
        for method in METHODS:
            if method in (rule.methods or ()):
                yield _CONVERTER.sub(r"{\1}", rule.rule), method.lower(), rule


def _describe(rule: Rule, view: Callable[..., Any], operation: Operation, method: str) -> dict[str, Any]:
    summary, _, description = (view.__doc__ or "").partition("\n")
    described: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [operation.tag],
        "summary": summary.strip().rstrip("."),
        "description": " ".join(description.split()),
        "parameters": _parameters(rule, operation),
        "requestBody": _body(operation),
        "responses": _responses(operation, is_change=method != "get"),
    }
    present = {name: value for name, value in described.items() if value}
    return present | {"security": list(operation.security)}


def _parameters(rule: Rule, operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _path_shape(rule, name)}
        | {"example": operation.parameters.get(name, name)}
        for name in _CONVERTER.findall(rule.rule)
    ]
    asked = operation.query.shape if operation.query is not None else {"properties": {}}
    in_query = [
        {"name": name, "in": "query", "schema": shape}
        | ({"required": True} if name in asked.get("required", ()) else {})
        for name, shape in asked["properties"].items()
    ]
    match = {"name": "If-Match", "in": "header", "required": True, "schema": ETAG, "example": "*"}
    in_header = [match] * operation.if_match + [TOKEN_AGAIN] * operation.token_again
    in_header += [ONCE] * operation.once
    return in_path + in_query + in_header


def _path_shape(rule: Rule, name: str) -> Shape:
    if name == "bot":
        return pattern_shape(f"^{BOT_ID.pattern}$")
    return next((shape for kind, shape in _CONVERTED.items() if f"<{kind}:{name}>" in rule.rule), _PART)


def _body(operation: Operation) -> dict[str, Any] | None:
    if not operation.body:
        return None
    content = {"schema": _any_of(operation.body), "example": operation.example}
    return {"required": True, "content": {JSON: content}}


def _responses(operation: Operation, *, is_change: bool) -> dict[str, Any]:
    errors = {*operation.errors} | ({409, 422} if operation.once else set())
    if operation.body:
        # No body is read that is too large, and of an operator's some ask for what cannot be at the moment.
        errors |= {400, 413} | ({409} if operation.security in OPERATORS else set())
    if operation.security in OPERATORS:
        # A parameter that comes twice is refused anywhere; ten wrong tokens in a minute are one too many;
        # without its store the service answers nothing.
        errors |= {400, 401, 429, 503}
        # A viewer changes nothing, another site's page neither; some ask for the token again.
        errors |= {403} if is_change else set()
    answers = operation.answers | {status: ("Error",) for status in errors if status not in operation.answers}
    return {str(status): _response(status, answers[status], operation) for status in sorted(answers)}


def _response(status: int, components: tuple[str, ...], operation: Operation) -> dict[str, Any]:
    response: dict[str, Any] = {"description": _description(status, operation)}
    if components:
        response["content"] = {JSON: {"schema": _any_of(components)}}
    elif operation.media_types != (JSON,):
        response["content"] = {
            name: {"schema": ANY_OBJECT if name == JSON else TEXT} for name in operation.media_types
        }
    headers = _headers(status, operation)
    return response | ({"headers": headers} if headers else {})


def _description(status: int, operation: Operation) -> str:
    phrase = HTTPStatus(status).phrase
    if status != HTTPStatus.FORBIDDEN or operation.security not in OPERATORS:
        return phrase
    codes = [CrossSiteRequest.code, RoleViewer.code, *([TokenAgain.code] if operation.token_again else [])]
    codes += [ServiceAccountNotAllowed.code] if operation.security == OPERATOR_OR_SCHEDULER else []
    return f"{phrase}: {', '.join(codes)}"


def _headers(status: int, operation: Operation) -> dict[str, Any]:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return {"Retry-After": {"schema": {"type": "integer"}}}
    if status == HTTPStatus.CONFLICT and operation.security not in OPERATORS:
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
    requests = {name: loaded.shape for name, loaded in REQUESTS.items()}
    return COMPONENTS | alerts | commands | requests


def _alert_shape(schema: Schema) -> Shape:
    shape = schema.shape
    shape["properties"] |= dict.fromkeys(SECRET_FIELDS, _SECRET) | {"extras": _EXTRAS}
    # Other names are read, refused or ignored by what they mean: who keeps to this document writes none.
    return shape | {"additionalProperties": False}
