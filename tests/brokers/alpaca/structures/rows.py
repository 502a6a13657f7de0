"""Orders of two legs as Alpaca shows them."""

from tests.brokers.alpaca.harness import row
from tests.brokers.paper.structures.builders import contract

SOLD, BOUGHT = contract("P95").symbol, contract("P90").symbol


def leg(symbol, side, filled="0", price=None, **changes):
    facts = {"symbol": symbol, "side": side, "qty": "3", "ratio_qty": "1", "type": "", "order_class": "mleg"}
    fills = {"filled_qty": filled, "filled_avg_price": price}
    return row(f"server-{symbol}", **facts | fills | changes)


def spread(filled="0", average=None, sold=None, bought=None, *, name="bot-x", **changes):
    """A put spread of three units for a credit of 0.85 at least, as Alpaca shows it."""
    legs = [
        leg(SOLD, "sell", filled, sold),
        leg(BOUGHT, "buy", filled, bought),
    ]
    nothing = dict.fromkeys(("symbol", "asset_class", "side"), "")
    facts = {"order_class": "mleg", "qty": "3", "type": "limit", "limit_price": "-0.85", "legs": legs}
    return row(name, **nothing | facts | {"filled_qty": filled, "filled_avg_price": average} | changes)
