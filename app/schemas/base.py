"""What our schemas and fields say when something is wrong, in place of marshmallow's own sentences."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from marshmallow import RAISE, ValidationError, fields, missing, validate, validates_schema
from marshmallow import Schema as MarshmallowSchema

from app.schemas.cases import Case, cases_shape, faults_of
from app.schemas.shapes import Shape, has, or_null

Value = TypeVar("Value")

_UNKNOWN = "is no field here; leave it out"
_MESSAGES = {"type": "must be a JSON object", "unknown": _UNKNOWN}
# Where a mapping's messages stand: neither is a name that the sender has given.
_PARTS_OF_PAIRS = frozenset({"key", "value"})


class Schema(MarshmallowSchema):
    """The base of our schemas: a field that is not known is refused with the name that may be meant.

    `beside`: fields that say nothing without another one, which must be there too. `cases`: by field, what
    its value asks of the others.
    """

    error_messages = _MESSAGES
    beside: ClassVar[Mapping[str, str]] = {}
    cases: ClassVar[Mapping[str, tuple[Case, ...]]] = {}

    @property
    def shape(self) -> Shape:
        """What the schema loads, as JSON Schema: whatever fits is taken."""
        named = {field.data_key or name: field for name, field in self.fields.items()}
        shape: Shape = {
            "type": "object",
            "properties": {
                name: field.full_shape for name, field in named.items() if isinstance(field, Field)
            },
        }
        required = [name for name, field in named.items() if field.required]
        shape |= {"required": required} if required else {}
        shape |= {"additionalProperties": False} if self.unknown == RAISE else {}
        if self.beside:
            shape["dependentSchemas"] = {name: has(other) for name, other in self.beside.items()}
        return shape | ({"allOf": cases_shape(self.cases)} if self.cases else {})

    def load(self, data: Any, **options: Any) -> Any:
        """Read an object; raise ValidationError."""
        if not isinstance(data, Mapping):
            raise ValidationError(_MESSAGES["type"])
        return super().load(data, **options)

    def load_given(self, data: dict[str, Any]) -> Any:
        """Read an object as `load` does, but ask no field that would say nothing where it is left out.

        Alerts give a third of their fields. No `pre_load` of theirs may add one.
        """
        return _asking(self, frozenset(data)).load(data)

    @validates_schema
    def _stand_beside(self, data: dict[str, Any], **_: Any) -> None:
        for name, other in self.beside.items():
            if data.get(name) is not None and data.get(other) is None:
                raise ValidationError(f"needs {other} beside it", name)

    @validates_schema
    def _fit_their_case(self, data: dict[str, Any], **_: Any) -> None:
        for name, text in faults_of(self.cases, data):
            raise ValidationError(text, name)

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **options: Any) -> None:
        """Add to an unknown field which one is meant."""
        known = [field.data_key or name for name, field in self.fields.items()]
        for name, texts in error.messages_dict.items():
            meant = get_close_matches(str(name), known, n=1, cutoff=0.75) if texts == [_UNKNOWN] else []
            if meant:
                error.messages_dict[name] = [f"is no field here; is {meant[0]} meant?"]


# A sender's alerts give the same fields every time.
@lru_cache(maxsize=256)
def _asking(schema: Schema, given: frozenset[str]) -> Schema:
    """Return a schema without the fields that are left out and would say nothing."""
    asking = copy(schema)
    asking.load_fields = {
        name: field
        for name, field in schema.load_fields.items()
        if (field.data_key or name) in given or field.required or field.load_default is not missing
    }
    return asking


class Field(fields.Field[Value]):
    """The base of our fields: whatever is wrong, the sentence says what to give."""

    @property
    def allowed(self) -> str:
        """What the field takes, in words that stand behind `give` and `must be`."""
        raise NotImplementedError

    @property
    def shape(self) -> Shape:
        """What the field takes, as JSON Schema: whatever fits is taken."""
        raise NotImplementedError

    @property
    def full_shape(self) -> Shape:
        """The shape with null, default and description where the field has them."""
        shape = or_null(self.shape) if self.allow_none else self.shape
        if self.load_default is not missing and self.load_default is not None:
            shape = shape | {"default": self.load_default}
        said = self.metadata.get("description")
        return shape | {"description": said} if said is not None else shape

    def make_error(self, key: str, **_: Any) -> ValidationError:
        """Say what is wrong; marshmallow asks for it by a key."""
        if key == "required":
            return ValidationError(f"is missing; give {self.allowed}")
        if key == "null":
            return ValidationError(f"must not be null; give {self.allowed}")
        return ValidationError(f"must be {self.allowed}")


class Between(validate.Range):
    """Bounds of a number."""

    def __str__(self) -> str:
        if self.min is not None and self.max is not None:
            return f"from {self.min} to {self.max}"
        if self.min is not None:
            return f"{'at least' if self.min_inclusive else 'above'} {self.min}"
        return f"{'at most' if self.max_inclusive else 'below'} {self.max}"

    def __call__(self, value: Any) -> Any:
        """Refuse what lies outside."""
        try:
            return super().__call__(value)
        except ValidationError as error:
            raise ValidationError(f"must be {self}") from error


class EntryCount(validate.Length):
    """How many things there may be."""

    def __call__(self, value: Any) -> Any:
        """Refuse too few and too many."""
        try:
            return super().__call__(value)
        except ValidationError as error:
            raise ValidationError(f"must have from {self.min} to {self.max} entries") from error

    def shape(self, things: str) -> Shape:
        """Return the bounds for `Items` or `Properties`."""
        bounds = {f"min{things}": self.min, f"max{things}": self.max}
        return {name: bound for name, bound in bounds.items() if bound is not None}


def either(words: Iterable[str]) -> str:
    """Write `a, b or c`."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def sentences(messages: Any) -> str:
    """Write marshmallow's messages as sentences that begin with the field's name."""
    return " ".join(f"{name} {_ended(text)}" for name, text in _flat(messages, ()))


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _flat(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in sorted(messages.items(), key=lambda item: str(item[0])):
            is_given = not path or name not in _PARTS_OF_PAIRS
            yield from _flat(inner, (*path, str(name)) if is_given and name != "_schema" else path)
    elif isinstance(messages, list):
        for text in messages:
            yield from _flat(text, path)
    else:
        yield f"`{'.'.join(path)}`" if path else "The body", str(messages)
