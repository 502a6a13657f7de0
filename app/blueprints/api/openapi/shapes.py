"""JSON Schema made from our own declarations: marshmallow schemas for requests, dataclasses for answers."""

from dataclasses import fields as record_fields
from datetime import datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from marshmallow import RAISE, Schema, fields, missing, validate

from app.schemas.base import Schema as OurSchema
from app.schemas.bot_command import ExpiryDay, Number
from app.schemas.fields import Amount, Moment, Text, Word
from app.schemas.trade_idea import TICKER, Delivery, Ticker

Shape = dict[str, Any]

DECIMAL: Shape = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
TIME: Shape = {"type": "string", "format": "date-time"}
TEXT: Shape = {"type": "string"}
UUID: Shape = {"type": "string", "format": "uuid"}


def or_null(shape: Shape) -> Shape:
    """Return the shape that also takes null."""
    if isinstance(shape.get("type"), list):
        return shape | {"type": [*shape["type"], "null"]}
    if "$ref" in shape or "enum" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    return shape | {"type": [shape["type"], "null"]}


def object_of(properties: dict[str, Shape], *, optional: tuple[str, ...] = ()) -> Shape:
    """Return an object of which every property is always there, save the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def list_of(shape: Shape) -> Shape:
    """Return an array."""
    return {"type": "array", "items": shape}


def words_of(words: type[Enum]) -> Shape:
    """Return the shape of an enumeration's values."""
    return {"type": "string", "enum": [word.value for word in words]}


def request_shape(schema: Schema) -> Shape:
    """Describe what a marshmallow schema loads."""
    shape: Shape = {
        "type": "object",
        "properties": {name: field_shape(field) for name, field in schema.fields.items()},
        "required": [name for name, field in schema.fields.items() if field.required],
    }
    if schema.unknown == RAISE:
        shape["additionalProperties"] = False
    if isinstance(schema, OurSchema) and schema.beside:
        # There, and not null.
        shape["dependentSchemas"] = {
            name: {"required": [other], "properties": {other: {"not": {"type": "null"}}}}
            for name, other in schema.beside.items()
        }
    return {name: value for name, value in shape.items() if value != []}


def field_shape(field: fields.Field[Any]) -> Shape:
    """Describe one marshmallow field; raise TypeError for a kind that has no description yet."""
    shape = _kind(field) | _range(field)
    if field.load_default is not missing and field.load_default is not None:
        shape["default"] = field.load_default
    said = {"description": field.metadata["description"]} if "description" in field.metadata else {}
    return (or_null(shape) if field.allow_none else shape) | said


def _kind(field: fields.Field[Any]) -> Shape:
    if isinstance(field, Word):
        return {"type": "string", "enum": list(field.words)}
    if isinstance(field, Text):
        return {"type": "string", "maxLength": field.longest}
    if isinstance(field, Amount):
        return {"type": ["number", "string"], "description": "A number, or the same as text."}
    if isinstance(field, Moment):
        return {"type": ["number", "string"], "description": "Epoch seconds or milliseconds, or ISO 8601."}
    return _standard_kind(field)


def _standard_kind(field: fields.Field[Any]) -> Shape:
    if isinstance(field, fields.Enum):
        return words_of(field.enum)
    if isinstance(field, fields.List):
        return list_of(field_shape(field.inner))
    if isinstance(field, fields.Nested):
        return request_shape(field.schema)
    if isinstance(field, fields.Dict):
        values = field.value_field
        return {"type": "object", "additionalProperties": field_shape(values) if values else True}
    for kind, shape in _PLAIN.items():
        if isinstance(field, kind):
            return dict(shape)
    raise TypeError(f"{type(field).__name__} has no JSON Schema")


# Subclasses stand before their bases.
_PLAIN: dict[type[fields.Field[Any]], Shape] = {
    Ticker: TEXT | {"pattern": f"^{TICKER.pattern}$"},
    Delivery: TIME,
    Number: {"type": ["integer", "string"], "description": "A whole number, or its digits as text."},
    ExpiryDay: {"type": "string", "format": "date"},
    fields.UUID: UUID,
    fields.Date: {"type": "string", "format": "date"},
    fields.Boolean: {"type": "boolean"},
    fields.Integer: {"type": "integer"},
    fields.Number: {"type": "number"},
    fields.String: TEXT,
    fields.Raw: {"type": ["object", "array", "string", "number", "boolean"]},
}


def _range(field: fields.Field[Any]) -> Shape:
    shape: Shape = {"exclusiveMinimum": 0} if isinstance(field, Amount) and field.positive else {}
    for check in field.validators:
        if isinstance(check, validate.Range):
            least = "minimum" if check.min_inclusive else "exclusiveMinimum"
            most = "maximum" if check.max_inclusive else "exclusiveMaximum"
            limits = {least: check.min, most: check.max}
            shape |= {name: _number(limit) for name, limit in limits.items() if limit is not None}
        if isinstance(check, validate.OneOf):
            shape["enum"] = list(check.choices)
    return shape


def _number(limit: Any) -> int | float:
    return int(limit) if limit == int(limit) else float(limit)


def ref(name: str) -> Shape:
    """Point to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def record_shape(record: type) -> dict[str, Shape]:
    """Describe how a dataclass travels: decimals as strings, times as RFC 3339."""
    hints = get_type_hints(record)
    return {item.name: _type_shape(hints[item.name]) for item in record_fields(record)}


def _type_shape(wanted: Any) -> Shape:
    if get_origin(wanted) in {Union, UnionType}:
        inner = next(option for option in get_args(wanted) if option is not NoneType)
        return or_null(_type_shape(inner))
    if get_origin(wanted) is tuple:
        return list_of(_type_shape(get_args(wanted)[0]))
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return words_of(wanted)
    # A text with a name of its own travels as text.
    wanted = getattr(wanted, "__supertype__", wanted)
    plain: dict[Any, Shape] = {
        Decimal: DECIMAL,
        datetime: TIME,
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        str: TEXT,
    }
    return dict(plain[wanted])
