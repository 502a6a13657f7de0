"""How Fyers holds what an order opens, and which of its positions an order closes."""

from collections.abc import Mapping
from decimal import Decimal

from app.domain.instruments import AssetClass
from app.domain.orders import Order, OrderRole

INTRADAY, MARGIN, CNC, MTF = "INTRADAY", "MARGIN", "CNC", "MTF"
RETIRED = frozenset({"CO", "BO"})
FOR_SHARES, FOR_CONTRACTS = frozenset({INTRADAY, CNC, MTF}), frozenset({INTRADAY, MARGIN})
KNOWN = FOR_SHARES | FOR_CONTRACTS


def allowed(asset_class: AssetClass) -> frozenset[str]:
    """Return the products that Fyers takes for a kind of instrument."""
    return FOR_SHARES if asset_class is AssetClass.EQUITY else FOR_CONTRACTS


def chosen(order: Order, held: Mapping[str, Decimal], default: str) -> str:
    """Return the product of an order; an exit takes that of the position which it closes.

    `held` is the signed quantity of the symbol under each product. Another product would open a position.
    """
    if order.product is not None:
        return order.product
    closing = {name: abs(size) for name, size in held.items() if size * order.side.sign < 0}
    if order.role is not OrderRole.EXIT or not closing:
        return default
    return max(closing, key=lambda name: closing[name])
