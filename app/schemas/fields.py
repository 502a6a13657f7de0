"""Marshmallow fields for what alerts carry: numbers as numbers or text, times in three notations."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from app.domain.money import ZERO
from app.schemas.base import Between, Field, either

LARGEST = Decimal("1e12")
SMALLEST = Decimal("1e-12")
LONGEST_NUMBER = 40
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
MILLISECONDS_FROM = 100_000_000_000

PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")

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

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> Decimal:
        number = _number(value)
        if number < 0 or (self.positive and number == 0):
            raise ValidationError("must be greater than zero" if self.positive else "must not be negative")
        if number > LARGEST or 0 < number < SMALLEST:
            raise ValidationError(f"must lie between {SMALLEST} and {LARGEST}")
        return number


def bounds_of(field: Field[Any]) -> str:
    """Write the bounds of a number, such as `above 0 to 1`; nothing where there are none."""
    checked = next((check for check in field.validators if isinstance(check, Between)), None)
    if not isinstance(field, Amount) or (checked is not None and checked.min is not None):
        return str(checked or "")
    least = "above 0" if field.positive else "from 0"
    if checked is None:
        return least
    return f"{least} {'to' if checked.max_inclusive else 'and below'} {checked.max}"


def _refuse_placeholder(text: str) -> None:
    if text.startswith("{{") and text.endswith("}}"):
        raise ValidationError(f"is still the placeholder {text[:60]}, which TradingView did not fill in")


def _number(value: Any) -> Decimal:
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


class Moment(Field[datetime]):
    """A time: epoch seconds or milliseconds (number or text), or ISO 8601 with an offset; UTC comes out."""

    allowed = "epoch milliseconds or a time like 2026-06-02T14:22:00Z"

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> datetime:
        if isinstance(value, str) and not value.strip().isdigit():
            return iso_moment(value.strip())
        number = _number(value)
        seconds = number / 1000 if number >= MILLISECONDS_FROM else number
        if not EARLIEST <= seconds <= LATEST:
            raise ValidationError("must be a time between the years 2000 and 2100")
        return datetime.fromtimestamp(float(seconds), UTC)


def iso_moment(text: str) -> datetime:
    """Read an ISO 8601 time; without an offset it is UTC. UTC comes out."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValidationError("must be epoch milliseconds or like 2026-06-02T14:22:00Z") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValidationError("must be a time between the years 2000 and 2100") from error
    if not EARLIEST <= moment.timestamp() <= LATEST:
        raise ValidationError("must be a time between the years 2000 and 2100")
    return moment


class Text(Field[str]):
    """A text of bounded length without control characters (`lines` lets line breaks and tabs stay).

    A required text is not empty either, unless it `may_be_empty`.
    """

    def __init__(
        self, *, longest: int = 200, lines: bool = False, may_be_empty: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.longest = longest
        self.lines = lines
        self.may_be_empty = may_be_empty or not self.required

    @property
    def allowed(self) -> str:
        """A text and its length."""
        return f"text of up to {self.longest} characters"

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("must be text")
        if len(value) > self.longest:
            raise ValidationError(f"must not be longer than {self.longest} characters")
        plain = value.translate(LINE_BREAKS) if self.lines else value
        if not plain.isprintable():
            raise ValidationError("must not contain control characters")
        text = value.strip()
        if not self.lines:
            _refuse_placeholder(text)
        if not text and not self.may_be_empty:
            raise ValidationError("must not be empty")
        return text


LINE_BREAKS = str.maketrans({"\n": " ", "\r": " ", "\t": " "})


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
        """The words."""
        return either(self.words)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **options: Any) -> str:
        if self.exact and value not in self.words:
            raise self.make_error("invalid")
        word = super()._deserialize(value, attr, data, **options).lower()
        if word not in self.words:
            raise ValidationError(f"must be one of {', '.join(self.words)}")
        return word


class Flag(Field[bool], fields.Boolean):
    """True or false (`in_text`: or how a query says so)."""

    allowed = "true or false"

    def __init__(self, *, in_text: bool = False, **options: Any) -> None:
        super().__init__(**options if in_text else {"truthy": {True}, "falsy": {False}} | options)


class Whole(Field[int], fields.Integer):
    """A whole number within bounds."""

    def __init__(self, least: int | None = None, most: int | None = None, **options: Any) -> None:
        bounds = [] if least is None and most is None else [Between(least, most)]
        super().__init__(validate=bounds, **options)

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


class Day(Field[date], fields.Date):
    """A date."""

    allowed = "a date like 2026-06-02"


class Identifier(Field[UUID], fields.UUID):
    """The id of a ticket."""

    allowed = "an id like 019aa1e8-0000-7000-8000-000000000000"


class Table(Field[Any], fields.Dict):
    """A JSON object."""

    allowed = "a JSON object"

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
