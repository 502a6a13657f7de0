"""Orders and changes as the JSON that Alpaca reads: decimals as strings, nothing that was not asked for."""

from decimal import Decimal
from typing import Any

from app.brokers.alpaca.order_checks import LIMITED, STOPPED
from app.brokers.alpaca.symbols import order_symbol
from app.domain.instruments import AssetClass
from app.domain.money import plain
from app.domain.orders import (
    TAKE_PROFIT_SUFFIX,
    Order,
    OrderChange,
    OrderClass,
    OrderRole,
)

HUNDRED = Decimal(100)


def order_payload(order: Order) -> dict[str, Any]:
    """Return the body that places an order."""
    return {
        "symbol": order_symbol(order.instrument),
        "side": order.side.value,
        "type": order.type.value,
        "time_in_force": order.time_in_force.value,
        "client_order_id": sent_id(order),
        **_texts({"qty": order.quantity, "notional": order.notional} | _prices(order)),
        **_class(order),
        **_intent(order),
    }


def sent_id(order: Order) -> str:
    """Return the id under which an order is sent: a pair of exits is its own take-profit, and named so."""
    is_pair = order.order_class is OrderClass.OCO
    return order.client_order_id + TAKE_PROFIT_SUFFIX if is_pair else order.client_order_id


def change_payload(change: OrderChange) -> dict[str, str]:
    """Return the changes that a replacement carries; empty when there are none."""
    return _texts(
        {"qty": change.quantity, "limit_price": change.limit_price, "stop_price": change.stop_price}
    )


def _texts(amounts: dict[str, Decimal | None]) -> dict[str, str]:
    # As strings, which is what Alpaca documents: the SDK's own models send floats, which change digits.
    return {name: format(plain(value), "f") for name, value in amounts.items() if value is not None}


def _prices(order: Order) -> dict[str, Decimal | None]:
    """Return the prices that belong to the type; Alpaca refuses any other."""
    # The limit of an OCO order is its take-profit's; Alpaca reads it there.
    limited = order.type in LIMITED and order.order_class is not OrderClass.OCO
    return {
        "limit_price": order.limit_price if limited else None,
        "stop_price": order.stop_price if order.type in STOPPED else None,
    }


def _class(order: Order) -> dict[str, Any]:
    if order.order_class is OrderClass.SIMPLE:
        return {}
    legs: dict[str, Any] = {
        "take_profit": _texts({"limit_price": order.take_profit}),
        "stop_loss": _texts({"stop_price": order.stop_loss}),
    }
    return {"order_class": order.order_class.value} | {name: leg for name, leg in legs.items() if leg}


def _intent(order: Order) -> dict[str, str]:
    """Say what the order does to the position, so that Alpaca too refuses an exit that would open one."""
    asset_class = order.instrument.asset_class
    # Alpaca takes no intent with legs, and none for coins.
    if order.order_class is not OrderClass.SIMPLE or asset_class is AssetClass.CRYPTO:
        return {}
    if order.role is OrderRole.EXIT:
        return {"position_intent": f"{order.side.value}_to_close"}
    return {"position_intent": f"{order.side.value}_to_open"} if asset_class is AssetClass.OPTION else {}
