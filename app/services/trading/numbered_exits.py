"""Commands that leave one trade of shares, coins or a single contract: exits as alerts ask for them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.money import text
from app.domain.orders import Order
from app.domain.reasons import Reason
from app.domain.signals import Signal
from app.domain.tickets import Ticket, TicketStatus
from app.domain.trades import Trade
from app.services.trading.context import signal_record
from app.services.trading.execution import Finish, Trading
from app.services.trading.numbered_trades import NumberedTrades, closing
from app.storage.base import Change


@dataclass(frozen=True, slots=True)
class NumberedExits:
    """Leave the very trade of a number, at the broker where it is, and no later one in its symbol."""

    trading: Trading
    numbers: NumberedTrades

    def is_meant(self, signal: Signal) -> bool:
        """Tell whether a command is to leave a trade that is no structure."""
        return self.numbers.is_meant(signal)

    def carry_out(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> None:
        """Close what is held of the trade; what the broker cannot take now is pursued."""
        trade = self.numbers.open(signal)
        if trade is None:
            _end_without_trade(ticket, signal, self.numbers.named(signal))
            finish([])
            return
        meant = closing(signal, trade)

        def write(changes: list[Change]) -> None:
            _tell(ticket, trade, meant)
            finish(changes)

        def is_gone() -> bool:
            # Asked with the symbol held: it may have gone flat, and another one begun, since it was read.
            known = self.numbers.trades.find(*trade.place)
            return known is None or known.number != trade.number

        self.trading.carry_out(ticket, meant, _where_it_is(bot, trade), write, is_moot=is_gone)

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Decide without sending anything."""
        trade = self.numbers.open(signal)
        if trade is None:
            _end_without_trade(ticket, signal, self.numbers.named(signal))
            return []
        return self.trading.preview(ticket, closing(signal, trade), _where_it_is(bot, trade))

    def adopt(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> bool:
        """Take up an order of an interrupted attempt, which may have ended the trade."""
        trade = self.numbers.open(signal)
        there = bot if trade is None else _where_it_is(bot, trade)
        return self.trading.adopt(ticket, self.numbers.understood(signal), there, finish)


def _end_without_trade(ticket: Ticket, signal: Signal, number: int | None) -> None:
    ticket.signal = signal_record(signal)
    ticket.end(TicketStatus.DENIED, Reason.TRADE_NONE, f"trade {number} is not open")


def _where_it_is(bot: Bot, trade: Trade) -> Bot:
    """The bot may trade elsewhere by now."""
    return replace(bot, configuration=replace(bot.configuration, broker=trade.broker))


def _tell(ticket: Ticket, trade: Trade, meant: Signal) -> None:
    if ticket.status in {TicketStatus.DENIED, TicketStatus.SKIPPED}:
        return
    asked = abs(trade.quantity) if meant.quantity is None else meant.quantity
    sent = ticket.orders[-1]["quantity"] if ticket.orders else None
    ticket.signal = {**(ticket.signal or {}), "closes": [_row(trade, Decimal(sent) if sent else asked)]}


def _row(trade: Trade, units: Decimal) -> dict[str, Any]:
    is_whole = units == units.to_integral_value()
    return {"trade": trade.number, "units_closed": int(units) if is_whole else text(units)}
