"""What the dashboard asks beside what every operator asks."""

import re
from typing import Any

from app.schemas.base import Schema
from app.schemas.fields import Data, Text, Whole, Word
from app.schemas.shapes import pattern_shape

CURSOR = "What the last answer gave; without it, and after a restart, every topic has changed."
NUMBERS = r"[0-9]{1,20}-[0-9]{1,15}"


class ChangesQuerySchema(Schema):
    """Since when changes are wanted."""

    after = Text(load_default=None, longest=400, metadata={"description": CURSOR})


class FileCursor(Text):
    """Where a page of lines ended."""

    allowed = "what `next` gave"
    shape = pattern_shape(f"^{NUMBERS}$")

    def _deserialize(self, value: Any, attr: str | None, data: Data, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if re.fullmatch(NUMBERS, text) is None:
            raise self.make_error("invalid")
        return text


class LogQuerySchema(Schema):
    """Which lines to list."""

    words = Text(data_key="q", load_default=None, longest=200)
    level = Word("info", "warning", "error", load_default=None)
    after = FileCursor(load_default=None, longest=40)
    limit = Whole(1, 500, load_default=100)
