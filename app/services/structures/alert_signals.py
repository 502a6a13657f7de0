"""Signals of every dialect in the words of commands, for bots that trade a structure."""

from dataclasses import replace

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.reasons import Reason
from app.domain.signals import STRUCTURES, Intent, Signal
from app.domain.structures.commands import EnterCommand, ExitCommand, Which
from app.domain.structures.directions import Move, StructureWish, meaning_of
from app.domain.structures.kinds import StructureKind
from app.domain.symbols import SymbolRefused, parse_symbol
from app.domain.tickets import Stage, Ticket, TicketStatus
from app.repositories.structure_trades import StructureTrades
from app.services.trading.context import signal_record


@dataclass(frozen=True, slots=True)
class AlertSignals:
    """Tell what an alert means to its bot's structure; what means nothing ends its ticket."""

    trades: StructureTrades
    clock: Clock

    def commanded(self, ticket: Ticket, signal: Signal, bot: Bot) -> Signal | None:
        """Return the command that a signal comes to; None where its ticket has ended."""
        kind = bot.configuration.structure
        if signal.intent in STRUCTURES or kind is None:
            return signal
        meaning = meaning_of(signal, kind, cover_only=bot.configuration.cover_only)
        ticket.signal = signal_record(signal)
        if meaning.refusal is not None:
            ticket.end(TicketStatus.DENIED, meaning.refusal)
            return None
        symbol = self._symbol(signal, bot, meaning)
        if symbol is None:
            told = f"{signal.symbol}, the bot trades {bot.configuration.underlying}"
            ticket.end(TicketStatus.DENIED, Reason.SYMBOL_NOT_ALLOWED, told)
            return None
        ticket.note(Stage.POSITION_CHECKED, self.clock(), _told(signal, kind, meaning))
        if meaning.move is None:
            ticket.end(TicketStatus.SKIPPED, meaning.skip)
            return None
        return _command(signal, symbol, meaning.move)

    def _symbol(self, signal: Signal, bot: Bot, meaning: StructureWish) -> str | None:
        """Return the underlying that a signal may mean; None where it is not the bot's."""
        said, underlying = _canonical(signal.symbol, signal.exchange), bot.configuration.underlying
        if underlying is None or said == _canonical(underlying, None):
            return said
        if meaning.move is Move.EXIT and said in {one.symbol for one in self.trades.read_of(bot.id)[0]}:
            # Entered before its owner gave the bot another underlying: what is held can be left.
            return said
        return None


def _command(signal: Signal, symbol: str, move: Move) -> Signal:
    # Sizes, prices and contracts of the alert are those of another instrument: the bot's keys choose.
    plain = replace(
        signal, symbol=symbol, exchange=None, contract=None, quantity=None, stop_loss=None, take_profit=None
    )
    if move is Move.ENTER:
        return replace(plain, intent=Intent.ENTER_STRUCTURE, structure=EnterCommand())
    exit_command = ExitCommand(which=Which.ALL, symbol=symbol)
    return replace(plain, intent=Intent.EXIT_STRUCTURE, structure=exit_command)


def _told(signal: Signal, kind: StructureKind, meaning: StructureWish) -> str:
    """Say what the alert comes to, and what of it has no part in that."""
    comes_to = "nothing to do" if meaning.move is None else meaning.move.value
    terms = signal.terms
    named = {
        "quantity": signal.quantity,
        "size in money": terms.notional or terms.equity_fraction,
        "size by risk": terms.risk_amount or terms.risk_fraction,
        "stop-loss": signal.stop_loss or terms.stop,
        "take-profit": signal.take_profit or terms.target,
        "option contract": signal.contract,
    }
    unused = [name for name, value in named.items() if value is not None]
    apart = f"; not used, as the bot's keys decide: {', '.join(unused)}" if unused else ""
    return f"{signal.intent.value} {signal.side.value} to {kind.words}: {comes_to}{apart}"


def _canonical(symbol: str, exchange: str | None) -> str:
    try:
        return parse_symbol(symbol, exchange=exchange).symbol
    except SymbolRefused:
        # An index is an underlying too, and nothing that can be traded by itself.
        return symbol.strip().upper()
