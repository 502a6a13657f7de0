"""TradersPost's exits: a target and a stop, each by one of a price, a percentage and an amount."""

from typing import Any

from marshmallow import ValidationError

from app.schemas.base import Between
from app.schemas.fields import Amount, Word
from app.schemas.foreign.parts import PartSchema, only_one, refuse


class TakeProfitSchema(PartSchema):
    """A target: one of a price, a percentage and an amount."""

    limitPrice = Amount(positive=True, allow_none=True)  # noqa: N815  # the service's own name
    percent = Amount(positive=True, allow_none=True)
    amount = Amount(positive=True, allow_none=True)


class StopLossSchema(PartSchema):
    """A stop that goes to the market: one of a price, a percentage and an amount."""

    type = Word("stop", "stop_limit", "trailing_stop", allow_none=True)
    stopPrice = Amount(positive=True, allow_none=True)  # noqa: N815
    percent = Amount(positive=True, allow_none=True, validate=Between(max=100, max_inclusive=False))
    amount = Amount(positive=True, allow_none=True)
    limitPrice = Amount(positive=True, allow_none=True)  # noqa: N815
    trailAmount = Amount(positive=True, allow_none=True)  # noqa: N815
    trailPercent = Amount(positive=True, allow_none=True)  # noqa: N815
    trailPrice = Amount(positive=True, allow_none=True)  # noqa: N815


def refuse_exits(data: dict[str, Any]) -> None:
    """Refuse stops that do not just go to the market when their price is reached."""
    stop = data.get("stopLoss") or {}
    if stop.get("type", "stop") != "stop":
        refuse(
            "stopLoss.type",
            "a stop-loss goes to the market: write stop; for one that trails set "
            "trailing_stop_pct at the bot",
        )
    for name in ("limitPrice", "trailAmount", "trailPercent", "trailPrice"):
        if name in stop:
            refuse(f"stopLoss.{name}", "write stopLoss.stopPrice, percent or amount")


def one_level(name: str, levels: dict[str, Any], price: str) -> None:
    """Refuse an exit of several levels, and one of none; raise ValidationError."""
    try:
        only_one(levels, (price, "percent", "amount"))
    except ValidationError as error:
        raise ValidationError(error.messages, f"{name}.{error.field_name}") from error
    if levels and not levels.keys() & {price, "percent", "amount"}:
        raise ValidationError(f"says no price; give {price}, percent or amount", name)
