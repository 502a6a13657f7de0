"""Alerts that cancel or modify an order that works already: what they say in every dialect."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import post_load

from app.domain.orders import Side
from app.domain.signals import ALL_ORDERS, Dialect, Intent, Signal
from app.schemas.base import Schema
from app.schemas.cases import Case
from app.schemas.fields import Amount, Key, Text, Word
from app.schemas.moments import Moment

CHANGES = ("limit_price", "stop_price", "quantity")


class CommandSchema(Schema):
    """What every command says; JSON in, Signal out."""

    dialect: ClassVar[Dialect]

    cases: ClassVar[Mapping[str, tuple[Case, ...]]] = {
        "command": (
            Case(words=("cancel",), without=CHANGES, misplaced="does not belong in a cancel"),
            Case(
                words=("modify",),
                needs_one=CHANGES,
                needed="needs at least one of limit_price, stop_price and quantity",
            ),
        ),
        "order": (
            Case(
                words=(ALL_ORDERS,),
                among={"command": ("cancel",)},
                needs=("symbol",),
                needed="is needed with the order 'all'",
                misplaced="must be cancel with the order 'all'; modify names one order",
            ),
            Case(),
        ),
    }

    command = Word("cancel", "modify", required=True)
    order = Key(required=True, longest=200)
    symbol = Text(allow_none=True, longest=60)
    limit_price = Amount(positive=True, allow_none=True)
    stop_price = Amount(positive=True, allow_none=True)
    quantity = Amount(positive=True, allow_none=True)
    idempotency_key = Key(allow_none=True, longest=200)
    time = Moment(allow_none=True)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        return Signal(
            dialect=self.dialect,
            symbol=data.get("symbol") or "",
            intent=Intent(data["command"]),
            side=Side.BUY,  # a command has none; what it concerns is known by its order
            exchange=data.get("exchange") or None,
            quantity=data.get("quantity"),
            limit_price=data.get("limit_price"),
            stop_price=data.get("stop_price"),
            sent_at=data.get("time"),
            idempotency_key=data.get("idempotency_key") or None,
            strategy=data.get("strategy_id"),
            note=data.get("thesis"),
            order=data["order"],
        )
