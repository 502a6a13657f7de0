"""What is asked about past opinions."""

from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from app.domain.price_outcomes import HORIZONS, Horizon
from app.schemas.base import Schema
from app.schemas.fields import Day, Text, Whole

MOST_HORIZONS = 6


def read_horizons(text: str) -> tuple[Horizon, ...]:
    """Read stretches of time such as `1h,1d,5d`; the same one counts once. Raise ValidationError."""
    try:
        horizons = tuple(dict.fromkeys(Horizon.read(part) for part in text.split(",")))
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if len(horizons) > MOST_HORIZONS:
        raise ValidationError(f"must not be more than {MOST_HORIZONS}")
    return horizons


class OpinionQuerySchema(Schema):
    """Which opinions to look back at: of which UTC days and which bot, and how far to follow their prices."""

    since = Day(data_key="from", load_default=None)
    until = Day(data_key="to", load_default=None)
    bot = Text(load_default=None, longest=48)
    horizon = Text(load_default=",".join(each.name for each in HORIZONS), longest=60, validate=read_horizons)
    limit = Whole(1, 5000, load_default=500)

    @validates_schema(skip_on_field_errors=True)
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["since"] and data["until"] and data["since"] > data["until"]:
            raise ValidationError("must not lie after `to`", "from")

    @post_load
    def _with_horizons(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"horizon": read_horizons(data["horizon"])}
