"""What strict mode demands of a JSON schema: https://platform.openai.com/docs/guides/structured-outputs."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

KEYWORDS = frozenset(
    {
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "enum",
        "const",
        "anyOf",
        "$ref",
        "$defs",
        "definitions",
        "description",
        "title",
        "pattern",
        "format",
        "multipleOf",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minItems",
        "maxItems",
    }
)
DEEPEST = 10
MOST_ENUM_VALUES = 1000

Complaint = Callable[[str], Exception]


def check_strict(schema: Any, complain: Complaint) -> None:
    """Raise what `complain` makes of the first rule of strict mode that a schema breaks."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        found = schema.get("type") if isinstance(schema, dict) else None
        raise complain(f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{found}\"'.")
    if "anyOf" in schema:
        raise complain("In context=(), 'anyOf' is not permitted at the root.")
    _check(schema, (), complain)


def _check(schema: Any, where: tuple[str, ...], complain: Complaint) -> None:
    if not isinstance(schema, dict):
        raise complain(f"In context={where}, schema must be an object.")
    if sum(step == "properties" for step in where) > DEEPEST:
        raise complain(f"{DEEPEST} levels of nesting exceeded.")
    for keyword in schema:
        if keyword not in KEYWORDS:
            raise complain(f"In context={where}, '{keyword}' is not permitted.")
    if not {"type", "$ref", "anyOf", "enum", "const"} & set(schema):
        raise complain(f"In context={where}, schema must have a 'type' key.")
    _check_object(schema, where, complain)
    if len(schema.get("enum", [])) > MOST_ENUM_VALUES:
        raise complain(f"In context={where}, too many enum values.")
    _check_inside(schema, where, complain)


def _check_object(schema: dict[str, Any], where: tuple[str, ...], complain: Complaint) -> None:
    kinds = schema.get("type")
    if "object" not in (kinds if isinstance(kinds, list) else [kinds]) and "properties" not in schema:
        return
    if schema.get("additionalProperties") is not False:
        raise complain(
            f"In context={where}, 'additionalProperties' is required to be supplied and to be false."
        )
    names, required = set(schema.get("properties", {})), schema.get("required")
    wanted = "'required' is required to be supplied and to be an array including every key in properties."
    if not isinstance(required, list):
        raise complain(f"In context={where}, {wanted}")
    if names - set(required):
        raise complain(f"In context={where}, {wanted} Missing '{min(names - set(required))}'.")
    if set(required) - names:
        raise complain(f"In context={where}, extra required key '{min(set(required) - names)}' supplied.")


def _check_inside(schema: dict[str, Any], where: tuple[str, ...], complain: Complaint) -> None:
    if schema.get("type") == "array" and "items" not in schema:
        raise complain(f"In context={where}, array schema missing items.")
    for keyword in ("properties", "$defs", "definitions"):
        for name, inner in schema.get(keyword, {}).items():
            _check(inner, (*where, keyword, name), complain)
    if "items" in schema:
        _check(schema["items"], (*where, "items"), complain)
    for place, inner in enumerate(schema.get("anyOf", [])):
        _check(inner, (*where, "anyOf", str(place)), complain)


def filled(
    schema: dict[str, Any], values: dict[str, Any], root: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return an object as the schema wants it: known values kept, others made up, no key too many."""
    root = schema if root is None else root
    return {
        name: kept(inner, values[name], root) if name in values else made_up(inner, root)
        for name, inner in schema.get("properties", {}).items()
    }


def kept(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> Any:
    """Return a value that a property can have: as wished when its enum has it, figures as text if need be."""
    schema = resolved(schema, root)
    enum = schema.get("enum")
    if schema.get("type") == "string" and isinstance(value, int | float):
        return format(Decimal(str(value)), "f")
    if enum is None or value in enum:
        return value
    return next((near for near in NEAREST.get(str(value), ()) if near in enum), enum[0])


def made_up(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """Return the plainest value that fits a schema."""
    schema = resolved(schema, root)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if "anyOf" in schema:
        return made_up(schema["anyOf"][0], root)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return filled(schema, {}, root)
    return {"string": "", "number": 0, "integer": 0, "boolean": False, "array": []}.get(str(kind))


def resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return resolved(found, root)


NEAREST = {
    "buy": ("approve", "take", "proceed", "long"),
    "sell_short": ("sell", "short", "approve", "take", "proceed"),
    "skip": ("hold", "reject", "pass"),
}
