"""Tickets with an opinion, as they are stored, and bars of what the price did after them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from app.domain.bars import Bar, Series
from app.domain.instruments import Instrument
from app.domain.json_codec import timestamp
from app.domain.tickets import ticket_day
from app.errors import BrokerUnavailable
from app.storage.base import Create
from tests.repositories.test_tickets import ticket_id

NUMBERS = count(1)
DAY = "2026-06-01"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def idea_alert(**changes) -> dict[str, Any]:
    """Build a trade idea as a ticket keeps it."""
    alert = {"alert_name": "Bullish ideas", "source": "trade_idea", "symbol": "NVDA", "direction": "bullish"}
    alert |= {"strategy": "buy_call", "triggered_at": "2026-06-01T11:59:00Z"}
    return alert | {"entry_price": "100", "target_price": "110", "stop_price": "95"} | changes


def said(action: str | None = "buy", confidence: str = "0.8", **changes) -> dict[str, Any]:
    """Build an opinion as a ticket keeps it; an action of None is a failure."""
    decision = {"action": action, "symbol": "NVDA", "notional_usd": "200", "confidence": confidence}
    decision |= {"rationale": "Flow.", "risk_notes": []}
    failed = {"decision": None, "failure": {"code": "OPINION_FAILED", "message": "It failed."}}
    told = {"analyst": "openai", "model": "gpt-5.5", "prompt_version": "1", "mode": "none"}
    told |= {"tool_calls": [], "usage": {}, "milliseconds": 5, "failure": None, "decision": decision}
    return told | ({} if action is not None else failed) | changes


def past_ticket(day: str = DAY, **changes) -> dict[str, Any]:
    """Build a ticket that arrived at noon; its entry was ordered."""
    name = ticket_id(day, next(NUMBERS))
    at = f"{ticket_day(name)}T12:00:00Z"
    ticket = {"id": str(name), "bot": "default", "dialect": "trade_idea", "created_at": at, "updated_at": at}
    ticket |= {"status": "filled", "reason": None, "message": None, "alert": idea_alert(), "opinion": said()}
    ticket |= {"signal": {"symbol": "NVDA", "side": "buy", "intent": "enter_long", "reference_price": "100"}}
    ticket |= {"orders": [{"role": "entry", "status": "filled", "symbol": "NVDA"}], "entry": None}
    return ticket | {"gates": [], "timeline": [], "exits": None, "fingerprint": None} | changes


def refused(status: str, reason: str, **changes) -> dict[str, Any]:
    """Build a ticket of which no entry was ordered."""
    return past_ticket(status=status, reason=reason, orders=[], **changes)


def write(store, *tickets: dict[str, Any]) -> list[str]:
    """Store tickets; return their ids."""
    store.apply([Create(f"tickets/{ticket['created_at'][:10]}/{ticket['id']}", ticket) for ticket in tickets])
    return [ticket["id"] for ticket in tickets]


class RisingPrices:
    """A price that is 100 at noon of `NOON` and rises by 1 every hour; every question is written down."""

    def __init__(self, *, fails: bool = False, keeps: bool = True) -> None:
        self.fails, self.keeps = fails, keeps
        self.asked: list[tuple[str, datetime, datetime, int]] = []

    def series(self, instrument: Instrument, start: datetime, end: datetime, minutes: int) -> Series | None:
        self.asked.append((instrument.symbol, start, end, minutes))
        if self.fails:
            raise BrokerUnavailable("The broker does not answer.")
        span, bars = timedelta(minutes=minutes), []
        while start + span * (len(bars) + 1) <= end:
            at = start + span * len(bars)
            price = Decimal(100) + Decimal((at + span - NOON) // timedelta(seconds=36)) / 100
            bars.append(Bar(at, price, price, price, price))
        return Series(tuple(bars), span, start, end) if self.keeps else None


def bar_rows(hours: int = 24 * 7) -> str:
    """Write hourly bars of NVDA that rise by 1 an hour from 100 at `NOON` on."""
    rows = (
        f"NVDA,{timestamp(NOON + timedelta(hours=hour))},{100 + hour},{101 + hour},{100 + hour},{101 + hour}"
        for hour in range(hours)
    )
    return "\n".join(["symbol,time,open,high,low,close", *rows])
