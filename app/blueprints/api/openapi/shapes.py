"""JSON Schema of answers, made from our own dataclasses; that of requests comes from their schemas."""

from dataclasses import fields as record_fields
from dataclasses import is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from app.schemas import shapes as request_shapes

Shape = request_shapes.Shape
or_null = request_shapes.or_null

DECIMAL: Shape = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
TIME: Shape = {"type": "string", "format": "date-time"}
TEXT: Shape = {"type": "string"}
UUID: Shape = {"type": "string", "format": "uuid"}
FLAG: Shape = {"type": "boolean"}
ANY_OBJECT: Shape = {"type": "object", "additionalProperties": True}
OR_TEXT, OR_TIME, OR_DECIMAL = or_null(TEXT), or_null(TIME), or_null(DECIMAL)


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
    if is_dataclass(wanted) and isinstance(wanted, type):
        return object_of(record_shape(wanted))
    if get_origin(wanted) is dict:
        return ANY_OBJECT
    # A text with a name of its own travels as text.
    wanted = getattr(wanted, "__supertype__", wanted)
    plain: dict[Any, Shape] = {
        Decimal: DECIMAL,
        datetime: TIME,
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": "number"},
        str: TEXT,
    }
    return dict(plain[wanted])
