"""What an owner may say about a bot."""

from decimal import Decimal
from typing import Any

from marshmallow import RAISE, ValidationError, fields, validates_schema

from app.brokers.registry import BROKERS
from app.domain.bots import AnalystUse, Approval, IdeaExits
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.trading_state import TradingState
from app.schemas.base import Between, Field, Schema
from app.schemas.fields import Amount, Choice, Flag, Text, Whole, Word

FRACTION = Between(min=Decimal(0), max=Decimal(1))
# A stop all of the price away would stand at nothing.
BELOW_ONE = Between(max=Decimal(1), max_inclusive=False)


def _optional_amount() -> Amount:
    return Amount(allow_none=True)


def _optional_count() -> Whole:
    return Whole(0, allow_none=True, strict=True)


class Symbols(Field[Any], fields.List[str]):
    """Symbols in any notation; canonical names come out, in their order."""

    allowed = 'a list of symbols like ["AAPL", "BTC-USD"]'

    def __init__(self, **options: Any) -> None:
        super().__init__(Text(longest=60), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        names = super()._deserialize(value, attr, data, **options)
        try:
            return tuple(dict.fromkeys(parse_symbol(str(name)).symbol for name in names))
        except SymbolRefused as error:
            raise ValidationError(error.message) from error


class BotSchema(Schema):
    """The configuration of a bot, as one flat object; every field is optional."""

    class Meta:
        unknown = RAISE

    name = Text(longest=100)
    broker = Word(*BROKERS, allow_none=True)
    strategy = Text(allow_none=True, longest=100)
    base_order_pct = Amount(validate=FRACTION)
    use_strategy_contracts = Flag()
    notional = Amount(positive=True, allow_none=True)
    risk_pct = Amount(positive=True, allow_none=True, validate=FRACTION)
    risk_amount = Amount(positive=True, allow_none=True)
    use_limit_orders = Flag()
    use_strategy_order_price = Flag()
    limit_offset_ticks = Whole(-100_000, 100_000, strict=True)
    attach_sl_tp = Flag()
    sl_pct = Amount(positive=True, validate=FRACTION)
    tp_pct = Amount(positive=True, validate=Between(max=Decimal(100)))
    use_avg_fill_for_sl_tp = Flag()
    trailing_stop_pct = Amount(positive=True, allow_none=True, validate=BELOW_ONE)
    break_even_pct = Amount(positive=True, allow_none=True, validate=Between(max=Decimal(100)))
    cover_only = Flag()
    enable_global_sl_tp = Flag()
    # As the operator's: a stop at all of the equity, or a target at it, would sell at once.
    global_sl_pct = Amount(positive=True, validate=BELOW_ONE)
    global_tp_pct = Amount(validate=Between(min=Decimal(1), min_inclusive=False))
    allow_short = Flag(allow_none=True)
    allowed_symbols = Symbols(allow_none=True)
    max_order_notional = _optional_amount()
    max_order_quantity = _optional_amount()
    daily_order_cap = _optional_count()
    daily_notional_cap = _optional_amount()
    per_symbol_cap = _optional_amount()
    max_open_positions = _optional_count()
    cooldown_seconds = _optional_count()
    market_hours_only = Flag(allow_none=True)
    max_price_deviation_pct = _optional_amount()
    analyst = Choice(AnalystUse)
    approval = Choice(Approval)
    approval_above_notional = _optional_amount()
    exits = Choice(IdeaExits)
    live = Flag()
    state = Choice(TradingState)

    @validates_schema
    def _not_empty(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("name") == "":
            raise ValidationError("must not be empty", "name")


class NewBotSchema(BotSchema):
    """A bot that does not exist yet."""

    id = Text(required=True, longest=48)
