"""What the operator sends besides bots: switches, prices, questions."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, ValidationError, post_load

from app.domain.audit import Deed
from app.domain.door_refusals import KEPT
from app.domain.trading_state import StateSwitch, TradingState
from app.errors import InvalidRequest, RequestRefused
from app.schemas.base import Between, EntryCount, Field, Schema, sentences
from app.schemas.bot import Symbols
from app.schemas.fields import Amount, Choice, Day, Flag, Identifier, Table, Text, Whole, Word
from app.schemas.moments import Moment

EARLY = "Contracts whose sold side is assigned at the next look."
SHORTS = "Sold legs that expire today are bought back at 15:30 in New York, their mates left alone."
TRIM = "Per cent of the units, rounded up; without it all of them."


class TradingStateSchema(Schema):
    """A kill switch with its reason and, if it is to end by itself, its time."""

    class Meta:
        unknown = RAISE

    state = Choice(TradingState, required=True)
    reason = Text(allow_none=True, longest=500, lines=True)
    until = Moment(allow_none=True)

    @post_load
    def _to_switch(self, data: dict[str, Any], **_: Any) -> StateSwitch:
        until = data.get("until")
        # A switch that has ended before it is thrown would say HALTED and mean ACTIVE.
        if until is not None and until <= datetime.now(UTC):
            raise RequestRefused("`until` must lie in the future.")
        return StateSwitch(**data)


class _Fraction(Between):
    """Bounds of a threshold, with what a fraction of the base is."""

    def __str__(self) -> str:
        return f"{super().__str__()}: 0.80 is 80 %, 1.20 is 120 % of the base"


class CircuitBreakerSchema(Schema):
    """The thresholds of an account's equity; what is left out stays as it is."""

    class Meta:
        unknown = RAISE

    glb_sl = Amount(positive=True, allow_none=True, validate=_Fraction(max=1, max_inclusive=False))
    glb_tp = Amount(positive=True, allow_none=True, validate=_Fraction(min=1, min_inclusive=False))
    base_equity = Amount(positive=True, allow_none=True)
    active = Flag(in_text=True)
    liquidate_on_tp = Flag(in_text=True)
    broker = Text(longest=40)


class CircuitBreakerQuerySchema(Schema):
    """Whose circuit breaker to show."""

    broker = Text(load_default=None, longest=40)


class AuthCodeSchema(Schema):
    """The code that Fyers put into the browser's address."""

    class Meta:
        unknown = RAISE

    auth_code = Text(required=True, longest=4000)


class AuditQuerySchema(Schema):
    """Which lines of the audit to list."""

    who = Text(load_default=None, longest=100)
    what = Word(*(deed.value for deed in Deed), load_default=None)
    subject = Text(load_default=None, longest=300)
    date = Day(load_default=None)
    after = Identifier(load_default=None)
    limit = Whole(1, 500, load_default=50)


class TradeQuerySchema(Schema):
    """Which trades to list."""

    state = Word("open", "closed", "all", load_default="all")
    bot = Text(load_default=None, longest=48)
    after = Whole(1, load_default=None)
    limit = Whole(1, 500, load_default=50)


class PaperClockSchema(Schema):
    """The time at the simulated broker; null lets it go with the real one again."""

    class Meta:
        unknown = RAISE

    now = Moment(required=True, allow_none=True)


class PaperSwitchesSchema(Schema):
    """What the simulated exchange does beside trading; what is left out stays as it is."""

    class Meta:
        unknown = RAISE

    early_assignment = Symbols(metadata={"description": EARLY})
    close_short_legs_at_expiry = Flag(metadata={"description": SHORTS})


class ChainQuerySchema(Schema):
    """Which contracts to show."""

    broker = Text(load_default=None, longest=40)
    underlying = Text(required=True, longest=40)
    expiry = Day(load_default=None, metadata={"description": "A listed day; without it the first one."})


class CloseTradeSchema(Schema):
    """How much of a trade to close; all of it without a word."""

    class Meta:
        unknown = RAISE

    trim = Whole(1, 100, load_default=None, allow_none=True, metadata={"description": TRIM})


class RefusalQuerySchema(Schema):
    """Which refusals at the door to list."""

    bot = Text(load_default=None, longest=48)
    limit = Whole(1, KEPT, load_default=KEPT)


class OrderQuerySchema(Schema):
    """Which orders to list; `fresh` asks the brokers first."""

    fresh = Flag(in_text=True, load_default=False)
    status = Word("open", "closed", "all", load_default="all")
    after = Text(
        load_default=None,
        longest=200,
        metadata={"description": "The client order id that `next` gave; one that no order has is refused."},
    )
    limit = Whole(1, 500, load_default=50)


class FreshQuerySchema(Schema):
    """Whether to ask the brokers instead of showing what the clock saw last."""

    fresh = Flag(in_text=True, load_default=False)


PRICES = Table(
    keys=Text(longest=60, may_be_empty=False),
    values=Amount(positive=True, allow_none=True),
    validate=EntryCount(min=1, max=5000),
)


def load(schema: Schema | Field[Any], data: Any) -> Any:
    """Load an operator's request; raise InvalidRequest that names every bad field."""
    try:
        return schema.load(data) if isinstance(schema, Schema) else schema.deserialize(data)
    except ValidationError as error:
        raise InvalidRequest(f"The request is malformed. {sentences(error.messages)}") from error


def wants_fresh(query: Mapping[str, str]) -> bool:
    """Tell whether a list's query asks the brokers."""
    wanted: bool = load(FreshQuerySchema(), query)["fresh"]
    return wanted
