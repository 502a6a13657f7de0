"""Outcomes as JSON and back: defaults are left out, decimals are strings."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from app.brokers.paper.instrument_codec import decode_instrument, encode_instrument
from app.brokers.paper.records import AccountChange, Execution, PaperHolding, PaperOrder, Price
from app.brokers.paper.structures.codec import decode_structure, encode_structure
from app.domain.json_codec import timestamp
from app.domain.money import ZERO
from app.domain.orders import Order, OrderClass, OrderRole, OrderStatus, OrderType, Side, TimeInForce
from app.domain.structures.exchange_switches import Switches
from app.storage.base import JSON

_TERMS = ("notional", "take_profit", "stop_loss")
_PROGRESS = ("limit_price", "stop_price", "average")
# Each process reads what every other one did: an enumeration looks for a value by two calls of Python's.
_side, _role, _type, _time_in_force = cache(Side), cache(OrderRole), cache(OrderType), cache(TimeInForce)
_class, _status = cache(OrderClass), cache(OrderStatus)


def encode_change(change: AccountChange) -> JSON:
    """Write an change as a JSON object."""
    value: JSON = {
        "operation": change.operation,
        "at": change.at.isoformat(),
        "cash": str(change.cash),
        "realized": str(change.realized),
        "fees": str(change.fees),
        "orders": [_encode_order(order) for order in change.orders.values()],
        "holdings": [_encode_holding(holding) for holding in change.holdings.values()],
        "prices": {symbol: [str(price.value), price.pinned] for symbol, price in change.prices.items()},
        "fills": [
            [fill.client_order_id, str(fill.quantity), str(fill.price), str(fill.fee)]
            for fill in change.fills
        ],
    }
    if change.structures:
        value["structures"] = [encode_structure(order) for order in change.structures.values()]
    if change.closes:
        value["closes"] = {day: str(price) for day, price in change.closes.items()}
    if change.clock is not None:
        value["clock"] = timestamp(change.clock)
    if change.switches != Switches():
        value["switches"] = [list(change.switches.early_assignment), change.switches.closes_shorts]
    return value


def decode_change(value: JSON) -> AccountChange:
    """Read what `encode_change` wrote."""
    orders = [_decode_order(order) for order in value["orders"]]
    holdings = [_decode_holding(holding) for holding in value["holdings"]]
    return AccountChange(
        operation=value["operation"],
        at=datetime.fromisoformat(value["at"]),
        cash=Decimal(value["cash"]),
        realized=Decimal(value["realized"]),
        fees=Decimal(value["fees"]),
        clock=_moment(value.get("clock")),
        switches=_decode_switches(*value.get("switches", ([], False))),
        structures={order.id: order for order in map(decode_structure, value.get("structures", ()))},
        orders={order.id: order for order in orders},
        holdings={holding.instrument.symbol: holding for holding in holdings},
        prices={symbol: Price(Decimal(price), pinned) for symbol, (price, pinned) in value["prices"].items()},
        closes={day: Decimal(price) for day, price in value.get("closes", {}).items()},
        fills=[Execution(name, *map(Decimal, figures)) for name, *figures in value["fills"]],
    )


def _encode_order(paper: PaperOrder) -> JSON:
    order = paper.order
    value: JSON = {
        "id": order.client_order_id,
        "broker_order_id": paper.broker_order_id,
        "created_at": paper.created_at.isoformat(),
        "instrument": encode_instrument(order.instrument),
        "side": order.side.value,
        "role": order.role.value,
        "type": order.type.value,
        "time_in_force": order.time_in_force.value,
        "class": order.order_class.value,
        "status": paper.status.value,
        "quantity": str(paper.quantity),
    }
    _add_optional(value, paper)
    return value


def _add_optional(value: JSON, paper: PaperOrder) -> None:
    for source, names in ((paper.order, _TERMS), (paper, _PROGRESS)):
        for name in names:
            figure = getattr(source, name)
            if figure is not None:
                value[name] = str(figure)
    if paper.filled:
        value["filled"], value["fees"] = str(paper.filled), str(paper.fees)
    if paper.filled_at is not None:
        value["filled_at"] = timestamp(paper.filled_at)
    for name in ("message", "parent", "mate"):
        if getattr(paper, name) is not None:
            value[name] = getattr(paper, name)
    if paper.triggered:
        value["triggered"] = True


def _decode_order(value: JSON) -> PaperOrder:
    return PaperOrder(
        order=_decode_terms(value),
        broker_order_id=value["broker_order_id"],
        created_at=datetime.fromisoformat(value["created_at"]),
        quantity=Decimal(value["quantity"]),
        status=_status(value["status"]),
        filled=Decimal(value.get("filled", ZERO)),
        fees=Decimal(value.get("fees", ZERO)),
        message=value.get("message"),
        triggered=value.get("triggered", False),
        parent=value.get("parent"),
        mate=value.get("mate"),
        filled_at=_moment(value.get("filled_at")),
        **_optional(value, _PROGRESS),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _decode_terms(value: JSON) -> Order:
    return Order(
        client_order_id=value["id"],
        instrument=decode_instrument(value["instrument"]),
        side=_side(value["side"]),
        role=_role(value["role"]),
        type=_type(value["type"]),
        time_in_force=_time_in_force(value["time_in_force"]),
        order_class=_class(value["class"]),
        **_optional(value, _TERMS),
    )


def _optional(value: JSON, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: Decimal(value[name]) for name in names if name in value}


def _encode_holding(holding: PaperHolding) -> JSON:
    return {
        "instrument": encode_instrument(holding.instrument),
        "quantity": str(holding.quantity),
        "average": str(holding.average),
    }


def _decode_holding(value: JSON) -> PaperHolding:
    instrument = decode_instrument(value["instrument"])
    return PaperHolding(instrument, Decimal(value["quantity"]), Decimal(value["average"]))


def _decode_switches(early_assignment: list[str], closes_shorts: bool) -> Switches:  # noqa: FBT001  # as stored
    return Switches(tuple(early_assignment), closes_shorts)
