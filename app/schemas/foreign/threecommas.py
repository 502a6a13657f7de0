"""3Commas' signals: the strategy form (TradingView's own placeholders) and the custom form (four actions)."""

from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields, post_load

from app.domain.alert_terms import AlertTerms, Distance
from app.domain.orders import OrderType, Side
from app.domain.signals import Dialect, Intent, Signal
from app.schemas import meanings
from app.schemas.base import Between, Field
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Text, Whole, Word
from app.schemas.foreign.parts import (
    MARKET_POSITIONS,
    Anything,
    ForeignSchema,
    Inner,
    PartSchema,
    Switch,
    of_percent,
    refuse,
    sized,
    target_of,
)
from app.schemas.moments import Moment
from app.schemas.shapes import Shape

DIALECT = Dialect("threecommas", price_field="trigger_price")
CUSTOM = {
    "enter_long": (Intent.ENTER_LONG, Side.BUY),
    "exit_long": (Intent.EXIT_LONG, Side.SELL),
    "enter_short": (Intent.ENTER_SHORT, Side.SELL),
    "exit_short": (Intent.EXIT_SHORT, Side.BUY),
}
MOST_STEPS = 8
WHOLE = Decimal(100)


class OrderPartSchema(PartSchema):
    """How much, and at what price."""

    amount = Amount(allow_none=True)
    currency_type = Word("base", "quote", "margin_percent", "position_percent", allow_none=True)
    order_type = Word("market", "limit", allow_none=True)
    price = Amount(positive=True, allow_none=True)
    price_percent = Text(allow_none=True)
    price_percent_ref_type = Text(allow_none=True)


class StepSchema(PartSchema):
    """One of the prices at which a part is taken out."""

    order_type = Word("market", "limit", allow_none=True)
    price_percent = Amount(positive=True, required=True)
    volume_percent = Amount(positive=True, allow_none=True)
    trailing = Anything(allow_none=True)


class Steps(Field[Any], fields.List[Any]):
    """The prices at which parts are taken out."""

    allowed = f"a list of 1 to {MOST_STEPS} objects"

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.Nested(StepSchema()), **options)

    @property
    def shape(self) -> Shape:
        """Some steps."""
        return {"type": "array", "items": StepSchema().shape, "maxItems": MOST_STEPS}


class TargetStepsSchema(PartSchema):
    """A target in percent of the entry."""

    enabled = Switch()
    steps = Steps(allow_none=True)


class PercentStopSchema(PartSchema):
    """A stop in percent of the entry."""

    enabled = Switch()
    order_type = Word("market", "limit", allow_none=True)
    trigger_price_percent = Amount(
        positive=True, allow_none=True, validate=Between(max=100, max_inclusive=False)
    )
    trailing = Anything(allow_none=True)


class StrategyInfoSchema(PartSchema):
    """Where TradingView's strategy stands."""

    class Meta:
        unknown = EXCLUDE

    market_position = Word(*MARKET_POSITIONS, allow_none=True)
    market_position_size = Amount(allow_none=True)
    prev_market_position = Word(*MARKET_POSITIONS, allow_none=True)
    prev_market_position_size = Amount(allow_none=True)


class ThreeCommasSchema(ForeignSchema):
    """JSON in, Signal out."""

    tv_instrument = Text(required=True, longest=60)
    tv_exchange = Text(allow_none=True, longest=40)
    action = Word("buy", "sell", *CUSTOM, "disable", required=True)
    positions_sub_action = Text(allow_none=True, longest=40)
    timestamp = Moment(allow_none=True)
    max_lag = Whole(1, 86400 * 365, allow_none=True)
    trigger_price = Amount(positive=True, allow_none=True)
    strategy_info = Inner(StrategyInfoSchema(), allow_none=True)
    order = Inner(OrderPartSchema(), allow_none=True)
    take_profit = Inner(TargetStepsSchema(), allow_none=True)
    stop_loss = Inner(PercentStopSchema(), allow_none=True)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        action, order = data["action"], data.get("order") or {}
        _refuse_unexpressed(data, order)
        said = _strategy(data, order) if action not in CUSTOM else _custom(action, data, order)
        return Signal(
            dialect=DIALECT,
            symbol=data["tv_instrument"],
            exchange=data.get("tv_exchange"),
            reference_price=data.get("trigger_price"),
            sent_at=data.get("timestamp"),
            **said,
        )


def _refuse_unexpressed(data: dict[str, Any], order: dict[str, Any]) -> None:
    if data["action"] == "disable":
        refuse("action", "a bot is switched off by the operator: flask halt BOT")
    if data.get("positions_sub_action"):
        refuse("positions_sub_action", "write exit_long or exit_short as the action")
    for name in ("price_percent", "price_percent_ref_type"):
        if name in order:
            refuse(f"order.{name}", "write order.price")
    if data.get("max_lag") and not data.get("timestamp"):
        raise ValidationError("is needed with max_lag", "timestamp")


def _strategy(data: dict[str, Any], order: dict[str, Any]) -> dict[str, Any]:
    """Return what TradingView's strategy wants: the position that it says it has."""
    if order.get("currency_type", "base") != "base":
        refuse("order.currency_type", "a strategy's amount is in units: write base")
    for name in ("take_profit", "stop_loss"):
        if data.get(name) and data[name].get("enabled") is not False:
            refuse(name, "a strategy's alert has none: set attach_sl_tp at the bot")
    if order.get("order_type") == "limit":
        refuse("order.order_type", "a strategy's orders go to the market")
    _refuse_price(order)
    names = ("market_position", "market_position_size", "prev_market_position", "prev_market_position_size")
    target = target_of(data.get("strategy_info") or {}, *names)
    if target is None:
        raise ValidationError("is missing; give long, flat or short", "strategy_info.market_position")
    quantity = sized(order.get("amount"), "order.amount", only_exits=target.now == 0)
    terms = AlertTerms(sizes=quantity is not None, longest_age=data.get("max_lag"))
    side = Side(data["action"])
    return {"intent": Intent.TARGET, "side": side, "target": target, "quantity": quantity, "terms": terms}


def _custom(action: str, data: dict[str, Any], order: dict[str, Any]) -> dict[str, Any]:
    intent, side = CUSTOM[action]
    is_exit = action.startswith("exit")
    sized = _sized(order, is_exit=is_exit)
    is_limit = order.get("order_type") == "limit"
    if not is_exit:
        _refuse_price(order)
    if is_limit and (is_exit or order.get("price") is None):
        advice = "an exit goes to the market" if is_exit else "write order.price beside it"
        refuse("order.order_type", advice)
    quantity = sized.pop("quantity", None)
    said: dict[str, Any] = {"intent": intent, "side": side, "quantity": quantity}
    said |= {"size_field": "order.amount" if quantity is not None else None}
    said |= {"order_type": OrderType.LIMIT if is_limit else OrderType.MARKET}
    said |= {"limit_price": order.get("price") if is_limit else None}
    levels: dict[str, Any] = {} if is_exit else {"stop": _stop(data), "target": _target(data)}
    terms = AlertTerms(adds=False, opens_all=True, longest_age=data.get("max_lag"), **sized, **levels)
    return said | {"terms": terms}


def _refuse_price(order: dict[str, Any]) -> None:
    """Refuse a price that nothing is said about; of an order at the market it is none of its limit."""
    if order.get("price") is not None and order.get("order_type") is None:
        refuse("order.price", "write order.order_type limit or market beside it")


def _sized(order: dict[str, Any], *, is_exit: bool) -> dict[str, Any]:
    kind = order.get("currency_type", "base")
    # No units are all of what is left; a part of nothing is somebody's slip.
    amount = sized(order.get("amount"), "order.amount", only_exits=is_exit and kind == "base")
    if amount is None:
        return {}
    if kind == "base":
        return {"quantity": amount, "sizes": True}
    if kind == "quote" and not is_exit:
        return {"notional": amount}
    if kind == "position_percent" and is_exit:
        return {"closes": min(amount / WHOLE, Decimal(1))}
    return refuse("order.currency_type", f"write base or {'position_percent' if is_exit else 'quote'}")


def _stop(data: dict[str, Any]) -> Distance | None:
    stop = data.get("stop_loss") or {}
    if not stop or stop.get("enabled") is False:
        return None
    _refuse_trailing("stop_loss.trailing", stop.get("trailing"))
    if stop.get("order_type") == "limit":
        refuse("stop_loss.order_type", "a stop-loss goes to the market")
    if stop.get("trigger_price_percent") is None:
        raise ValidationError("is missing; give a percentage", "stop_loss.trigger_price_percent")
    return Distance(fraction=of_percent(stop["trigger_price_percent"]))


def _target(data: dict[str, Any]) -> Distance | None:
    target = data.get("take_profit") or {}
    if not target or target.get("enabled") is False:
        return None
    steps = target.get("steps") or []
    if len(steps) != 1 or steps[0].get("volume_percent", WHOLE) != WHOLE:
        refuse("take_profit.steps", "one step of volume_percent 100 is read")
    _refuse_trailing("take_profit.steps.trailing", steps[0].get("trailing"))
    return Distance(fraction=of_percent(steps[0]["price_percent"]))


def _refuse_trailing(name: str, value: Any) -> None:
    is_off = not value or (isinstance(value, dict) and value.get("enabled") in {False, "false", None})
    if not is_off:
        refuse(name, "set trailing_stop_pct at the bot")


def _is_mine(alert: dict[str, Any]) -> bool:
    is_signed = "bot_uuid" in alert and "secret" in alert
    return is_signed and ("tv_instrument" in alert or alert.get("action") == "disable")


def _only_exits(alert: dict[str, Any]) -> bool:
    action, info = str(alert.get("action") or "").strip().lower(), alert.get("strategy_info")
    if isinstance(info, dict) and str(info.get("market_position") or "").strip().lower() == "flat":
        return action in {"buy", "sell"}
    return action in {"exit_long", "exit_short"}


READING = Reading(
    fields={
        meanings.SYMBOL: "tv_instrument",
        meanings.SIDE: "action",
        meanings.UNITS: "order.amount",
        meanings.CONTRACTS: "order.amount",
        meanings.OTHER_SIZE: "order.amount",
        meanings.REFERENCE: "trigger_price",
        meanings.LIMIT_PRICE: "order.price",
        meanings.ORDER_TYPE: "order.order_type",
        meanings.POSITION: "strategy_info.market_position",
        meanings.POSITION_SIZE: "strategy_info.market_position_size",
        meanings.STOP_LOSS: "stop_loss.trigger_price_percent",
        meanings.TAKE_PROFIT: "take_profit.steps",
        meanings.DISTANCE: "stop_loss.trigger_price_percent",
    },
    is_strict=True,
    inside={"strategy_info": frozenset(StrategyInfoSchema().fields)},
    only_exits=_only_exits,
    of_entry=frozenset({"take_profit", "stop_loss"}),
)

ENTRY = DialectEntry(
    dialect=DIALECT,
    service="3Commas",
    schema=ThreeCommasSchema(),
    is_mine=_is_mine,
    told_by="bot_uuid, secret and tv_instrument",
    reading=READING,
    sample={
        "secret": "the-services-own-secret",
        "bot_uuid": "3f1c7d0a-0000-4000-8000-000000000000",
        "max_lag": "300",
        "timestamp": "2026-06-02T14:22:00Z",
        "trigger_price": "64340.15",
        "tv_exchange": "BINANCE",
        "tv_instrument": "BTCUSDT",
        "action": "enter_long",
        "order": {"amount": "0.05", "currency_type": "base"},
        "stop_loss": {"enabled": True, "trigger_price_percent": 2},
    },
    sample_price="trigger_price",
)
