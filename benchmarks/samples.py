"""One ticket of each kind, made by the application itself, from which a long history is copied."""

from dataclasses import dataclass
from typing import Any

from app import create_app
from app.config import Settings
from app.storage.memory import MemoryStore
from tests.builders import trade_idea

SECRET = "secret-of-the-sample"  # noqa: S105  # of an application that nobody but this process can ask
ENTRY = {
    "secret": SECRET,
    "symbol": "AAPL",
    "strategy_order_id": "long",
    "strategy_order_action": "buy",
    "strategy_order_contracts": "1",
    "strategy_order_price": "190.00",
    "strategy_order_comment": "sample",
}
EXIT = ENTRY | {"strategy_order_action": "sell", "strategy_market_position": "flat"}
IDEA = "/webhooks/optionomics/trade-ideas"

Ticket = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Samples:
    """Tickets as they are stored: an entry and its exit, filled; an alert that was denied; an idea."""

    entry: Ticket
    exit: Ticket
    denied: Ticket
    idea: Ticket


def take_samples() -> Samples:
    """Send an alert of each kind to an application without a disk."""
    store = MemoryStore()
    settings = {"WEBHOOK_SECRET": SECRET, "OPERATOR_TOKEN": SECRET[::-1], "BACKGROUND_WORKER": "false"}
    client = create_app(Settings.from_environment(settings), store=store).test_client()
    client.post("/webhook", json=ENTRY)
    client.post("/webhook", json=EXIT)
    client.post("/webhook", json=ENTRY | {"symbol": "MSFT", "stop_loss": "200"})
    client.post(f"{IDEA}?secret={SECRET}", json=trade_idea())
    client.post("/tasks/tick", headers={"Authorization": f"Bearer {SECRET[::-1]}"})
    return Samples(*(document.value for document in store.list("tickets/")))
