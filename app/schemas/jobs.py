"""What the operator lets run in the background."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, RAISE, ValidationError, post_load

from app.domain.bars import TIMEFRAMES, Adjustment
from app.domain.jobs import JobKind
from app.domain.price_outcomes import Horizon
from app.schemas.base import Between, Schema
from app.schemas.fields import Amount, Choice, Day, Flag, Text, Whole, Word
from app.schemas.operator import load
from app.schemas.opinions import STRETCH
from app.schemas.past_files import ALERTS, BARS, DIFFERENCES
from app.schemas.period import in_order
from app.schemas.shapes import Shape, pattern_shape

MODEL = "Ask this model; without it, and without a limit, the one that is set up, or the rule."
LIMIT = "With a limit alone the stored opinions stand, and no model is asked."
DAY_MODEL = "Ask this model anew about what was asked then; without it the opinions of then are repeated."
PROMPT = "Ask anew with this prompt, whose first line is like `version: bold-1`."
TIMEZONE = "Of times that name none, like America/New_York."
SYMBOL = "What a list of trades trades, where its name does not tell."
TIMEFRAME = "How long a broker's bars are."
ADJUST = "What a broker's bars of shares are adjusted for; without it splits."
EXTENDED = "A broker's bars before and after regular hours too."
ONLY = "The bot that all alerts are for; else the one that each names."


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


class JobKindSchema(Schema):
    """Which kind of job a request is about."""

    class Meta:
        unknown = EXCLUDE

    kind = Choice(JobKind, required=True)


class IdeaReplaySchema(Schema):
    """A replay of stored trade ideas, and what is different in it."""

    class Meta:
        unknown = RAISE

    kind = Word(JobKind.REPLAY.value, exact=True, required=True)
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


class DayReplaySchema(Schema):
    """A replay of all tickets of a day, and what is different in it."""

    class Meta:
        unknown = RAISE

    kind = Word(JobKind.REPLAY.value, exact=True, required=True)
    date = Day(required=True)
    bot = Text(load_default=None, allow_none=True, longest=48)
    set = DIFFERENCES
    model = Text(load_default=None, allow_none=True, longest=100, metadata={"description": DAY_MODEL})
    prompt = Text(
        load_default=None, allow_none=True, longest=20_000, lines=True, metadata={"description": PROMPT}
    )


class BacktestSchema(Schema):
    """Alerts of the past, at the prices of bars; without `alerts` our own of the days `from` to `to`."""

    class Meta:
        unknown = RAISE

    kind = Word(JobKind.BACKTEST.value, exact=True, required=True)
    alerts = ALERTS
    bars = BARS
    since = Day(data_key="from", load_default=None, allow_none=True)
    until = Day(data_key="to", load_default=None, allow_none=True)
    bot = Text(load_default=None, allow_none=True, longest=48, metadata={"description": ONLY})
    set = DIFFERENCES
    timeframe = Word(*TIMEFRAMES, exact=True, load_default="5m", metadata={"description": TIMEFRAME})
    adjust = Choice(Adjustment, load_default=None, allow_none=True, metadata={"description": ADJUST})
    extended = Flag(load_default=False, metadata={"description": EXTENDED})
    timezone = Text(load_default="UTC", longest=60, may_be_empty=False, metadata={"description": TIMEZONE})
    symbol = Text(load_default=None, allow_none=True, longest=60, metadata={"description": SYMBOL})

    @post_load
    def _in_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return in_order(data)


KIND, IDEAS, DAY, BACKTEST = JobKindSchema(), IdeaReplaySchema(), DayReplaySchema(), BacktestSchema()


def read_job(said: dict[str, Any]) -> tuple[JobKind, dict[str, Any]]:
    """Read what a job is asked for, by its kind; raise InvalidRequest.

    A replay with a `date` is that of a day.
    """
    kind: JobKind = load(KIND, said)["kind"]
    replay = DAY if "date" in said else IDEAS
    wanted = load(BACKTEST if kind is JobKind.BACKTEST else replay, said)
    return kind, {name: value for name, value in wanted.items() if name != "kind"}
