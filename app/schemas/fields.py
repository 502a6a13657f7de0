"""Marshmallow fields for what alerts carry: numbers as numbers or text, times in three notations."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from app.domain.money import ZERO
from app.schemas.base import Between, EntryCount, Field, either
from app.schemas.shapes import (
    DATE,
    HIDDEN,
    HIDDEN_OR_BREAK,
    LARGEST,
    LARGEST_WHOLE,
    SMALLEST,
    TRUE_OR_FALSE,
    Shape,
    json_number,
    number_shape,
    text_shape,
)
from app.schemas.shapes import UUID as UUID_SHAPE

LONGEST_NUMBER = 40

PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")
NEVER_IN_TEXT, NEVER_IN_LINE = re.compile(HIDDEN), re.compile(HIDDEN_OR_BREAK)

Data = Mapping[str, Any] | None


class Amount(Field[Decimal]):
    """A finite decimal of a sane magnitude that is not negative (`positive`: nor zero)."""

    def __init__(self, *, positive: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.positive = positive

    @property
    def allowed(self) -> str:
        """A number and its bounds."""
        return f"a number {bounds_of(self)}"

    @property
    def shape(self) -> Shape:
        """A number or its text, within the bounds."""
        bounds = _checked_bounds(self)
        # A bound of zero without a check of its own: a number is never below it.
        least, most = (ZERO, LARGEST) if bounds is None else (bounds.min or ZERO, bounds.max or LARGEST)
        return number_shape(
            least,
            most,
            is_least_in=not self.positive and (bounds is None or bounds.min is None or bounds.min_inclusive),
            is_most_in=bounds is None or bounds.max is None or bounds.max_inclusive,
            description="A number, or the same as text.",
        )

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> Decimal:
        number = read_number(value)
        if number < 0 or (self.positive and number == 0):
            raise ValidationError("must be greater than zero" if self.positive else "must not be negative")
        if number > LARGEST or 0 < number < SMALLEST:
            raise ValidationError(f"must lie between {SMALLEST} and {LARGEST}")
        return number


def _checked_bounds(field: Field[Any]) -> Between | None:
    return next((check for check in field.validators if isinstance(check, Between)), None)


def bounds_of(field: Field[Any]) -> str:
    """Write the bounds of a number, such as `above 0 to 1`; nothing where there are none."""
    checked = _checked_bounds(field)
    if not isinstance(field, Amount) or (checked is not None and checked.min is not None):
        return str(checked or "")
    least = "above 0" if field.positive else "from 0"
    if checked is None:
        return least
    return f"{least} {'to' if checked.max_inclusive else 'and below'} {checked.max}"


def _refuse_placeholder(text: str) -> None:
    if text.startswith("{{") and text.endswith("}}"):
        raise ValidationError(f"is still the placeholder {text[:60]}, which TradingView did not fill in")


def read_number(value: Any) -> Decimal:
    """Read a number or its text; raise ValidationError."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise ValidationError("must be a number")
    if isinstance(value, str):
        value = value.strip()
        _refuse_placeholder(value)
        if not value.isascii() or "_" in value or len(value) > LONGEST_NUMBER:
            raise ValidationError("must be a number")
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError) as error:
        raise ValidationError(f"must be a number, not {str(value)[:LONGEST_NUMBER]!r}") from error
    if not number.is_finite():
        raise ValidationError(f"must be a finite number, not {number}; leave it out where there is none")
    # A zero may carry a sign, or an exponent that would fill the memory when it is written out.
    return number or ZERO


class Text(Field[str]):
    """A text of bounded length without control characters (`lines` lets line breaks and tabs stay).

    A required text is not empty either, unless it `may_be_empty`.
    """

    def __init__(
        self, *, longest: int = 200, lines: bool = False, may_be_empty: bool | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.longest = longest
        self.lines = lines
        self.may_be_empty = not self.required if may_be_empty is None else may_be_empty

    @property
    def allowed(self) -> str:
        """A text and its length."""
        return f"text of up to {self.longest} characters"

    @property
    def shape(self) -> Shape:
        """A text of these characters."""
        return text_shape(self.longest, lines=self.lines, may_be_empty=self.may_be_empty)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("must be text")
        if len(value) > self.longest:
            raise ValidationError(f"must not be longer than {self.longest} characters")
        if (NEVER_IN_TEXT if self.lines else NEVER_IN_LINE).search(value):
            raise ValidationError("must not contain control characters")
        text = value.strip()
        if not self.lines:
            _refuse_placeholder(text)
        if not text and not self.may_be_empty:
            raise ValidationError("must not be empty")
        return text


class Key(Text):
    """An idempotency key; one of unfilled placeholders alone is refused, being the same for every alert.

    It may be made of a comment, so line breaks may stand in it.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(lines=True, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **options: Any) -> str:
        key = super()._deserialize(value, attr, data, **options)
        _refuse_placeholder(key)
        rest, placeholders = PLACEHOLDER.subn("", key)
        if placeholders and not any(character.isalnum() for character in rest):
            raise ValidationError("still has its placeholders, which TradingView did not fill in")
        return key


class Word(Text):
    """One of a few words, whatever their case (`exact`: as they are written here)."""

    def __init__(self, *words: str, exact: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.words = words
        self.exact = exact

    @property
    def allowed(self) -> str:
        """The words, but for the empty one, which says nothing."""
        return either(filter(None, self.words))

    @property
    def shape(self) -> Shape:
        """The words as they are written here."""
        return {"type": "string", "enum": list(self.words)}

    def _deserialize(self, value: Any, attr: str | None, data: Data, **options: Any) -> str:
        if self.exact and value not in self.words:
            raise self.make_error("invalid")
        word = super()._deserialize(value, attr, data, **options).lower()
        if word not in self.words:
            raise ValidationError(f"must be one of {', '.join(filter(None, self.words))}")
        return word


class Flag(Field[bool], fields.Boolean):
    """True or false (`in_text`: or how a query says so)."""

    allowed = "true or false"
    shape = TRUE_OR_FALSE

    def __init__(self, *, in_text: bool = False, **options: Any) -> None:
        super().__init__(**options if in_text else {"truthy": {True}, "falsy": {False}} | options)


class Whole(Field[int], fields.Integer):
    """A whole number within bounds."""

    def __init__(self, least: int | None = None, most: int | None = None, **options: Any) -> None:
        bounds = [] if least is None and most is None else [Between(least, most)]
        super().__init__(validate=bounds, **options)

    @property
    def shape(self) -> Shape:
        """A whole number within the bounds, which none has to pass by far."""
        bounds = _checked_bounds(self)
        least, most = (None, None) if bounds is None else (bounds.min, bounds.max)
        return {
            "type": "integer",
            "minimum": json_number(-LARGEST_WHOLE if least is None else least),
            "maximum": json_number(LARGEST_WHOLE if most is None else most),
        }

    def _validated(self, value: Any) -> int:
        # 5.0 is a whole number in JSON, and 5.5 none that may be cut.
        if isinstance(value, Decimal):
            is_sound = value.is_finite() and abs(value) <= LARGEST_WHOLE and value % 1 == 0
            value = int(value) if is_sound else str(value)
        # A longer one would overflow wherever days or seconds are counted.
        if abs(number := int(super()._validated(value))) > LARGEST_WHOLE:
            raise ValidationError(f"must lie between {-LARGEST_WHOLE} and {LARGEST_WHOLE}")
        return number

    @property
    def allowed(self) -> str:
        """A whole number and its bounds."""
        bounds = bounds_of(self)
        return f"a whole number {'of ' if bounds.startswith('at') else ''}{bounds}".rstrip()


class Choice(Field[Any], fields.Enum[Any]):
    """One value of an enumeration."""

    def __init__(self, words: type[Enum], **options: Any) -> None:
        super().__init__(words, by_value=True, **options)

    @property
    def allowed(self) -> str:
        """The values."""
        return either(str(word.value) for word in self.enum)

    @property
    def shape(self) -> Shape:
        """The values."""
        return {"type": "string", "enum": [word.value for word in self.enum]}


class Day(Field[date], fields.Date):
    """A date."""

    allowed = "a date like 2026-06-02"
    shape = DATE


class Identifier(Field[UUID], fields.UUID):
    """The id of a ticket."""

    allowed = "an id like 019aa1e8-0000-7000-8000-000000000000"
    shape = UUID_SHAPE


class Table(Field[Any], fields.Dict):
    """A JSON object."""

    allowed = "a JSON object"

    @property
    def shape(self) -> Shape:
        """An object of such names and values."""
        shape: Shape = {"type": "object"}
        if isinstance(self.key_field, Field):
            shape["propertyNames"] = self.key_field.shape
        if isinstance(self.value_field, Field):
            shape["additionalProperties"] = self.value_field.full_shape
        counted = next((check for check in self.validators if isinstance(check, EntryCount)), None)
        return shape if counted is None else shape | counted.shape("Properties")

    def _deserialize(self, value: Any, attr: str | None, data: Data, **options: Any) -> Any:
        _refuse_non_numbers(value)
        return super()._deserialize(value, attr, data, **options)  # type: ignore[no-untyped-call]


def _refuse_non_numbers(value: Any) -> None:
    """NaN and the infinities pass where nobody reads them; whoever takes a whole object reads all of it."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValidationError(f"must have finite numbers, not {value}")
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for item in items:
        _refuse_non_numbers(item)
