"""What a newcomer is told at the first start, and never again."""

import json
from pathlib import Path

from app.config import Settings

FIRST_ALERT = {
    "symbol": "BTCUSD",
    "strategy_order_id": "long",
    "strategy_order_action": "buy",
    "strategy_order_contracts": 0.05,
    "strategy_order_price": 64340.15,
    "strategy_order_comment": "My first paper order",
}


def greeting(settings: Settings) -> str:
    """Return where the service is found, for every start but the first."""
    address = settings.public_url or f"http://127.0.0.1:{settings.port}"
    return (
        f"Gatehouse listens on port {settings.port}: alerts to {address}/webhook, health at {address}/readyz"
    )


def welcome(settings: Settings, secrets: Path) -> str:
    """Return the webhook's address with its secret, and a command that places the first paper order."""
    address = settings.public_url or f"http://127.0.0.1:{settings.port}"
    url = f"{address}/webhook?secret={settings.webhook_secret}"
    return f"""
Gatehouse is set up: alerts go to the paper broker, state to {settings.database_path}.

  Webhook URL for TradingView (it holds your secret):
    {url}

  Place your first paper order from another terminal:
    curl -s '{url}' -d '{json.dumps(FIRST_ALERT)}'

  See what became of it:
    curl -s {address}/api/tickets -H 'Authorization: Bearer {settings.operator_token}'

The secrets are kept in {secrets}, readable by you only, and are not printed again.
"""
