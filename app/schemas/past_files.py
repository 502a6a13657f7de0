"""Files of the past that come with a request, and what is set differently in a run of it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, ValidationError, fields

from app.schemas.base import EntryCount, Field, Schema
from app.schemas.fields import Table, Text
from app.schemas.shapes import Shape, pattern_shape

LONGEST_VALUE = 500
NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,59}$")
# A request as a whole is bounded; see the view.
LARGEST_FILE = 16_000_000
FILE_NAME = "As on the disk: it may tell the symbol, and is repeated where a line cannot be read."
FILE_TEXT = "The whole file."
SYMBOL = "What the bars are of, where neither a column nor the file's name tells."
SET = 'Keys of every bot and settings of the simulated market that differ, like {"sl_pct": "0.02"}.'
GIVEN = "TradingView's alert log or list of trades, our own logs.jsonl or tickets, lines of JSON."
BARS_GIVEN = "Files, or a broker that is set up here and keeps bars: they are downloaded while the job runs."
BROKER = re.compile(r"^[a-z]{1,30}$")
MOST_FILES = 50
MOST_SETTINGS = 100


class FileText(Field[str]):
    """A file's text; whatever is wrong with its lines is told when they are read."""

    allowed = "the file's text"

    @property
    def shape(self) -> Shape:
        """A text."""
        return {"type": "string", "minLength": 1, "maxLength": LARGEST_FILE}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= LARGEST_FILE:
            raise self.make_error("invalid")
        return value


class SettingValue(Field[str]):
    """A value as it would stand on the command line; numbers, true, false and null are written out."""

    allowed = f"text of up to {LONGEST_VALUE} characters, a number, true, false or null"

    @property
    def shape(self) -> Shape:
        """Text or what JSON has for it."""
        return {"type": ["string", "number", "boolean"], "maxLength": LONGEST_VALUE}

    def deserialize(self, value: Any, *given: Any, **options: Any) -> str:
        """Read a value; null is one, and means that a limit is inherited."""
        text: str = "null" if value is None else super().deserialize(value, *given, **options)
        return text

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if not isinstance(value, (str, int, Decimal)) or len(text) > LONGEST_VALUE:
            raise ValidationError(f"must be {self.allowed}")
        return text


class SettingName(Text):
    """A bot's key or a setting."""

    allowed = "a name like sl_pct"

    @property
    def shape(self) -> Shape:
        """Letters, digits and underscores."""
        return pattern_shape(NAME.pattern)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        if not isinstance(value, str) or NAME.fullmatch(value) is None:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **options)


class PastFileSchema(Schema):
    """A file of alerts, or of trades."""

    class Meta:
        unknown = RAISE

    name = Text(required=True, longest=200, metadata={"description": FILE_NAME})
    text = FileText(required=True, metadata={"description": FILE_TEXT})


class BarFileSchema(PastFileSchema):
    """A file of bars."""

    symbol = Text(load_default=None, allow_none=True, longest=60, metadata={"description": SYMBOL})


class FileOfAlerts(Field[Any], fields.Nested):
    """One file."""

    allowed = "an object with name and text"
    shape = PastFileSchema().shape

    def __init__(self, **options: Any) -> None:
        super().__init__(PastFileSchema(), **options)


class FilesOfBars(Field[Any], fields.List[Any]):
    """Some files of bars."""

    allowed = "a list of objects with name and text, and symbol where neither tells"

    def __init__(self, **options: Any) -> None:
        files = fields.Nested(BarFileSchema())
        super().__init__(files, validate=EntryCount(0, MOST_FILES), **options)

    @property
    def shape(self) -> Shape:
        """An array of files."""
        return {"type": "array", "items": BarFileSchema().shape, "maxItems": MOST_FILES}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        if isinstance(value, list) and not all(isinstance(file, Mapping) for file in value):
            raise ValidationError("must be JSON objects with name and text, one a file")
        return super()._deserialize(value, attr, data, **options)


class Bars(FilesOfBars):
    """Some files of bars, or the name of a broker that keeps some."""

    allowed = f"{FilesOfBars.allowed}; or a broker's name like alpaca"

    @property
    def shape(self) -> Shape:
        """An array of files, or a name."""
        return {"anyOf": [super().shape, pattern_shape(BROKER.pattern)]}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        if not isinstance(value, str):
            return super()._deserialize(value, attr, data, **options)
        if BROKER.fullmatch(value) is None:
            raise self.make_error("invalid")
        return value


ALERTS = FileOfAlerts(load_default=None, allow_none=True, metadata={"description": GIVEN})
BARS = Bars(load_default=None, allow_none=True, metadata={"description": BARS_GIVEN})
DIFFERENCES = Table(
    keys=SettingName(),
    values=SettingValue(allow_none=True),
    load_default=None,
    allow_none=True,
    validate=EntryCount(0, MOST_SETTINGS),
    metadata={"description": SET},
)
