"""Alerts of tradingview-webhooks-bot: a `key`, and beside it whatever its owner's own code reads."""

from typing import Any

from marshmallow import post_load

from app.domain.alert_terms import AlertTerms
from app.domain.orders import OrderType, Side
from app.domain.signals import Dialect, Intent, Signal
from app.schemas import meanings
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Text, Word
from app.schemas.foreign.parts import ENTRIES, ForeignSchema, order_prices, sized
from app.schemas.meanings import meaning_of
from app.schemas.moments import Moment

DIALECT = Dialect("webhooks_bot", price_field="price")
SIDES = {"buy": Side.BUY, "long": Side.BUY, "sell": Side.SELL, "short": Side.SELL}
OUT = ("close", "exit", "flat")
ORDER_TYPES = {"market": OrderType.MARKET, "limit": OrderType.LIMIT}
_OTHERS = frozenset({"passphrase", "bot_uuid", "token", "apikey", "secret", "strikeprice"})


class WebhooksBotSchema(ForeignSchema):
    """JSON in, Signal out."""

    symbol = Text(required=True, longest=60)
    exchange = Text(allow_none=True, longest=40)
    action = Word(*SIDES, *OUT, required=True)
    quantity = Amount(allow_none=True)
    price = Amount(positive=True, allow_none=True)
    order_type = Word(*ORDER_TYPES, allow_none=True)
    limit_price = Amount(positive=True, allow_none=True)
    stop_loss = Amount(positive=True, allow_none=True)
    take_profit = Amount(positive=True, allow_none=True)
    time = Moment(allow_none=True)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        side, kind = SIDES.get(data["action"]), ORDER_TYPES.get(data.get("order_type", ""))
        quantity = sized(data.get("quantity"), "quantity", only_exits=side is None)
        entry = Intent.CLOSE if side is None else ENTRIES[side]
        return Signal(
            dialect=DIALECT,
            symbol=data["symbol"],
            exchange=data.get("exchange"),
            intent=entry if quantity is None or side is None else Intent.ORDER,
            side=side or Side.SELL,
            quantity=quantity,
            size_field=None if quantity is None else "quantity",
            order_type=kind,
            reference_price=data.get("price"),
            stop_loss=data.get("stop_loss"),
            take_profit=data.get("take_profit"),
            sent_at=data.get("time"),
            terms=AlertTerms(sizes=True),
            **order_prices(kind, ("limit_price", data.get("limit_price")), ("", None)),
        )


def _only_exits(alert: dict[str, Any]) -> bool:
    return str(alert.get("action") or "").strip().lower() in OUT


def _is_mine(alert: dict[str, Any]) -> bool:
    if not isinstance(alert.get("key"), str) or not _OTHERS.isdisjoint(alert):
        return False
    said = {meaning_of(name) for name in alert}
    return meanings.SYMBOL in said and meanings.SIDE in said


READING = Reading(
    fields={
        meanings.SYMBOL: "symbol",
        meanings.SIDE: "action",
        meanings.UNITS: "quantity",
        meanings.CONTRACTS: "quantity",
        meanings.REFERENCE: "price",
        meanings.ORDER_TYPE: "order_type",
        meanings.LIMIT_PRICE: "limit_price",
        meanings.STOP_LOSS: "stop_loss",
        meanings.TAKE_PROFIT: "take_profit",
    },
    words={"order_type": {"mkt": "market", "lmt": "limit"}},
    only_exits=_only_exits,
)

ENTRY = DialectEntry(
    dialect=DIALECT,
    service="tradingview-webhooks-bot",
    schema=WebhooksBotSchema(),
    is_mine=_is_mine,
    told_by="key with a symbol and an action",
    reading=READING,
    sample={
        "key": "WebhookReceived:the-bots-own-key",
        "symbol": "AAPL",
        "action": "buy",
        "quantity": "10",
        "price": "190.15",
    },
    sample_price="price",
)
