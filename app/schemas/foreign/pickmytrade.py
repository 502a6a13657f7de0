"""PickMyTrade's alerts: `data` says what to do, and what happens to a position that is there already."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from marshmallow import ValidationError, post_load

from app.domain.alert_terms import AlertTerms
from app.domain.orders import OrderType, Side
from app.domain.signals import Dialect, Intent, Signal
from app.schemas import meanings
from app.schemas.base import Between, Field
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Text, Word
from app.schemas.foreign.parts import (
    ENTRIES,
    LIMITED,
    STOPPED,
    Anything,
    ForeignSchema,
    Switch,
    distance,
    of_percent,
    only_one,
    order_prices,
    refuse,
)
from app.schemas.meanings import FieldMeaning, meaning_of
from app.schemas.moments import Moment
from app.schemas.reading import number_of
from app.schemas.shapes import Shape

DIALECT = Dialect("pickmytrade", price_field="price")
SIDES = {"buy": Side.BUY, "long": Side.BUY, "sell": Side.SELL, "short": Side.SELL}
OUT = ("close", "flat")
ORDER_TYPES = {
    **dict.fromkeys(("mkt", "market"), OrderType.MARKET),
    **dict.fromkeys(("lmt", "limit"), OrderType.LIMIT),
    **dict.fromkeys(("stp", "stop"), OrderType.STOP),
    **dict.fromkeys(("stplmt", "stoplimit"), OrderType.STOP_LIMIT),
}
STOPS = ("sl", "dollar_sl", "percentage_sl")
TARGETS = ("tp", "dollar_tp", "percentage_tp")
OF_ACCOUNT = frozenset(
    {"token", "account_id", "connection_name", "risk_percentage", "quantity_multiplier", "platform"}
)
# However a service's switch is written that is off; a list, since a value may be anything.
OFF = [*Switch.falsy]
_MARKS = frozenset({"token", "data", "symbol"})
_OPTIONS = ("OPT", "FOP")


class Accounts(Field[Any]):
    """Whose accounts trade; the one that does here is the bot's."""

    allowed = "a list of one account"
    shape: ClassVar[Shape] = {"type": "array", "maxItems": 1, "items": {"type": "object"}}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, list) or not all(isinstance(account, Mapping) for account in value):
            raise self.make_error("invalid")
        if len(value) > 1:
            raise ValidationError("is not read here; send one alert to each bot: a bot is one account")
        for account in value:
            if number_of(account.get("quantity_multiplier") or 1) != 1:
                raise ValidationError("must not have a quantity_multiplier; write the units in quantity")
            if number_of(account.get("risk_percentage") or 0) != 0:
                raise ValidationError("must not have a risk_percentage; write it beside quantity")
            for name in account:
                if name not in OF_ACCOUNT and meaning_of(name) is not None:
                    raise ValidationError(f"must not have a {name}; write it beside quantity")
        return value


class PickMyTradeSchema(ForeignSchema):
    """JSON in, Signal out; a zero says nothing."""

    zero_is_nothing: ClassVar[frozenset[str]] = frozenset(
        {"quantity", "risk_percentage", "price", "stp_limit_stp_price", "lmt_to_market_wait"}
        | {*STOPS, *TARGETS}
    )

    symbol = Text(required=True, longest=60)
    data = Word(*SIDES, *OUT, required=True)
    quantity = Amount(positive=True, allow_none=True)
    risk_percentage = Amount(positive=True, allow_none=True, validate=Between(max=100))
    price = Amount(positive=True, allow_none=True)
    order_type = Word(*ORDER_TYPES, allow_none=True)
    stp_limit_stp_price = Amount(positive=True, allow_none=True)
    lmt_to_market_wait = Anything(allow_none=True)
    sl = Amount(positive=True, allow_none=True)
    dollar_sl = Amount(positive=True, allow_none=True)
    percentage_sl = Amount(positive=True, allow_none=True, validate=Between(max=100, max_inclusive=False))
    tp = Amount(positive=True, allow_none=True)
    dollar_tp = Amount(positive=True, allow_none=True)
    percentage_tp = Amount(positive=True, allow_none=True)
    trail = Switch()
    update_tp = Switch()
    update_sl = Switch()
    pyramid = Switch()
    duplicate_position_allow = Switch()
    reverse_order_close = Switch()
    same_direction_ignore = Switch()
    full_closed = Switch()
    multiple_accounts = Accounts(allow_none=True)
    inst_type = Text(allow_none=True, longest=20)
    strategy_name = Text(allow_none=True, longest=200)
    comment = Text(allow_none=True, longest=1000, lines=True)
    date = Moment(allow_none=True)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        _refuse_unexpressed(data)
        return _exit(data) if data["data"] in OUT else _entry(data)


def _refuse_unexpressed(data: dict[str, Any]) -> None:
    if data.get("trail") and data["data"] not in OUT:
        refuse("trail", "set trailing_stop_pct at the bot")
    for name in ("update_tp", "update_sl"):
        if data.get(name):
            refuse(name, "what protects a position is not changed by an alert: set attach_sl_tp at the bot")
    if data.get("full_closed") is False and data.get("comment"):
        refuse("full_closed", "a leg is not closed by its comment: leave that out to close the quantity")
    if data.get("lmt_to_market_wait"):
        refuse("lmt_to_market_wait", "a limit stays one: write order_type MKT")
    if str(data.get("inst_type", "")).upper().startswith(_OPTIONS):
        refuse("inst_type", "contracts are traded by option alerts")


def _exit(data: dict[str, Any]) -> Signal:
    out = {"intent": Intent.CLOSE, "side": Side.SELL}
    if data.get("full_closed") is not False:
        return _signal(data, **out, terms=AlertTerms(adds=False))
    quantity = data.get("quantity")
    if quantity is None:
        refuse(
            "full_closed", "give the quantity that is closed, above 0, or leave full_closed out to close all"
        )
    terms = AlertTerms(adds=False, sizes=True)
    return _signal(data, **out, quantity=quantity, size_field="quantity", terms=terms)


def _entry(data: dict[str, Any]) -> Signal:
    side = SIDES[data["data"]]
    by_risk, quantity = data.get("risk_percentage"), data.get("quantity")
    if (by_risk is None) is (quantity is None):
        wrong = "is needed, or risk_percentage" if by_risk is None else "stands beside risk_percentage"
        raise ValidationError(f"{wrong}; give one of the two, above 0", "quantity")
    only_one(data, TARGETS)
    if only_one(data, STOPS) is None and by_risk is not None:
        raise ValidationError("is needed with risk_percentage", "sl")
    terms = AlertTerms(
        sizes=by_risk is None,
        opens_all=True,
        adds=_adds(data),
        risk_fraction=of_percent(by_risk),
        stop=distance(data.get("dollar_sl"), data.get("percentage_sl")),
        target=distance(data.get("dollar_tp"), data.get("percentage_tp")),
    )
    kind = ORDER_TYPES[data.get("order_type", "mkt")]
    return _signal(
        data,
        intent=_intent(data, side),
        side=side,
        quantity=quantity,
        size_field="quantity" if quantity is not None else None,
        order_type=kind,
        stop_loss=data.get("sl"),
        take_profit=data.get("tp"),
        terms=terms,
        **_prices(kind, data),
    )


def _adds(data: dict[str, Any]) -> bool:
    allowed = [data[name] for name in ("pyramid", "duplicate_position_allow") if name in data]
    if len(set(allowed)) > 1:
        raise ValidationError("says something else than `pyramid`", "duplicate_position_allow")
    return bool(allowed and allowed[0]) and not data.get("same_direction_ignore")


def _intent(data: dict[str, Any], side: Side) -> Intent:
    if data.get("reverse_order_close"):
        return ENTRIES[side]
    if data.get("quantity") is None:
        # Without it the order meets what is open on the other side, and risks nothing that a stop could tell.
        refuse("reverse_order_close", "write true with risk_percentage, or a quantity")
    return Intent.ORDER


def _prices(kind: OrderType, data: dict[str, Any]) -> dict[str, Any]:
    """Return an order's prices: `price` is the limit or the trigger, as the kind of order has it."""
    price = ("price", data.get("price"))
    trigger = ("stp_limit_stp_price", data.get("stp_limit_stp_price"))
    prices = order_prices(
        kind,
        price if kind in LIMITED else ("price", None),
        price if kind is OrderType.STOP else trigger,
    )
    is_reference = kind not in LIMITED | STOPPED
    return prices | {"reference_price": price[1] if is_reference else None}


def _signal(data: dict[str, Any], **said: Any) -> Signal:
    plain = Signal(
        dialect=DIALECT,
        symbol=data["symbol"],
        intent=said["intent"],
        side=said["side"],
        sent_at=data.get("date"),
        strategy=data.get("strategy_name"),
        note=data.get("comment"),
        reference_price=data.get("price"),
    )
    return replace(plain, **said)


def _only_exits(alert: dict[str, Any]) -> bool:
    return str(alert.get("data") or "").strip().lower() in OUT


def _size_of_part(alert: dict[str, Any]) -> str | None:
    return "quantity" if alert.get("full_closed") in OFF else None


def _is_mine(alert: dict[str, Any]) -> bool:
    return alert.keys() >= _MARKS and not isinstance(alert["data"], dict | list)


def _is_said(meaning: FieldMeaning, _: Any, alert: dict[str, Any]) -> bool:
    """Tell that a trailing stop is switched off, whatever its distances are."""
    return meaning is meanings.TRAILING and alert.get("trail") in OFF


READING = Reading(
    fields={
        meanings.SYMBOL: "symbol",
        meanings.SIDE: "data",
        meanings.UNITS: "quantity",
        meanings.CONTRACTS: "quantity",
        meanings.REFERENCE: "price",
        meanings.LIMIT_PRICE: "price",
        meanings.STOP_PRICE: "stp_limit_stp_price",
        meanings.ORDER_TYPE: "order_type",
        meanings.STOP_LOSS: "sl",
        meanings.TAKE_PROFIT: "tp",
    },
    advice={
        meanings.OTHER_SIZE: "write quantity or risk_percentage",
        meanings.DISTANCE: "write dollar_sl, percentage_sl, dollar_tp or percentage_tp",
        meanings.POSITION: "write it in data",
        meanings.POSITION_SIZE: "write quantity",
        meanings.SIGNED_POSITION: "write quantity",
        meanings.CONDITION: "leave it out: the bot's keys say when it enters",
        meanings.LIFETIME: "orders are for the day",
    },
    ignored=frozenset({meanings.ACCOUNT}),
    is_strict=True,
    only_exits=_only_exits,
    size_of_part=_size_of_part,
    of_entry=frozenset({*STOPS, *TARGETS, "quantity", "risk_percentage", "order_type", "trail"}),
    is_said=_is_said,
)

ENTRY = DialectEntry(
    dialect=DIALECT,
    service="PickMyTrade",
    schema=PickMyTradeSchema(),
    is_mine=_is_mine,
    told_by="token, data and symbol",
    reading=READING,
    sample={
        "symbol": "AAPL",
        "date": "2026-06-02T14:22:00Z",
        "data": "buy",
        "quantity": "10",
        "risk_percentage": 0,
        "price": "190.15",
        "order_type": "MKT",
        "percentage_tp": 5,
        "percentage_sl": 2,
        "reverse_order_close": True,
        "pyramid": False,
        "token": "the-services-own-token",
    },
    sample_price="price",
)
