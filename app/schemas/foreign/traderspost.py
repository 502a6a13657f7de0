"""TradersPost's alerts: an action, and the position that is wanted after it (`sentiment`)."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, post_load

from app.domain.alert_terms import AlertTerms
from app.domain.orders import OrderType, Side, TimeInForce
from app.domain.signals import ALL_ORDERS, Dialect, Intent, Signal
from app.domain.symbols import SymbolRefused, parse_symbol
from app.schemas import meanings
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Text, Word
from app.schemas.foreign.parts import (
    ENTRIES,
    EXITS,
    Anything,
    ForeignSchema,
    Inner,
    Switch,
    distance,
    of_percent,
    order_prices,
    refuse,
    sized,
)
from app.schemas.foreign.traderspost_exits import (
    StopLossSchema,
    TakeProfitSchema,
    one_level,
    refuse_exits,
)
from app.schemas.moments import Moment
from app.schemas.reading import asks

DIALECT = Dialect("traderspost", price_field="signalPrice")
# The position after the order; a long one after a buy is what a buy means anyway.
SENTIMENTS = {"bullish": 1, "long": 1, "bearish": -1, "short": -1, "flat": 0}
SIZES = (
    "fixed_quantity",
    "dollar_amount",
    "risk_dollar_amount",
    "risk_percent",
    "percent_of_equity",
    "percent_of_position",
)
RISKS = frozenset({"risk_dollar_amount", "risk_percent"})
ORDER_TYPES = {
    "market": OrderType.MARKET,
    "limit": OrderType.LIMIT,
    "stop": OrderType.STOP,
    "stop_limit": OrderType.STOP_LIMIT,
}
LIFETIMES = tuple(lifetime.value for lifetime in TimeInForce)
# A put's buy and sell are turned round there.
_PUT = re.compile(r"[A-Za-z]{1,6} *\d{6}P[\d.]+")
# When an order is not to be placed any more, or to be taken back: nothing here does that for one alert.
WAITS = ("expiresAt", "cancelAfter", "rejectAfter", "bidAskSpreadFilter")
_SURE = frozenset({"sentiment", "signalPrice", "quantityType"})
_CAMEL = frozenset({"orderType", "limitPrice", "stopPrice", "timeInForce", "extendedHours"})
_OTHERS = frozenset({"passphrase", "secret", "token", "apikey", "key", "strikeprice"})


class TradersPostSchema(ForeignSchema):
    """JSON in, Signal out."""

    ticker = Text(required=True, longest=60)
    action = Word("buy", "sell", "exit", "cancel", "add", required=True)
    sentiment = Word(*SENTIMENTS, allow_none=True)
    quantity = Amount(allow_none=True)
    quantityType = Word(*SIZES, allow_none=True)  # noqa: N815
    signalPrice = Amount(positive=True, allow_none=True)  # noqa: N815
    price = Amount(positive=True, allow_none=True)
    orderType = Word(*ORDER_TYPES, "trailing_stop", allow_none=True)  # noqa: N815
    limitPrice = Amount(positive=True, allow_none=True)  # noqa: N815
    stopPrice = Amount(positive=True, allow_none=True)  # noqa: N815
    timeInForce = Text(allow_none=True, longest=20)  # noqa: N815
    takeProfit = Inner(TakeProfitSchema(), allow_none=True)  # noqa: N815
    stopLoss = Inner(StopLossSchema(), allow_none=True)  # noqa: N815
    cancel = Switch()
    cancelOrderType = Text(allow_none=True, longest=40)  # noqa: N815
    test = Switch()
    expiresAt = Anything(allow_none=True)  # noqa: N815
    cancelAfter = Anything(allow_none=True)  # noqa: N815
    rejectAfter = Anything(allow_none=True)  # noqa: N815
    bidAskSpreadFilter = Anything(allow_none=True)  # noqa: N815
    time = Moment(allow_none=True)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        _refuse_unexpressed(data)
        action = data["action"]
        if action == "cancel":
            return _signal(data, Intent.CANCEL, order=ALL_ORDERS)
        if action == "exit":
            return _exit(data, Intent.CLOSE, Side.SELL)
        if action == "add":
            terms = AlertTerms(only_adds=True, adds=not data.get("cancel"))
            return _entry(data, Intent.ORDER, Side.BUY, terms)
        side = Side(action)
        wanted = SENTIMENTS.get(data.get("sentiment", ""), side.sign)
        if wanted == side.sign:
            return _entry(data, ENTRIES[side], side, AlertTerms(opens_all=True, adds=False))
        # Flat is out of all of it, whatever the quantity is.
        return _exit(data if wanted else data | {"quantity": None}, EXITS[side], side)


def _refuse_unexpressed(data: dict[str, Any]) -> None:
    action, is_exit = data["action"], _only_exits(data)
    if _is_put(data["ticker"]):
        refuse("ticker", "buy and sell of a put are turned round there: send an option alert")
    if data.get("sentiment") and action not in {"buy", "sell"}:
        raise ValidationError(f"does not go with {action}; only buy and sell have one", "sentiment")
    if data.get("test"):
        refuse("test", "leave it out; POST /api/preview tries an alert")
    if data.get("cancelOrderType"):
        refuse("cancelOrderType", "cancel takes back every waiting order of the symbol")
    if data.get("cancel") is False and action in {"buy", "sell", "exit"}:
        refuse("cancel", "waiting orders of the symbol are always taken back first; leave it out")
    if data.get("orderType") == "trailing_stop":
        refuse("orderType", "write market, limit, stop or stop_limit")
    if data.get("timeInForce", "day").lower() not in LIFETIMES:
        refuse("timeInForce", f"write {', '.join(LIFETIMES)}")
    if not is_exit:
        _refuse_waits(data)
        refuse_exits(data)


def _is_put(ticker: str) -> bool:
    try:
        option = parse_symbol(ticker).option
    except SymbolRefused:
        # What we cannot read is refused later, but not for its side.
        return _PUT.fullmatch(ticker) is not None
    return option is not None and option.kind == "put"


def _refuse_waits(data: dict[str, Any]) -> None:
    for name in WAITS:
        if asks(data.get(name)):
            refuse(name, "leave it out: an order stands as long as its timeInForce says")


def _exit(data: dict[str, Any], intent: Intent, side: Side) -> Signal:
    kind, quantity = data.get("quantityType", "fixed_quantity"), data.get("quantity")
    # TradingView's size of nothing is all of what is left; a part of nothing is somebody's slip.
    quantity = sized(quantity, "quantity", only_exits=kind == "fixed_quantity")
    if quantity is None or kind == "fixed_quantity":
        terms = AlertTerms(sizes=True, adds=False)
    elif kind == "percent_of_position":
        terms, quantity = AlertTerms(closes=min(quantity / 100, Decimal(1)), adds=False), None
    else:
        refuse("quantityType", "an exit closes a fixed_quantity or a percent_of_position")
    size_field = "quantity" if quantity is not None else None
    return _signal(data, intent, side=side, quantity=quantity, size_field=size_field, terms=terms)


def _entry(data: dict[str, Any], intent: Intent, side: Side, terms: AlertTerms) -> Signal:
    stop, target = data.get("stopLoss") or {}, data.get("takeProfit") or {}
    for name, levels, price in (("stopLoss", stop, "stopPrice"), ("takeProfit", target, "limitPrice")):
        one_level(name, levels, price)
    size = _sizing(data, has_stop=bool(stop))
    distances: dict[str, Any] = {
        "stop": distance(stop.get("amount"), stop.get("percent")),
        "target": distance(target.get("amount"), target.get("percent")),
    }
    is_units = size.pop("sizes", False)
    return _signal(
        data,
        intent,
        side=side,
        quantity=data.get("quantity") if is_units else None,
        size_field="quantity" if is_units else None,
        stop_loss=stop.get("stopPrice"),
        take_profit=target.get("limitPrice"),
        terms=replace(terms, sizes=is_units, **size, **distances),
    )


def _sizing(data: dict[str, Any], *, has_stop: bool) -> dict[str, Any]:
    """Return the terms of an entry's size; nothing leaves it to the bot."""
    kind, quantity = data.get("quantityType", "fixed_quantity"), data.get("quantity")
    if quantity is None:
        if kind != "fixed_quantity":
            raise ValidationError(f"is needed with quantityType {kind}", "quantity")
        return {}
    if quantity == 0:
        raise ValidationError("must be greater than zero", "quantity")
    if kind in RISKS and not has_stop:
        raise ValidationError(f"is needed with quantityType {kind}", "stopLoss")
    if kind == "percent_of_position":
        refuse("quantityType", "percent_of_position is for exits")
    return {
        "fixed_quantity": {"sizes": True},
        "dollar_amount": {"notional": quantity},
        "risk_dollar_amount": {"risk_amount": quantity},
        "risk_percent": {"risk_fraction": of_percent(quantity)},
        "percent_of_equity": {"equity_fraction": of_percent(quantity)},
    }[kind]


def _signal(data: dict[str, Any], intent: Intent, *, side: Side = Side.BUY, **said: Any) -> Signal:
    kind = ORDER_TYPES.get(data.get("orderType", ""))
    prices = order_prices(kind, ("limitPrice", data.get("limitPrice")), ("stopPrice", data.get("stopPrice")))
    reference = data.get("signalPrice") or data.get("price")
    if data.get("price") not in {None, reference}:
        raise ValidationError("says another price than `signalPrice`; leave one out", "price")
    return Signal(
        dialect=DIALECT,
        symbol=data["ticker"],
        intent=intent,
        side=side,
        order_type=kind,
        time_in_force=TimeInForce(data.get("timeInForce", "day").lower()),
        reference_price=reference,
        sent_at=data.get("time"),
        **prices,
        **said,
    )


def _only_exits(data: dict[str, Any]) -> bool:
    """Tell an alert that opens nothing by its words, before anybody has looked whether they are sound."""
    action, sentiment = (str(data.get(name) or "").strip().lower() for name in ("action", "sentiment"))
    wanted = SENTIMENTS.get(sentiment)
    turns = {"buy": 1, "sell": -1}.get(action, wanted) != wanted
    return action in {"exit", "cancel"} or (wanted is not None and turns)


def _is_mine(alert: dict[str, Any]) -> bool:
    if "ticker" not in alert or "action" not in alert or not _OTHERS.isdisjoint(alert):
        return False
    has_object = any(isinstance(alert.get(name), dict) for name in ("takeProfit", "stopLoss"))
    return has_object or not _SURE.isdisjoint(alert) or not _CAMEL.isdisjoint(alert)


READING = Reading(
    fields={
        meanings.SYMBOL: "ticker",
        meanings.SIDE: "action",
        meanings.UNITS: "quantity",
        meanings.CONTRACTS: "quantity",
        meanings.REFERENCE: "signalPrice",
        meanings.LIMIT_PRICE: "limitPrice",
        meanings.STOP_PRICE: "stopPrice",
        meanings.ORDER_TYPE: "orderType",
        meanings.LIFETIME: "timeInForce",
        meanings.POSITION: "sentiment",
        meanings.STOP_LOSS: "stopLoss.stopPrice",
        meanings.TAKE_PROFIT: "takeProfit.limitPrice",
    },
    advice={
        meanings.OTHER_SIZE: "write quantity and quantityType",
        meanings.POSITION_SIZE: "write quantity",
        meanings.SIGNED_POSITION: "write quantity and sentiment",
        meanings.CONDITION: "leave it out: the bot's keys say when it enters",
        meanings.OPTION_CONTRACT: "write the contract as the ticker, or send an option alert",
    },
    is_strict=True,
    only_exits=_only_exits,
    of_entry=frozenset({"stopLoss", "takeProfit", *WAITS}),
)

ENTRY = DialectEntry(
    dialect=DIALECT,
    service="TradersPost",
    schema=TradersPostSchema(),
    is_mine=_is_mine,
    told_by="ticker and action with sentiment, signalPrice or quantityType",
    reading=READING,
    sample={
        "ticker": "AAPL",
        "action": "buy",
        "sentiment": "bullish",
        "quantity": "10",
        "signalPrice": "190.15",
        "takeProfit": {"percent": 5},
        "stopLoss": {"type": "stop", "percent": 2},
    },
    sample_price="signalPrice",
)
