"""One alert to try a bot with that is being made."""

from decimal import Decimal
from typing import Any

from marshmallow import RAISE

from app.schemas.base import Schema
from app.schemas.fields import Amount, Text


class BotTrialQuerySchema(Schema):
    """What the alert is about."""

    class Meta:
        unknown = RAISE

    symbol = Text(longest=60, load_default="AAPL", may_be_empty=False)
    price = Amount(positive=True, load_default=None)


def sample_alert(symbol: str, price: Decimal | None) -> dict[str, Any]:
    """Return an alert that buys one contract, as TradingView would send it."""
    priced = {} if price is None else {"strategy_order_price": format(price, "f")}
    return {
        "symbol": symbol,
        "strategy_order_id": "long",
        "strategy_order_action": "buy",
        "strategy_order_contracts": "1",
    } | priced
