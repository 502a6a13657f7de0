"""What Schemathesis is told of the service: real ids and secrets, and what a refusal for the shape is.

Names of parameters that it does not know are left as they were made, so that a new route needs nothing here.
"""

from typing import Any

import schemathesis

from app.domain.signals import SECRET_FIELDS
from app.errors import InvalidRequest, MalformedAlert, MalformedIdea
from app.schemas.entry import COMMAND_MARK
from tests.reliability.server import WEBHOOK_SECRET as SECRET

# What there is at the service that is asked, by the names of parameters.
KNOWN: dict[str, list[Any]] = {}
SHAPE_CODES = {InvalidRequest.code, MalformedAlert.code, MalformedIdea.code}
COMMANDS = "/webhook/{secret}/"
NAMES_OF_BOTS = ("bot", "fund_id")
# The regular expression of a longer text takes half a second for each of its rules.
LONG = 1000


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Let the length of a long text stand beside its pattern, where it is not made a part of it."""
    _part(raw_schema)


def _part(schema: Any) -> None:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str) and schema.get("maxLength", 0) >= LONG:
            schema["allOf"] = [*schema.get("allOf", []), {"pattern": schema.pop("pattern")}]
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            _part(inner)


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """Name what there is, twice of three times: which one, and whether, follows from what was made."""
    if not isinstance(path_parameters, dict):
        return path_parameters
    return {name: _real(name, value) for name, value in path_parameters.items()}


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any]) -> dict[str, Any]:
    """Go on behind what there is; send no secret that would be wrong."""
    if not isinstance(query, dict):
        return query
    return {name: _real(name, value) for name, value in query.items() if name != "secret"}


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Send the secret of the default bot, and name no other."""
    if not isinstance(body, dict):
        return body
    known = {name: SECRET for name in SECRET_FIELDS if name in body and "auth_code" not in body}
    # Bot commands name theirs by its number.
    named = {name: body.get(name) for name in NAMES_OF_BOTS}
    bots = {name: "default" for name, bot in named.items() if isinstance(bot, str) and not bot.isdigit()}
    sent = body | known | bots
    return _in_whole_numbers(sent) if _is_command(context.operation.path, body) else sent


def _is_command(path: str, body: dict[str, Any]) -> bool:
    return path.startswith(COMMANDS) or COMMAND_MARK in body


def _in_whole_numbers(value: Any) -> Any:
    """Write 7.0 as 7: commands take no other way, and a document cannot tell the two apart."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _in_whole_numbers(inner) for name, inner in value.items()}
    return [_in_whole_numbers(inner) for inner in value] if isinstance(value, list) else value


def _real(name: str, value: Any) -> Any:
    there = KNOWN.get(name, [])
    chance = sum(map(ord, str(value)))
    return there[chance % len(there)] if there and chance % 3 else value


@schemathesis.check
def shape_is_taken(ctx: Any, response: Any, case: Any) -> None:
    """Fail where a request that fits the document is refused for its shape."""
    generation = case.meta.generation if case.meta is not None else None
    if generation is None or not generation.mode.is_positive or response.status_code not in {400, 422}:
        return
    try:
        body = response.json()
    except ValueError:
        return
    error = body.get("error")
    # Bot commands have an answer of their own.
    code = error.get("code") if isinstance(error, dict) else body.get("reason")
    if code in SHAPE_CODES:
        raise AssertionError(f"Fits the document and is refused for its shape: {response.text}")
