"""The bridge dialect: a strict order message; a fund is a bot."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import RAISE, post_load

from app.domain.orders import OrderType, Side, TimeInForce
from app.domain.signals import Dialect, Intent, Signal
from app.schemas import meanings
from app.schemas.base import Schema
from app.schemas.cases import Case
from app.schemas.commands import CommandSchema
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Key, Text, Word
from app.schemas.moments import Moment


class BridgeAlertSchema(Schema):
    """JSON in, Signal out; a field that it does not know is refused."""

    class Meta:
        unknown = RAISE

    cases: ClassVar[Mapping[str, tuple[Case, ...]]] = {
        "order_type": (
            Case(words=("limit",), needs=("limit_price",), needed="is needed for a limit order"),
            Case(words=("market",), without=("limit_price",), misplaced="does not belong in a market order"),
        )
    }

    strategy_id = Text(required=True, longest=200)
    fund_id = Text(required=True, longest=48)
    symbol = Text(required=True, longest=60)
    side = Word("buy", "sell", required=True)
    quantity = Amount(required=True, positive=True)
    order_type = Word("market", "limit", required=True)
    limit_price = Amount(positive=True, allow_none=True)
    tif = Word("day", "gtc", "ioc", "fok", allow_none=True)
    actor = Text(allow_none=True, longest=200)
    idempotency_key = Key(allow_none=True, longest=200)
    time = Moment(allow_none=True)
    thesis = Text(allow_none=True, longest=2000, lines=True)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        return Signal(
            dialect=Dialect.BRIDGE,
            symbol=data["symbol"],
            intent=Intent.ORDER,
            side=Side(data["side"]),
            quantity=data["quantity"],
            order_type=OrderType(data["order_type"]),
            limit_price=data.get("limit_price"),
            time_in_force=TimeInForce(data.get("tif") or "day"),
            sent_at=data.get("time"),
            idempotency_key=data.get("idempotency_key") or None,
            strategy=data["strategy_id"],
            note=data.get("thesis"),
        )


class BridgeCommandSchema(CommandSchema):
    """A command at `/tradingview/webhook`; a field that it does not know is refused."""

    class Meta:
        unknown = RAISE

    dialect = Dialect.BRIDGE

    fund_id = Text(required=True, longest=48)
    strategy_id = Text(allow_none=True, longest=200)
    actor = Text(allow_none=True, longest=200)
    thesis = Text(allow_none=True, longest=2000, lines=True)


# An order message is strict: other names of its fields are refused with the one to write.
READING = Reading(
    fields={
        meanings.SYMBOL: "symbol",
        meanings.SIDE: "side",
        meanings.UNITS: "quantity",
        meanings.CONTRACTS: "quantity",
        meanings.REFERENCE: "limit_price",
        meanings.LIMIT_PRICE: "limit_price",
        meanings.ORDER_TYPE: "order_type",
        meanings.LIFETIME: "tif",
    },
    is_strict=True,
    finds_misspelt=False,
)
COMMAND_READING = Reading(
    fields={
        meanings.SYMBOL: "symbol",
        meanings.UNITS: "quantity",
        meanings.CONTRACTS: "quantity",
        meanings.LIMIT_PRICE: "limit_price",
        meanings.STOP_PRICE: "stop_price",
    },
    is_strict=True,
    finds_misspelt=False,
)

ENTRY = DialectEntry(
    dialect=Dialect.BRIDGE,
    schema=BridgeAlertSchema(),
    marks=("fund_id", "strategy_id", "side", "order_type"),
    told_by="fund_id",
    bot_field="fund_id",
    path="/tradingview/webhook",
    is_taken_at_webhook=False,
    sample={
        "strategy_id": "tv_breakout_v1",
        "fund_id": "default",
        "symbol": "BTC-USD",
        "side": "buy",
        "quantity": "0.05",
        "order_type": "limit",
        "limit_price": "95000",
        "tif": "day",
        "actor": "tradingview",
        "idempotency_key": "tv_breakout_v1-BTC-USD-buy-0.05-1716496837",
        "thesis": "20-bar breakout with volume",
    },
    sample_price="limit_price",
    reading=READING,
    command=BridgeCommandSchema(),
    command_reading=COMMAND_READING,
    command_sample={
        "command": "modify",
        "fund_id": "default",
        "order": "tv_breakout_v1-BTC-USD-buy-0.05-1716496837",
        "limit_price": "94500",
        "idempotency_key": "tv_breakout_v1-BTC-USD-buy-0.05-1716496837-lower",
    },
)
