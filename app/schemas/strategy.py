"""The strategy dialect: what TradingView's strategy placeholders fill in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from marshmallow import EXCLUDE, ValidationError, post_load, pre_load

from app.domain.orders import OrderType, Side
from app.domain.signals import Dialect, Intent, Signal, Target
from app.schemas import meanings
from app.schemas.base import Schema
from app.schemas.cases import Case
from app.schemas.commands import CommandSchema
from app.schemas.entry import COMMAND_MARK, DialectEntry, Reading
from app.schemas.fields import Amount, Key, Text, Word
from app.schemas.meanings import FieldMeaning
from app.schemas.moments import Moment
from app.schemas.reading import number_of

# The four rows of the trade-type table; `short` is the other common name of the id `sell`.
TRADE_TYPES = {
    ("long", "buy"): Intent.ENTER_LONG,
    ("long", "sell"): Intent.EXIT_LONG,
    ("sell", "sell"): Intent.ENTER_SHORT,
    ("sell", "buy"): Intent.EXIT_SHORT,
    ("short", "sell"): Intent.ENTER_SHORT,
    ("short", "buy"): Intent.EXIT_SHORT,
}
TRADE_IDS = tuple(dict.fromkeys(name for name, _ in TRADE_TYPES))
DIRECTIONS = {"long": 1, "flat": 0, "short": -1}
EXITS = frozenset({Intent.EXIT_LONG, Intent.EXIT_SHORT})


class StrategyAlertSchema(Schema):
    """JSON in, Signal out; fields that mean nothing here are kept in the ticket and otherwise ignored.

    `stop_loss` and `take_profit` are prices per unit, for the position that the alert opens.
    """

    class Meta:
        unknown = EXCLUDE

    # A size of a position that is not named would be dropped, and the whole of it traded.
    beside: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("market_position_size", "prev_market_position", "prev_market_position_size"), "market_position"
    )

    cases: ClassVar[Mapping[str, tuple[Case, ...]]] = {
        "market_position": (
            Case(words=tuple(DIRECTIONS)),
            Case(
                is_default=True,
                among={"strategy_order_id": TRADE_IDS},
                misplaced="must be 'long', 'sell' or 'short' unless the alert carries market_position",
            ),
        )
    }

    symbol = Text(required=True, longest=60)
    exchange = Text(allow_none=True, longest=40)
    strategy_order_id = Text(required=True, longest=200, may_be_empty=True)
    strategy_order_action = Word("buy", "sell", required=True)
    strategy_order_contracts = Amount(allow_none=True)
    strategy_order_price = Amount(positive=True, allow_none=True)
    strategy_order_comment = Text(allow_none=True, longest=1000, lines=True)
    time = Moment(allow_none=True)
    market_position = Word(*DIRECTIONS, allow_none=True)
    market_position_size = Amount(allow_none=True)
    prev_market_position = Word(*DIRECTIONS, allow_none=True)
    prev_market_position_size = Amount(allow_none=True)
    stop_loss = Amount(positive=True, allow_none=True)
    take_profit = Amount(positive=True, allow_none=True)
    order_type = Word("market", allow_none=True)
    idempotency_key = Key(allow_none=True, longest=200)
    bot = Text(allow_none=True, longest=48)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        target = _target(data)
        intent = Intent.TARGET if target is not None else _trade_type(data)
        assert intent is not None  # noqa: S101  # the validation above has seen to it
        return Signal(
            dialect=Dialect.STRATEGY,
            symbol=data["symbol"],
            intent=intent,
            side=Side(data["strategy_order_action"]),
            exchange=data.get("exchange") or None,
            quantity=data.get("strategy_order_contracts"),
            target=target,
            reference_price=data.get("strategy_order_price"),
            sent_at=data.get("time"),
            idempotency_key=data.get("idempotency_key") or None,
            strategy=data["strategy_order_id"],
            note=data.get("strategy_order_comment"),
            stop_loss=data.get("stop_loss"),
            take_profit=data.get("take_profit"),
            order_type=OrderType.MARKET if data.get("order_type") else None,
        )


# What says how to trade; a comment may stand in a command too.
ORDER_FIELDS = frozenset(
    name for name in StrategyAlertSchema().fields if name.startswith(("strategy_order_", "market_", "prev_"))
) - {"strategy_order_comment"}


class StrategyCommandSchema(CommandSchema):
    """A command at `/webhook`; unknown fields are ignored, those of an order refused."""

    class Meta:
        unknown = EXCLUDE

    dialect = Dialect.STRATEGY

    exchange = Text(allow_none=True, longest=40)
    bot = Text(allow_none=True, longest=48)

    @pre_load
    def _refuse_orders(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        for name in sorted(data.keys() & ORDER_FIELDS):
            raise ValidationError("does not belong in a command, which places no order", name)
        return data


def _trade_type(data: dict[str, Any]) -> Intent | None:
    name = str(data.get("strategy_order_id", "")).lower()
    return TRADE_TYPES.get((name, str(data.get("strategy_order_action"))))


def _target(data: dict[str, Any]) -> Target | None:
    now, before = data.get("market_position"), data.get("prev_market_position")
    if now is None:
        return None
    return Target(
        now=DIRECTIONS[now],
        before=DIRECTIONS[before] if before is not None else None,
        now_size=Decimal(0) if now == "flat" else data.get("market_position_size"),
        before_size=Decimal(0) if before == "flat" else data.get("prev_market_position_size"),
    )


def _only_exits(data: dict[str, Any]) -> bool:
    """Tell an alert that opens nothing by its words, before anybody has looked whether they are sound."""
    position = data.get("market_position")
    if position is not None:
        return _word(position) == "flat"
    named = _word(data.get("strategy_order_id")), _word(data.get("strategy_order_action"))
    return TRADE_TYPES.get(named) in EXITS


def _is_said(meaning: FieldMeaning, value: Any, data: dict[str, Any]) -> bool:
    """Tell whether a signed position is the one that the position fields say."""
    if meaning is not meanings.SIGNED_POSITION:
        return False
    direction = DIRECTIONS.get(_word(data.get("market_position")))
    size = Decimal(0) if direction == 0 else number_of(data.get("market_position_size"))
    return direction is not None and size is not None and number_of(value) == direction * size


def _word(value: Any) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


READING = Reading(
    fields={
        meanings.SYMBOL: "symbol",
        meanings.SIDE: "strategy_order_action",
        meanings.UNITS: "strategy_order_contracts",
        meanings.CONTRACTS: "strategy_order_contracts",
        meanings.REFERENCE: "strategy_order_price",
        meanings.STOP_LOSS: "stop_loss",
        meanings.TAKE_PROFIT: "take_profit",
        meanings.ORDER_TYPE: "order_type",
        meanings.POSITION: "market_position",
        meanings.POSITION_SIZE: "market_position_size",
        meanings.POSITION_BEFORE: "prev_market_position",
        meanings.SIZE_BEFORE: "prev_market_position_size",
    },
    size="strategy_order_contracts",
    words={
        "market_position": {"bullish": "long", "bearish": "short"},
        "prev_market_position": {"bullish": "long", "bearish": "short"},
        "order_type": {"mkt": "market"},
    },
    only_exits=_only_exits,
    is_said=_is_said,
)

NO_ORDER = "it does not belong in a command, which places no order"
COMMAND_READING = Reading(
    fields={
        meanings.SYMBOL: "symbol",
        meanings.UNITS: "quantity",
        meanings.LIMIT_PRICE: "limit_price",
        meanings.STOP_PRICE: "stop_price",
    },
    advice=dict.fromkeys(
        (
            meanings.SIDE,
            meanings.CONTRACTS,
            meanings.POSITION,
            meanings.POSITION_SIZE,
            meanings.POSITION_BEFORE,
            meanings.SIZE_BEFORE,
        ),
        NO_ORDER,
    )
    | {meanings.REFERENCE: "write limit_price"},
)

ENTRY = DialectEntry(
    dialect=Dialect.STRATEGY,
    schema=StrategyAlertSchema(),
    marks=("strategy_order_action", "strategy_order_id"),
    is_also=lambda alert: COMMAND_MARK in alert,
    told_by="strategy_order_action or command",
    sample={
        "symbol": "BTCUSD",
        "strategy_order_id": "long",
        "strategy_order_action": "buy",
        "strategy_order_contracts": 0.05,
        "strategy_order_price": 64340.15,
        "strategy_order_comment": "Breakout",
    },
    sample_price="strategy_order_price",
    reading=READING,
    command=StrategyCommandSchema(),
    command_reading=COMMAND_READING,
    command_sample={"command": "cancel", "order": "all", "symbol": "BTCUSD"},
)
