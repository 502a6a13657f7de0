"""Tickets as the ledger keeps them, of alerts that went to a broker or were refused."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from app.domain.json_codec import timestamp
from app.domain.tickets import EPOCH, MILLISECOND
from app.storage.base import Create

NUMBERS = count(1)


def ticket(at: datetime, **changes) -> dict[str, Any]:
    """Build a ticket of an alert that arrived at a moment; without orders unless they are given."""
    name = UUID(int=((at - EPOCH) // MILLISECOND) << 80 | 0x7 << 76 | next(NUMBERS))
    found = {"id": str(name), "bot": "default", "dialect": "strategy", "status": "denied", "reason": None}
    found |= {"message": None, "created_at": timestamp(at), "updated_at": timestamp(at), "alert": {}}
    found |= {"signal": {"symbol": "AAPL", "side": "buy", "intent": "enter_long", "reference_price": "100"}}
    found |= {"opinion": None, "gates": [], "orders": [], "timeline": [], "entry": None, "exits": None}
    return found | {"fingerprint": None} | changes


def filled(at: datetime, price: str = "100", *, order: dict[str, Any] | None = None, **changes) -> dict:
    """Build a ticket whose entry filled at a price 40 ms after it was sent."""
    found = ticket(at, status="filled", **changes)
    sent = {"ticket": found["id"], "broker": "paper", "role": "entry", "symbol": "AAPL", "side": "buy"}
    sent |= {"type": "market", "status": "filled", "filled_quantity": "10", "average_fill_price": price}
    sent |= {"created_at": timestamp(at), "filled_at": timestamp(at + timedelta(milliseconds=40))}
    return found | {"orders": [sent | (order or {})]}


def stage(name: str, at: datetime, milliseconds: float | None) -> dict[str, Any]:
    """Build an entry of a timeline."""
    return {"stage": name, "at": timestamp(at), "milliseconds": milliseconds, "detail": None}


def write(store, *tickets: dict[str, Any]) -> None:
    """Store tickets."""
    store.apply([Create(f"tickets/{each['created_at'][:10]}/{each['id']}", each) for each in tickets])
