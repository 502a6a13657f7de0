"""From a tool's JSON schema to one that a model must keep to."""

from typing import Any

KEPT = frozenset(
    {
        "type",
        "description",
        "enum",
        "const",
        "minimum",
        "maximum",
        "pattern",
        "format",
        "minItems",
        "maxItems",
    }
)
DROPPED = frozenset({"title", "default", "examples", "$schema", "required", "additionalProperties"})
DEEPEST = 5


class NotStrict(Exception):
    """The schema says something that has no strict form."""


def strict_schema(schema: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema with every property required, nullable where it was not; None if it has no such form.

    Strict functions need this: https://platform.openai.com/docs/guides/function-calling#strict-mode
    """
    try:
        return _strict(schema, DEEPEST) if schema.get("type") == "object" else None
    except NotStrict:
        return None


def without_nulls(arguments: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Take away the nulls that stand for what a model left out."""
    required = _required(schema)
    return {name: value for name, value in arguments.items() if value is not None or name in required}


def _required(schema: dict[str, Any]) -> list[str]:
    required = schema.get("required")
    return required if isinstance(required, list) else []


def _strict(schema: Any, depth: int) -> dict[str, Any]:
    if not isinstance(schema, dict) or depth == 0:
        raise NotStrict
    if not {"type", "anyOf"} & set(schema) or (schema.get("type") == "array" and "items" not in schema):
        raise NotStrict
    made = {name: value for name, value in schema.items() if name in KEPT}
    for name, value in schema.items():
        if name == "properties" and isinstance(value, dict):
            made["properties"] = _properties(value, _required(schema), depth)
        elif name == "items":
            made["items"] = _strict(value, depth - 1)
        elif name == "anyOf" and isinstance(value, list):
            made["anyOf"] = [_strict(option, depth - 1) for option in value]
        elif name not in KEPT | DROPPED:
            raise NotStrict
    if schema.get("type") == "object":
        _close(schema, made)
    return made


def _close(schema: dict[str, Any], made: dict[str, Any]) -> None:
    if schema.get("additionalProperties"):
        raise NotStrict
    made.setdefault("properties", {})
    made["required"] = list(made["properties"])
    made["additionalProperties"] = False


def _properties(properties: dict[str, Any], required: list[str], depth: int) -> dict[str, Any]:
    made = {name: _strict(value, depth - 1) for name, value in properties.items()}
    return {name: value if name in required else _nullable(value) for name, value in made.items()}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if "anyOf" in schema:
        options = schema["anyOf"]
        null = {"type": "null"}
        return schema if null in options else schema | {"anyOf": [*options, null]}
    if not isinstance(kind, str) or "enum" in schema or "const" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema | {"type": [kind, "null"]}
