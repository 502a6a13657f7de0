"""Outcomes as JSON and back: defaults are left out, decimals are strings."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.brokers.paper.records import AccountChange, Execution, PaperHolding, PaperOrder, Price
from app.domain.instruments import AssetClass, Instrument, OptionContract
from app.domain.json_codec import timestamp
from app.domain.money import ZERO
from app.domain.orders import Order, OrderClass, OrderRole, OrderStatus, OrderType, Side, TimeInForce
from app.storage.base import JSON

_TERMS = ("notional", "take_profit", "stop_loss")
_PROGRESS = ("limit_price", "stop_price", "average")


def encode_change(change: AccountChange) -> JSON:
    """Write an change as a JSON object."""
    return {
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
        orders={order.id: order for order in orders},
        holdings={holding.instrument.symbol: holding for holding in holdings},
        prices={symbol: Price(Decimal(price), pinned) for symbol, (price, pinned) in value["prices"].items()},
        fills=[Execution(name, *map(Decimal, figures)) for name, *figures in value["fills"]],
    )


def _encode_order(paper: PaperOrder) -> JSON:
    order = paper.order
    value: JSON = {
        "id": order.client_order_id,
        "broker_order_id": paper.broker_order_id,
        "created_at": paper.created_at.isoformat(),
        "instrument": _encode_instrument(order.instrument),
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
        status=OrderStatus(value["status"]),
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
        instrument=_decode_instrument(value["instrument"]),
        side=Side(value["side"]),
        role=OrderRole(value["role"]),
        type=OrderType(value["type"]),
        time_in_force=TimeInForce(value["time_in_force"]),
        order_class=OrderClass(value["class"]),
        **_optional(value, _TERMS),
    )


def _optional(value: JSON, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: Decimal(value[name]) for name in names if name in value}


def _encode_holding(holding: PaperHolding) -> JSON:
    return {
        "instrument": _encode_instrument(holding.instrument),
        "quantity": str(holding.quantity),
        "average": str(holding.average),
    }


def _decode_holding(value: JSON) -> PaperHolding:
    instrument = _decode_instrument(value["instrument"])
    return PaperHolding(instrument, Decimal(value["quantity"]), Decimal(value["average"]))


def _encode_instrument(instrument: Instrument) -> list[Any]:
    value = [instrument.symbol, instrument.asset_class.value, str(instrument.quantity_increment)]
    terms = instrument.option
    if terms is None:
        return value
    expiry = terms.expiry.isoformat()
    return [*value, [terms.underlying, expiry, str(terms.strike), terms.kind, str(terms.multiplier)]]


def _decode_instrument(value: list[Any]) -> Instrument:
    symbol, asset_class, increment, *option = value
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass(asset_class),
        option=_decode_option(*option[0]) if option else None,
        quantity_increment=Decimal(increment),
    )


def _decode_option(underlying: str, expiry: str, strike: str, kind: Any, multiplier: str) -> OptionContract:
    return OptionContract(underlying, date.fromisoformat(expiry), Decimal(strike), kind, Decimal(multiplier))
