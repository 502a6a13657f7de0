"""Orders of several legs as JSON and back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from app.brokers.paper.instrument_codec import decode_instrument, encode_instrument
from app.brokers.paper.records import PaperStructureOrder
from app.domain.json_codec import timestamp
from app.domain.orders import OrderRole, OrderStatus, TimeInForce
from app.domain.structures.legs import Leg, Structure
from app.domain.structures.orders import LegFill, StructureOrder
from app.storage.base import JSON


def encode_structure(paper: PaperStructureOrder) -> JSON:
    """Write an order as a JSON object."""
    order = paper.order
    return {
        "id": order.client_order_id,
        "broker_order_id": paper.broker_order_id,
        "created_at": timestamp(paper.created_at),
        "underlying": order.structure.underlying,
        "legs": [[encode_instrument(leg.instrument), leg.ratio] for leg in order.structure.legs],
        "units": order.units,
        "limit": str(order.limit),
        "role": order.role.value,
        "time_in_force": order.time_in_force.value,
        "status": paper.status.value,
        "filled_units": paper.filled_units,
        "average_net": None if paper.average_net is None else str(paper.average_net),
        "fills": [[fill.symbol, str(fill.quantity), str(fill.price)] for fill in paper.legs],
        "fees": str(paper.fees),
        "looks": paper.looks,
        "unit_need": str(paper.unit_need),
        "message": paper.message,
        "filled_at": None if paper.filled_at is None else timestamp(paper.filled_at),
    }


def decode_structure(value: JSON) -> PaperStructureOrder:
    """Read what `encode_structure` wrote."""
    average, filled_at = value["average_net"], value["filled_at"]
    return PaperStructureOrder(
        order=_order(value),
        broker_order_id=value["broker_order_id"],
        created_at=datetime.fromisoformat(value["created_at"]),
        status=OrderStatus(value["status"]),
        filled_units=value["filled_units"],
        average_net=None if average is None else Decimal(average),
        legs=tuple(_fill(*fill) for fill in value["fills"]),
        fees=Decimal(value["fees"]),
        looks=value["looks"],
        unit_need=Decimal(value["unit_need"]),
        message=value["message"],
        filled_at=None if filled_at is None else datetime.fromisoformat(filled_at),
    )


def _order(value: JSON) -> StructureOrder:
    legs: list[Any] = value["legs"]
    return StructureOrder(
        client_order_id=value["id"],
        structure=Structure(
            value["underlying"],
            tuple(Leg(decode_instrument(instrument), ratio) for instrument, ratio in legs),
        ),
        units=value["units"],
        limit=Decimal(value["limit"]),
        role=OrderRole(value["role"]),
        time_in_force=TimeInForce(value["time_in_force"]),
    )


def _fill(symbol: str, quantity: str, price: str) -> LegFill:
    return LegFill(symbol, Decimal(quantity), Decimal(price))
