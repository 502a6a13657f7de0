"""The trade-idea dialect: what an Optionomics alert of the source Trade Ideas posts."""

import re
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, post_load

from app.domain.ideas import Idea, fingerprint
from app.domain.opinions import Direction
from app.domain.orders import OrderType, Side
from app.domain.signals import Dialect, Intent, Signal
from app.errors import MalformedIdea
from app.schemas import meanings
from app.schemas.base import Field, Schema
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Data, Table, Text, Word
from app.schemas.moments import iso_moment
from app.schemas.shapes import MOMENT, pattern_shape

SOURCE = "trade_idea"
TICKER = re.compile(r"[A-Z][A-Z0-9.]{0,9}")


class Ticker(Field[str]):
    """The ticker of an underlying; capitals come out."""

    allowed = "a ticker of up to ten letters, digits and dots"
    shape = pattern_shape(f"^{TICKER.pattern}$")

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> str:
        # A capital is made of ASCII alone: that of a dotless i would be another letter.
        ticker = value.strip().upper() if isinstance(value, str) and value.isascii() else ""
        if not TICKER.fullmatch(ticker):
            raise self.make_error("invalid")
        return ticker


class Delivery(Field[datetime]):
    """An ISO 8601 time; it comes out in its own offset, which the fingerprint is made of."""

    allowed = "a time like 2026-06-02T14:22:00Z"
    shape = pattern_shape(MOMENT)

    def _deserialize(self, value: Any, attr: str | None, data: Data, **_: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        iso_moment(value.strip())
        return datetime.fromisoformat(value.strip())


class TradeIdeaSchema(Schema):
    """JSON in, Signal out; fields that mean nothing here are kept in the ticket and otherwise ignored."""

    class Meta:
        unknown = EXCLUDE

    alert_name = Text(required=True, longest=500, lines=True, may_be_empty=True)
    source = Word(SOURCE, exact=True, required=True)
    symbol = Ticker(required=True)
    direction = Word(*(word.value for word in Direction), exact=True, required=True)
    strategy = Text(required=True, longest=200, lines=True, may_be_empty=True)
    model = Text(allow_none=True, longest=200, lines=True)
    entry_price = Amount(positive=True, allow_none=True)
    target_price = Amount(positive=True, allow_none=True)
    stop_price = Amount(positive=True, allow_none=True)
    triggered_at = Delivery(required=True)
    matched_criteria = Table()
    bot = Text(allow_none=True, longest=48)

    @post_load(pass_original=True)
    def _to_signal(self, data: dict[str, Any], said: dict[str, Any], **_: Any) -> Signal:
        idea = _idea(data)
        is_bearish = idea.direction is Direction.BEARISH
        return Signal(
            dialect=Dialect.TRADE_IDEA,
            symbol=data["symbol"],
            intent=Intent.ENTER_SHORT if is_bearish else Intent.ENTER_LONG,
            side=Side.SELL if is_bearish else Side.BUY,
            order_type=OrderType.MARKET,
            reference_price=idea.entry,
            idempotency_key=fingerprint(said | {"symbol": data["symbol"]}, data["triggered_at"]),
            strategy=idea.strategy or None,
            note=idea.alert_name or None,
            stop_loss=idea.stop,
            take_profit=idea.target,
            idea=idea,
        )


def _idea(data: dict[str, Any]) -> Idea:
    return Idea(
        direction=Direction(data["direction"]),
        entry=data.get("entry_price"),
        target=data.get("target_price"),
        stop=data.get("stop_price"),
        alert_name=data["alert_name"],
        strategy=data["strategy"],
        model=data.get("model"),
        criteria=data.get("matched_criteria", {}),
        triggered_at=data["triggered_at"],
    )


READING = Reading(
    fields={
        meanings.SYMBOL: "symbol",
        meanings.REFERENCE: "entry_price",
        meanings.STOP_LOSS: "stop_price",
        meanings.TAKE_PROFIT: "target_price",
    },
    # An idea is no order: its direction counts, the opinion and the caps say how much, and shares are traded.
    ignored=frozenset(
        {
            meanings.SIDE,
            meanings.UNITS,
            meanings.CONTRACTS,
            meanings.OTHER_SIZE,
            meanings.ORDER_TYPE,
            meanings.LIFETIME,
            meanings.OPTION_CONTRACT,
            meanings.PRODUCT,
        }
    ),
    finds_misspelt=False,
)

ENTRY = DialectEntry(
    dialect=Dialect.TRADE_IDEA,
    schema=TradeIdeaSchema(),
    is_also=lambda alert: alert.get("source") == SOURCE,
    told_by="source trade_idea",
    path="/webhooks/optionomics/trade-ideas",
    sources="IDEA_SOURCE_IPS",
    own_field="triggered_at",
    reading=READING,
    malformed=MalformedIdea,
    sample={
        "alert_name": "High confidence bullish ideas",
        "source": "trade_idea",
        "symbol": "NVDA",
        "direction": "bullish",
        "strategy": "buy_call",
        "model": "swing",
        "entry_price": 142.5,
        "target_price": 148.0,
        "stop_price": 139.0,
        "triggered_at": "2026-06-02T14:22:00Z",
        "matched_criteria": {"direction": "bullish", "confidence_min": 0.75},
    },
)
