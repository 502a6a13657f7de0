"""Alerts that cancel or modify an order that works already: what they say in every dialect."""

from typing import Any, ClassVar

from marshmallow import ValidationError, post_load, validates_schema

from app.domain.orders import Side
from app.domain.signals import ALL_ORDERS, Dialect, Intent, Signal
from app.schemas.base import Schema
from app.schemas.fields import Amount, Key, Moment, Text, Word

CHANGES = ("limit_price", "stop_price", "quantity")


class CommandSchema(Schema):
    """What every command says; JSON in, Signal out."""

    dialect: ClassVar[Dialect]

    command = Word("cancel", "modify", required=True)
    order = Key(required=True, longest=200)
    symbol = Text(allow_none=True, longest=60)
    limit_price = Amount(positive=True, allow_none=True)
    stop_price = Amount(positive=True, allow_none=True)
    quantity = Amount(positive=True, allow_none=True)
    idempotency_key = Key(allow_none=True, longest=200)
    time = Moment(allow_none=True)

    @validates_schema
    def _says_what_to_change(self, data: dict[str, Any], **_: Any) -> None:
        given = [name for name in CHANGES if data.get(name) is not None]
        if data.get("command") == "cancel" and given:
            raise ValidationError("does not belong in a cancel", given[0])
        if data.get("command") == "modify" and not given:
            raise ValidationError("needs at least one of limit_price, stop_price and quantity", "command")

    @validates_schema
    def _says_which_orders(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("order") != ALL_ORDERS:
            return
        if data.get("command") == "modify":
            raise ValidationError("'all' is for cancel; modify names one order", "order")
        if not data.get("symbol"):
            raise ValidationError("is needed with the order 'all'", "symbol")

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
