"""What the simulated broker can do: everything but lose money."""

from decimal import Decimal

from app.domain.capabilities import Capabilities
from app.domain.instruments import AssetClass

NAME = "paper"
_DIVISIBLE = frozenset({AssetClass.CRYPTO, AssetClass.EQUITY, AssetClass.FOREX})
_TRADED = _DIVISIBLE | {AssetClass.OPTION}

CAPABILITIES = Capabilities(
    name=NAME,
    asset_classes=_TRADED,
    fractional=_DIVISIBLE,
    notional=True,
    short=_TRADED,
    bracket=True,
    oco=True,
    held_exits=_TRADED,
    held_exit_increment=Decimal("0.000000001"),
    opposing_orders=True,
    crosses_zero=True,
    unique_client_order_ids=True,
    # So a dry run sends here all the same: there is nothing outside to protect.
    simulated=True,
)
