"""OpenAPI links: which answer names what another operation's path wants."""

from collections.abc import Iterable
from typing import Any

# Where an answer has the value of a path's parameter, by the view's endpoint.
PRODUCED: dict[str, dict[str, str]] = {
    "webhook.receive_alert": {"ticket": "/ticket"},
    "webhook.receive_bridge_alert": {"ticket": "/ticket"},
    "ideas.receive_idea": {"ticket": "/ticket"},
    "api.list_tickets": {"ticket": "/tickets/0/id"},
    "api.create_bot": {"bot": "/id"},
    "api.list_bots": {"bot": "/bots/0/id"},
    "api.list_orders": {"name": "/orders/0/client_order_id"},
    "api.start_job": {"job": "/id"},
    "api.list_trades": {"number": "/trades/0/number"},
    "api.list_positions": {"broker": "/positions/0/broker", "symbol": "/positions/0/symbol"},
    "api.rotate_account_secret": {"secret": "/secret"},
}


def links_from(endpoint: str, paths: Iterable[tuple[str, list[str]]]) -> dict[str, Any]:
    """Return the links of an answer to operations, which come by their ids and their paths' parameters."""
    produced = PRODUCED.get(endpoint, {})
    return {
        consumer: {
            "operationId": consumer,
            "parameters": {name: f"$response.body#{produced[name]}" for name in names},
        }
        for consumer, names in paths
        if names and set(names) <= set(produced)
    }
