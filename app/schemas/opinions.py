"""What is asked about past opinions."""

from typing import Any

from marshmallow import ValidationError, post_load

from app.domain.price_outcomes import HORIZONS, Horizon
from app.schemas.base import Schema
from app.schemas.fields import Day, Text, Whole
from app.schemas.period import in_order
from app.schemas.shapes import pattern_shape

USUAL = ",".join(each.name for each in HORIZONS)
MOST_HORIZONS = 6
# None is longer than sixty days.
STRETCH = "(?:[1-9][0-9]{0,3}m|[1-9][0-9]{0,2}h|(?:[1-9]|[1-5][0-9]|60)d)"


def read_horizons(text: str) -> tuple[Horizon, ...]:
    """Read stretches of time such as `1h,1d,5d`; the same one counts once. Raise ValidationError."""
    try:
        horizons = tuple(dict.fromkeys(Horizon.read(part) for part in text.split(",")))
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if len(horizons) > MOST_HORIZONS:
        raise ValidationError(f"must not be more than {MOST_HORIZONS}")
    return horizons


class Horizons(Text):
    """Stretches of time such as `1h,1d,5d`."""

    allowed = "stretches of time like 1h,1d,5d"
    shape = pattern_shape(rf"^{STRETCH}(?:,{STRETCH}){{0,{MOST_HORIZONS - 1}}}$")


class OpinionQuerySchema(Schema):
    """Which opinions to look back at: of which UTC days and which bot, and how far to follow their prices."""

    since = Day(data_key="from", load_default=None)
    until = Day(data_key="to", load_default=None)
    bot = Text(load_default=None, longest=48)
    horizon = Horizons(
        load_default=",".join(each.name for each in HORIZONS), longest=60, validate=read_horizons
    )
    limit = Whole(1, 5000, load_default=500)

    @post_load
    def _with_horizons(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return in_order(data) | {"horizon": read_horizons(data["horizon"])}
