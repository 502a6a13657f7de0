"""The past of this service: the alerts that came, and what was held."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from app.domain.backtest.tape import TapeAlert
from app.domain.money import ZERO
from app.domain.orders import Side
from app.repositories.closed_trades import ClosedTrades
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.schemas.backtest.alert_files import of_ticket
from app.services.backtest.day_replay import HeldBefore
from app.storage.base import Store


def own_alerts(ledger: Ledger, since: date, until: date) -> list[TapeAlert]:
    """Return the alerts of all tickets from one day to another, both included."""
    days = (since + timedelta(days=number) for number in range((until - since).days + 1))
    tickets = (ticket for day in days for ticket in ledger.filed_on(day, after=""))
    return [alert for alert in map(of_ticket, tickets) if alert is not None]


def held_before(store: Store, day: date, now: datetime) -> list[HeldBefore]:
    """Return what bots held when a day began: shares and coins that went flat since, or are held yet."""
    begins, ledger = datetime.combine(day, time(), UTC), Ledger(store, lambda: now)
    found = [
        HeldBefore(
            trade.bot,
            trade.symbol,
            trade.side,
            trade.quantity,
            trade.entry_price,
            _exchange(ledger, trade.tickets),
        )
        for trade in ClosedTrades(store).since(day)
        if trade.opened_at < begins <= trade.closed_at and trade.entry_price and trade.structure is None
    ]
    for trade in Trades(store, lambda: now).every().values():
        if trade.opened_at < begins and trade.quantity:
            side = Side.BUY if trade.quantity > ZERO else Side.SELL
            place = trade.bot, trade.symbol, side
            exchange = _exchange(ledger, trade.tickets)
            found.append(HeldBefore(*place, trade.bought, trade.average_price, exchange))
    return sorted(found, key=lambda each: (each.bot, each.symbol))


def _exchange(ledger: Ledger, tickets: Sequence[str]) -> str | None:
    """Return where what a trade holds is traded: in the books its name alone may be another's."""
    document = ledger.document(UUID(tickets[0])) if tickets else None
    signal = (document.value["signal"] or {}) if document is not None else {}
    return signal.get("venue")
