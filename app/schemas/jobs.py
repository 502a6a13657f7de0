"""What the operator lets run in the background."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, ValidationError, post_load

from app.domain.jobs import JobKind
from app.domain.price_outcomes import Horizon
from app.schemas.base import Between, Schema
from app.schemas.fields import Amount, Choice, Data, Day, Text, Whole
from app.schemas.opinions import STRETCH
from app.schemas.period import in_order
from app.schemas.shapes import Shape, pattern_shape

MODEL = "Ask this model; without it, and without a limit, the one that is set up, or the rule."
LIMIT = "With a limit alone the stored opinions stand, and no model is asked."
# What is known and cannot be run yet.
LATER = {"backtest": "cannot be run yet: this version of Gatehouse replays stored ideas only; give replay"}


class JobKindField(Choice):
    """A kind of job; one that is to come is refused as such."""

    def __init__(self, **options: Any) -> None:
        super().__init__(JobKind, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **options: Any) -> Any:
        if isinstance(value, str) and value in LATER:
            raise ValidationError(LATER[value])
        return super()._deserialize(value, attr, data, **options)


class HorizonField(Text):
    """One stretch of time such as 1d."""

    allowed = "a stretch of time like 1d"

    @property
    def shape(self) -> Shape:
        """Minutes, hours or days."""
        return pattern_shape(f"^{STRETCH}$")

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        try:
            return Horizon.read(super()._deserialize(value, attr, data, **options)).name
        except ValueError as error:
            raise ValidationError(str(error)) from error


class JobSchema(Schema):
    """A job of a kind, and what is different in it."""

    class Meta:
        unknown = RAISE

    kind = JobKindField(required=True)
    since = Day(data_key="from", load_default=None, allow_none=True)
    until = Day(data_key="to", load_default=None, allow_none=True)
    bot = Text(load_default=None, allow_none=True, longest=48)
    limit = Whole(1, 500, load_default=20)
    horizon = HorizonField(load_default="1d", longest=6)
    model = Text(load_default=None, allow_none=True, longest=100, metadata={"description": MODEL})
    min_confidence = Amount(
        load_default=None, allow_none=True, validate=Between(0, 1), metadata={"description": LIMIT}
    )
    max_notional = Amount(load_default=None, allow_none=True, positive=True, metadata={"description": LIMIT})

    @post_load
    def _in_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return in_order(data)
