"""What Alpaca can do."""

from app.domain.capabilities import Capabilities
from app.domain.instruments import AssetClass

NAME = "alpaca"
_DIVISIBLE = frozenset({AssetClass.CRYPTO, AssetClass.EQUITY})

# An account on paper; one with real money is `live` too.
CAPABILITIES = Capabilities(
    name=NAME,
    asset_classes=_DIVISIBLE | {AssetClass.OPTION},
    fractional=_DIVISIBLE,
    notional=True,
    short=frozenset({AssetClass.EQUITY}),
    whole_shorts=True,
    bracket=True,
    oco=True,
    # Coins and options take no plain stop at Alpaca: theirs are watched by us.
    held_exits=frozenset({AssetClass.EQUITY}),
    # Alpaca takes an order against a resting one for a wash trade, whoever sent it.
    one_sided=frozenset({AssetClass.EQUITY}),
    unique_client_order_ids=True,
)
