"""Times in three notations: epoch seconds or milliseconds (number or text), or ISO 8601."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError

from app.schemas.base import Field
from app.schemas.fields import Data, read_number
from app.schemas.shapes import EARLIEST_YEAR, YEARS_END, Shape, moment_shape

EARLIEST = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(YEARS_END, 1, 1, tzinfo=UTC).timestamp()
MILLISECONDS_FROM = 100_000_000_000


class Moment(Field[datetime]):
    """A time: epoch seconds or milliseconds (number or text), or ISO 8601 with an offset; UTC comes out."""

    allowed = "epoch milliseconds or a time like 2026-06-02T14:22:00Z"

    @property
    def shape(self) -> Shape:
        """Numbers of these years, or text."""
        return moment_shape(EARLIEST, LATEST, "Epoch seconds or milliseconds, or ISO 8601.")

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> datetime:
        if isinstance(value, str) and not value.strip().isdigit():
            return iso_moment(value.strip())
        number = read_number(value)
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
    # The year that is written counts, so that a pattern can say it.
    if not EARLIEST_YEAR <= moment.year < YEARS_END:
        raise ValidationError("must be a time between the years 2000 and 2100")
    return moment.astimezone(UTC)
