"""What Fyers can do."""

from app.domain.capabilities import Capabilities
from app.domain.instruments import AssetClass

NAME = "fyers"
_TRADED = frozenset({AssetClass.EQUITY, AssetClass.OPTION})

CAPABILITIES = Capabilities(
    name=NAME,
    asset_classes=_TRADED,
    short=_TRADED,
    whole_shorts=True,
    bracket=True,
    held_exits=_TRADED,
    market_orders_rest=True,
    day_orders_only=True,
    live=True,
)
