"""Trades of shares, coins and single contracts by their numbers, in the words of alerts."""

from dataclasses import replace
from decimal import Decimal

from app.dataclass import dataclass
from app.domain.orders import Side
from app.domain.signals import Intent, Signal
from app.domain.structures.commands import ExitCommand
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.trades import Trade, units_of_trim
from app.repositories.closed_trades import ClosedTrades
from app.repositories.trades import Trades


@dataclass(frozen=True, slots=True)
class NumberedTrades:
    """A number means the same trade for ever, also once it is over."""

    trades: Trades
    closed: ClosedTrades

    def named(self, signal: Signal) -> int | None:
        """Return the number in a command to leave one trade; None where it names none."""
        command = signal.structure
        leaves = signal.intent is Intent.EXIT_STRUCTURE and isinstance(command, ExitCommand)
        return command.trade if leaves and isinstance(command, ExitCommand) else None

    def is_meant(self, signal: Signal) -> bool:
        """Tell whether a command is to leave a trade that is no structure, or was none."""
        number = self.named(signal)
        if number is None:
            return False
        over = self.closed.numbered(number)
        return over.structure is None if over is not None else self.open(signal) is not None

    def open(self, signal: Signal) -> Trade | None:
        """Return the trade that a command names, while it is open."""
        number = self.named(signal)
        return None if number is None else self.trades.numbered(number)

    def understood(self, signal: Signal) -> Signal:
        """Return the alert that a command comes to; any other signal stays as it is.

        Of a trade that is over it is the wish to be out of its symbol: an order may be left of it.
        """
        number, trade = self.named(signal), self.open(signal)
        if trade is not None:
            return closing(signal, trade)
        over = None if number is None else self.closed.numbered(number)
        if over is None or over.structure is not None:
            return signal
        return _closing(signal, over.symbol, over.side)


def closing(signal: Signal, trade: Trade) -> Signal:
    """Return the alert that leaves a trade, or so many per cent of its units, rounded up to whole ones."""
    plain = _closing(signal, trade.symbol, Side.BUY if trade.quantity > 0 else Side.SELL)
    command = signal.structure
    trim = command.trim if isinstance(command, ExitCommand) else None
    if trim is None:
        return plain
    units = units_of_trim(abs(trade.quantity), trim, _increment(trade.symbol))
    return replace(plain, quantity=units, size_field="trim")


def _closing(signal: Signal, symbol: str, side: Side) -> Signal:
    return replace(signal, symbol=symbol, intent=Intent.CLOSE, side=side.opposite, structure=None)


def _increment(symbol: str) -> Decimal:
    try:
        return parse_symbol(symbol).quantity_increment
    except SymbolRefused:
        return Decimal(1)
