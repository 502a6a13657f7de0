"""What a played tape came to: read from the very records that a service would keep."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.analytics.alerts import AlertSums
from app.domain.analytics.slippage import slippage_cost
from app.domain.backtest.result import BacktestTrade
from app.domain.money import ZERO, plain
from app.domain.orders import Side
from app.domain.trades import Trade
from app.repositories.closed_trades import ClosedTrades
from app.repositories.tickets import Ledger
from app.repositories.trades import Trades
from app.services.backtest.simulated import TapeMarket

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The books of a backtest."""

    closed: ClosedTrades
    open: Trades
    ledger: Ledger
    market: TapeMarket

    def trades(self) -> list[BacktestTrade]:
        """Return the trades that went flat, the first one first."""
        found = [trade for trade in self.closed.since(date.min) if trade.quantity]
        return [
            BacktestTrade.of(trade)
            for trade in sorted(found, key=lambda each: (each.closed_at, each.opened_at, each.number))
        ]

    def open_trades(self) -> list[BacktestTrade]:
        """Return what is still held, with what it would bring at the last price."""
        held = [trade for trade in self.open.every().values() if trade.quantity]
        return [self._still_open(trade) for trade in sorted(held, key=lambda each: each.place)]

    def tickets(self, since: datetime) -> list[dict[str, Any]]:
        """Return every ticket, the first one first."""
        return list(self.ledger.filed_since(since))

    def _still_open(self, trade: Trade) -> BacktestTrade:
        price = self.market.price_of(trade.symbol)
        fees = trade.fees
        gain = None
        if price is not None:
            unrealized = (price - trade.average_price) * trade.quantity * trade.multiplier
            gain = plain(trade.realized_pnl + unrealized - fees)
        return BacktestTrade(
            symbol=trade.symbol,
            bot=trade.bot,
            side=Side.BUY if trade.quantity > ZERO else Side.SELL,
            quantity=abs(trade.quantity),
            entry_time=trade.opened_at,
            entry_price=trade.average_price,
            exit_time=None,
            exit_price=None,
            gain=gain,
            fees=fees,
            reason="open",
            multiplier=trade.multiplier,
        )


def refusals(tickets: Iterable[dict[str, Any]]) -> Counter[str]:
    """Count the reasons for which alerts, or parts of them, were not carried out."""
    sums = AlertSums()
    for ticket in tickets:
        sums.add(ticket)
    return sums.refusals


def refused_by_name(tickets: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return the reasons for which alerts came to nothing, by the keys that they had."""
    named = ((ticket["alert"].get("idempotency_key"), ticket) for ticket in tickets)
    return {
        name: ticket["reason"] for name, ticket in named if name and ticket["reason"] and not ticket["orders"]
    }


def slippage(tickets: Iterable[dict[str, Any]]) -> Decimal:
    """Return what fills were worse than the prices that their alerts named, in money; a gain is negative."""
    return plain(sum((slippage_cost(ticket) for ticket in tickets), ZERO).quantize(CENT))
