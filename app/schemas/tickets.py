"""Which tickets somebody wants to see."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from marshmallow import post_load

from app.domain.reasons import Reason
from app.domain.tickets import TicketStatus
from app.schemas.base import Field, Schema
from app.schemas.fields import Choice, Data, Day, Identifier, Text, Whole, Word
from app.schemas.moments import iso_moment
from app.schemas.period import in_order
from app.schemas.shapes import DATE, MOMENT, Shape

DAY = timedelta(days=1)
FULL, ROWS = "full", "rows"
WORDS = "A symbol, bot, state, dialect, reason or id, or a part of one; else any words of an alert."
VIEW = "`rows`: only what a list shows of each ticket."


class DayOrMoment(Field[datetime]):
    """A day in UTC, or a time; a day is its beginning, or with `is_end` its end."""

    allowed = "a date like 2026-06-02 or a time like 2026-06-02T14:22:00Z"

    def __init__(self, *, is_end: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.is_end = is_end

    @property
    def shape(self) -> Shape:
        """One of the two."""
        return {"anyOf": [DATE, {"type": "string", "pattern": MOMENT}]}

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return iso_moment(value)
        begins = datetime.combine(day, time(), UTC)
        return begins + DAY if self.is_end and day < date.max else begins


class TicketQuerySchema(Schema):
    """Which tickets to list."""

    words = Text(data_key="q", load_default=None, longest=200, metadata={"description": WORDS})
    status = Word(*(status.value for status in TicketStatus), load_default=None)
    bot = Text(load_default=None, longest=48)
    reason = Choice(Reason, load_default=None)
    symbol = Text(load_default=None, longest=60)
    dialect = Text(load_default=None, longest=40)
    day = Day(data_key="date", load_default=None)
    since = DayOrMoment(data_key="from", load_default=None)
    until = DayOrMoment(data_key="to", is_end=True, load_default=None)
    after = Identifier(load_default=None)
    limit = Whole(1, 500, load_default=50)
    view = Word(FULL, ROWS, load_default=FULL, metadata={"description": VIEW})

    @post_load
    def _in_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        in_order(data)
        # An empty text is what a form sends that was left alone.
        return {name: value if value != "" else None for name, value in data.items()}
