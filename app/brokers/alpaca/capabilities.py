"""What Alpaca can do."""

from decimal import Decimal

from app.domain.capabilities import Capabilities
from app.domain.instruments import AssetClass
from app.domain.pricing import CENT

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
    # Of a pair; below a dollar too, where prices themselves have steps of a hundredth of a cent.
    held_exit_distance=CENT,
    # Alpaca takes an order against a resting one for a wash trade, whoever sent it.
    one_sided=frozenset({AssetClass.EQUITY}),
    # The most that a taker pays, of what he receives: of a bought coin in the coin itself.
    # https://alpaca.markets/support/crypto-maker-taker-gmt-faq
    coin_fee=Decimal("0.0025"),
    unique_client_order_ids=True,
    calls_a_minute=200,
    # The tape of all exchanges, which is free once it is fifteen minutes old.
    bar_feeds={AssetClass.EQUITY: "sip", AssetClass.CRYPTO: "us", AssetClass.OPTION: "opra"},
    adjusted_bars=frozenset({AssetClass.EQUITY}),
)
