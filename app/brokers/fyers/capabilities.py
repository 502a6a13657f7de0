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
    # Price protection makes a limit order of it, which may not fill.
    market_orders_rest=True,
    # The book is empty the next morning, and nothing is taken while the market is closed.
    day_orders_only=True,
    # There is no account on paper.
    live=True,
    zone="Asia/Kolkata",
    bar_feeds=dict.fromkeys(_TRADED, "nse"),
)
