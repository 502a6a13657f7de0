"""The payload of the well-known tutorials: a passphrase, the bar, and what TradingView's strategy did."""

from typing import Any

from marshmallow import EXCLUDE, ValidationError, post_load, pre_load

from app.domain.alert_terms import AlertTerms
from app.domain.orders import Side
from app.domain.signals import Dialect, Intent, Signal, Target
from app.schemas import meanings
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Amount, Text, Word
from app.schemas.foreign.parts import (
    MARKET_POSITIONS,
    ForeignSchema,
    Inner,
    PartSchema,
    SignedAmount,
    sized,
    target_of,
)
from app.schemas.moments import Moment

DIALECT = Dialect("tutorial", price_field="strategy.order_price")
# The flat form's names, by the names inside of `strategy`.
FLAT = {
    "order_action": "order_action",
    "order_contracts": "order_contracts",
    "order_price": "order_price",
    "order_id": "order_id",
    "mar_pos": "market_position",
    "mar_pos_size": "market_position_size",
    "pre_mar_pos": "prev_market_position",
    "pre_mar_pos_size": "prev_market_position_size",
}


# A slip that was copied with one of the tutorials.
MISWRITTEN = "position:size"


class StrategyPartSchema(PartSchema):
    """What the strategy ordered, and where it stands."""

    class Meta:
        unknown = EXCLUDE

    order_action = Word("buy", "sell", required=True)
    order_contracts = Amount(allow_none=True)
    order_price = Amount(positive=True, allow_none=True)
    order_id = Text(allow_none=True, longest=200)
    position_size = SignedAmount(allow_none=True)
    market_position = Word(*MARKET_POSITIONS, allow_none=True)
    market_position_size = Amount(allow_none=True)
    prev_market_position = Word(*MARKET_POSITIONS, allow_none=True)
    prev_market_position_size = Amount(allow_none=True)

    @pre_load
    def _put_right(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if MISWRITTEN in data and "position_size" not in data:
            return {"position_size" if name == MISWRITTEN else name: value for name, value in data.items()}
        return data


class TutorialSchema(ForeignSchema):
    """JSON in, Signal out; of the bar nothing decides."""

    ticker = Text(required=True, longest=60)
    exchange = Text(allow_none=True, longest=40)
    time = Moment(allow_none=True)
    strategy = Inner(StrategyPartSchema(), allow_none=True)
    order_action = Word("buy", "sell", allow_none=True)
    order_contracts = Amount(allow_none=True)
    order_price = Amount(positive=True, allow_none=True)
    order_id = Text(allow_none=True, longest=200)
    mar_pos = Word(*MARKET_POSITIONS, allow_none=True)
    mar_pos_size = Amount(allow_none=True)
    pre_mar_pos = Word(*MARKET_POSITIONS, allow_none=True)
    pre_mar_pos_size = Amount(allow_none=True)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        said, where = _strategy(data)
        target, size_field = _target(said, where), f"{where}order_contracts"
        is_out = target is not None and target.now == 0
        quantity = sized(said.get("order_contracts"), size_field, only_exits=is_out)
        if target is None and quantity is None:
            raise ValidationError("is needed where no market_position is given", size_field)
        return Signal(
            dialect=DIALECT,
            symbol=data["ticker"],
            exchange=data.get("exchange"),
            intent=Intent.ORDER if target is None else Intent.TARGET,
            side=Side(said["order_action"]),
            quantity=quantity,
            target=target,
            reference_price=said.get("order_price"),
            sent_at=data.get("time"),
            strategy=said.get("order_id"),
            terms=AlertTerms(sizes=quantity is not None),
        )


def _strategy(data: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return what the strategy did, and before what name an error stands."""
    flat = {ours: data[name] for name, ours in FLAT.items() if name in data}
    nested = data.get("strategy")
    if nested is not None and flat:
        raise ValidationError(
            "stands beside the object `strategy`; give one of them", min(FLAT.keys() & data)
        )
    if nested is not None:
        return nested, "strategy."
    if "order_action" not in flat:
        raise ValidationError("is missing; give buy or sell in order_action", "strategy")
    return flat, ""


def _target(said: dict[str, Any], where: str) -> Target | None:
    signed = said.get("position_size")
    target = target_of(
        said,
        "market_position",
        "market_position_size",
        "prev_market_position",
        "prev_market_position_size",
    )
    if signed is None:
        return target
    size = abs(signed)
    direction = 0 if size == 0 else int(signed / size)
    if target is None:
        return Target(now=direction, now_size=size)
    if target.now != direction or target.now_size not in {None, size}:
        raise ValidationError("says another position than market_position", f"{where}position_size")
    return Target(target.now, target.before, size, target.before_size)


def _is_mine(alert: dict[str, Any]) -> bool:
    if "passphrase" not in alert:
        return False
    strategy = alert.get("strategy")
    is_nested = isinstance(strategy, dict) and "order_action" in strategy
    return is_nested or ("order_action" in alert and "mar_pos" in alert)


def _only_exits(alert: dict[str, Any]) -> bool:
    strategy = alert.get("strategy")
    said = strategy.get("market_position") if isinstance(strategy, dict) else alert.get("mar_pos")
    return isinstance(said, str) and said.strip().lower() == "flat"


READING = Reading(
    fields={
        meanings.SYMBOL: "ticker",
        meanings.SIDE: "strategy.order_action",
        meanings.UNITS: "strategy.order_contracts",
        meanings.CONTRACTS: "strategy.order_contracts",
        meanings.REFERENCE: "strategy.order_price",
        meanings.POSITION: "strategy.market_position",
        meanings.POSITION_SIZE: "strategy.market_position_size",
        meanings.POSITION_BEFORE: "strategy.prev_market_position",
        meanings.SIZE_BEFORE: "strategy.prev_market_position_size",
        meanings.SIGNED_POSITION: "strategy.position_size",
    },
    is_strict=True,
    inside={"strategy": frozenset({*StrategyPartSchema().fields, MISWRITTEN})},
    only_exits=_only_exits,
)

ENTRY = DialectEntry(
    dialect=DIALECT,
    service="the tutorials' payload",
    schema=TutorialSchema(),
    is_mine=_is_mine,
    told_by="passphrase and strategy with order_action",
    reading=READING,
    sample={
        "passphrase": "the-tutorials-own-phrase",
        "time": "2026-06-02T14:22:00Z",
        "exchange": "NASDAQ",
        "ticker": "AAPL",
        "bar": {"open": 190, "high": 191, "low": 189, "close": 190.15, "volume": 1200},
        "strategy": {
            "position_size": 10,
            "order_action": "buy",
            "order_contracts": 10,
            "order_price": 190.15,
            "order_id": "breakout",
            "market_position": "long",
            "market_position_size": 10,
            "prev_market_position": "flat",
            "prev_market_position_size": 0,
        },
    },
)
