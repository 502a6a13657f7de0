"""Structures' orders as the JSON that Alpaca reads: several legs as `mleg`, one as a plain order."""

from decimal import Decimal
from typing import Any

from app.domain.money import plain
from app.domain.orders import OrderRole
from app.domain.structures.legs import Leg
from app.domain.structures.orders import StructureOrder

MLEG = "mleg"


def structure_payload(order: StructureOrder) -> dict[str, Any]:
    """Return the body that places an order; its limit keeps its sign, which Alpaca reads as we do."""
    legs = order.structure.legs
    if len(legs) == 1:
        # Alpaca takes no `mleg` of one leg: what is left of a broken trade must go as a plain order.
        return _common(order) | {
            "symbol": legs[0].instrument.symbol,
            "side": _side(legs[0]),
            "position_intent": _intent(legs[0], order.role),
            "qty": str(order.units * abs(legs[0].ratio)),
            "limit_price": _text(abs(order.limit)),
        }
    return _common(order) | {
        "order_class": MLEG,
        "qty": str(order.units),
        "limit_price": _text(order.limit),
        "legs": [_leg(leg, order.role) for leg in legs],
    }


def _common(order: StructureOrder) -> dict[str, Any]:
    return {
        "type": "limit",
        "time_in_force": order.time_in_force.value,
        "client_order_id": order.client_order_id,
    }


def _leg(leg: Leg, role: OrderRole) -> dict[str, str]:
    # All four, always: Alpaca's pages disagree on which of them may be left out.
    return {
        "symbol": leg.instrument.symbol,
        "ratio_qty": str(abs(leg.ratio)),
        "side": _side(leg),
        "position_intent": _intent(leg, role),
    }


def _side(leg: Leg) -> str:
    return "sell" if leg.is_short else "buy"


def _intent(leg: Leg, role: OrderRole) -> str:
    # Named, so that Alpaca too refuses an exit that would open something.
    return f"{_side(leg)}_to_{'open' if role is OrderRole.ENTRY else 'close'}"


def _text(price: Decimal) -> str:
    return format(plain(price), "f")
