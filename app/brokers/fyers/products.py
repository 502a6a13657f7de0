"""How Fyers holds what an order opens, and which of its positions an order closes."""

from collections.abc import Mapping
from decimal import Decimal

from app.domain.instruments import AssetClass
from app.domain.money import ZERO
from app.domain.orders import Order

INTRADAY, MARGIN, CNC, MTF = "INTRADAY", "MARGIN", "CNC", "MTF"
RETIRED = frozenset({"CO", "BO"})
FOR_SHARES, FOR_CONTRACTS = frozenset({INTRADAY, CNC, MTF}), frozenset({INTRADAY, MARGIN})


def allowed(asset_class: AssetClass) -> frozenset[str]:
    """Return the products that Fyers takes for a kind of instrument."""
    return FOR_SHARES if asset_class is AssetClass.EQUITY else FOR_CONTRACTS


def closing(order: Order, held: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what an order can close under each product, of the signed quantities that are `held`."""
    return {name: abs(size) for name, size in held.items() if size * order.side.sign < 0}


def exit_product(order: Order, held: Mapping[str, Decimal]) -> str | None:
    """Return the product of the position that an exit closes; None: it would open one.

    The largest counts: Fyers nets nothing across products. One that the order names counts before others.
    """
    closable = closing(order, held)
    named = {name: size for name, size in closable.items() if name == order.product}
    closable = named or closable
    largest = max(closable, key=lambda name: closable[name], default=None)
    # Whatever an exit sold beyond what its product holds would be a new short position under it, on margin.
    return None if largest is None or closable[largest] < (order.quantity or ZERO) else largest


def too_small(ticker: str, closable: Mapping[str, Decimal]) -> str:
    """Return why an exit is refused that no position under one product is as large as."""
    shown = ", ".join(f"{size:f} as {name}" for name, size in sorted(closable.items()))
    told = f"No position in {ticker} is as large as this exit; it would close {shown or 'nothing'}."
    if len(closable) <= 1:
        return told
    return f"{told} An order closes one product: send an exit for each, with its size and its productType."


def other_product(product: str, held: Mapping[str, Decimal]) -> str | None:
    """Return why an entry under this product is refused: an exit closes what one product holds."""
    own = INTRADAY if product in RETIRED else product
    others = sorted(name for name, quantity in held.items() if quantity and name != own)
    if not others:
        return None
    return f"The contract is held as {', '.join(others)}; what {own} adds could not be closed with it."
