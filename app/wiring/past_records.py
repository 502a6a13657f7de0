"""The past of this service: the alerts that came, and what was held."""

from datetime import UTC, date, datetime, time, timedelta

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
    begins = datetime.combine(day, time(), UTC)
    found = [
        HeldBefore(trade.bot, trade.symbol, trade.side, trade.quantity, trade.entry_price)
        for trade in ClosedTrades(store).since(day)
        if trade.opened_at < begins <= trade.closed_at and trade.entry_price and trade.structure is None
    ]
    for trade in Trades(store, lambda: now).every().values():
        if trade.opened_at < begins and trade.quantity:
            side = Side.BUY if trade.quantity > ZERO else Side.SELL
            found.append(HeldBefore(trade.bot, trade.symbol, side, trade.bought, trade.average_price))
    return sorted(found, key=lambda each: (each.bot, each.symbol))
