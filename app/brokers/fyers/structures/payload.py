"""An order of several legs as the JSON that Fyers reads: a price for each leg, all or nothing, at once."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.brokers.fyers.payload import TYPES, number
from app.brokers.fyers.tags import tag_of_legs
from app.domain.orders import OrderType
from app.domain.structures.legs import Leg
from app.domain.structures.orders import StructureOrder


def legs_payload(
    order: StructureOrder, *, tickers: Mapping[str, str], limits: Mapping[str, Decimal], product: str
) -> dict[str, Any]:
    """Return the body that places all legs together; tickers and limits go by the legs' names."""
    legs = order.structure.legs
    return {
        "orderTag": tag_of_legs(order.client_order_id, len(legs)),
        "productType": product,
        "offlineOrder": False,
        "orderType": f"{len(legs)}L",
        # The only one there is: what does not trade at once, all of it, is gone.
        "validity": "IOC",
        "legs": {f"leg{place}": _leg(leg, order.units, tickers, limits) for place, leg in enumerate(legs, 1)},
    }


def margin_payload(
    order: StructureOrder, *, tickers: Mapping[str, str], limits: Mapping[str, Decimal], product: str
) -> dict[str, Any]:
    """Return the body that asks what all legs together would tie up."""
    legs = (_leg(leg, order.units, tickers, limits) for leg in order.structure.legs)
    return {"data": [leg | {"productType": product, "stopLoss": 0} for leg in legs]}


def _leg(leg: Leg, units: int, tickers: Mapping[str, str], limits: Mapping[str, Decimal]) -> dict[str, Any]:
    symbol = leg.instrument.symbol
    return {
        "symbol": tickers[symbol],
        "qty": int(abs(leg.quantity) * units),
        "side": -1 if leg.is_short else 1,
        "type": TYPES[OrderType.LIMIT],
        "limitPrice": number(limits[symbol]),
    }
