"""Exits from structures: which trades are meant, and the beginning of the ladders that leave them."""

from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.gates import COMMAND_GATES
from app.domain.order_check import ProposedOrder
from app.domain.orders import OrderRole, Side
from app.domain.reasons import Reason
from app.domain.signals import Signal
from app.domain.structures.beginnings import is_left_for, leaving, waits_for_target
from app.domain.structures.commands import ExitCommand, Which, units_trimmed
from app.domain.structures.trades import ExitCause, StructureTrade, TradeState, WantedExit, without_work
from app.domain.tickets import Ticket, TicketStatus
from app.errors import BrokerUnavailable, StoreError
from app.repositories.structure_trades import StoredStructureTrade, StructureTrades
from app.services.base import Runtime
from app.services.broker_access.structure_gateway import StructureGateway
from app.services.observability.events import EventKind
from app.services.structures.ladders import Ladders
from app.services.trading.assessment import Assessor
from app.services.trading.execution import Finish


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureExits:
    """Leave trades: for commands, signals, the operator and the rules of their bots."""

    runtime: Runtime
    assessor: Assessor
    trades: StructureTrades
    gateway: StructureGateway
    ladders: Ladders

    def carry_out(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> None:
        """Begin to leave what a command means; the ladders go on by the clock until it is left."""
        if not self._allowed(ticket, signal, bot):
            finish([])
            return
        command = (
            signal.structure if isinstance(signal.structure, ExitCommand) else ExitCommand(which=Which.ALL)
        )
        meant = self._meant(ticket, command, bot)
        begun = [self.begin(trade, ticket.id, ExitCause.COMMAND, command.trim) for trade in meant]
        if ticket.reason is None:
            ticket.end(TicketStatus.ORDERED)
            ticket.signal = {**(ticket.signal or {}), "closes": [_shown(trade, command) for trade in meant]}
        finish([])
        if command.trade is None:
            self._tell_unread(ticket, bot)
        for trade in begun:
            with suppress(BrokerUnavailable, StoreError):
                self.ladders.step(trade.bot, trade.id)
            # The clock may have climbed it before there was a ticket to write its end into.
            self.ladders.progress.missed(ticket.id, trade)

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[StructureTrade]:
        """Return the trades that a command would leave; nothing is written."""
        if not self._allowed(ticket, signal, bot):
            return []
        command = (
            signal.structure if isinstance(signal.structure, ExitCommand) else ExitCommand(which=Which.ALL)
        )
        return self._meant(ticket, command, bot)

    def begin(
        self, trade: StructureTrade, ticket: UUID, cause: ExitCause, trim: int | None = None
    ) -> StructureTrade:
        """Write down that a trade is to be left; one whose ladder is climbed is left when that has ended.

        Asked again for the same ticket it changes nothing.
        """
        broker = self.runtime.registry.get(trade.broker)
        with self.gateway.gateway.hold(broker, trade.symbol):
            known = self.trades.find(trade.bot, trade.id)
            return trade if known is None else self.begin_held(known, ticket, cause, trim)

    def begin_held(
        self, known: StoredStructureTrade, ticket: UUID, cause: ExitCause, trim: int | None = None
    ) -> StructureTrade:
        """Write it down of a trade whose underlying is held already."""
        held = known.trade
        if waits_for_target(held) and cause is not ExitCause.PROFIT_TARGET:
            # A target that is refused has nothing at the broker: a stop, a time or a person goes before it.
            held = without_work(held, self.runtime.clock())
        # An interrupted attempt of the same command has written its wish already.
        if is_left_for(held, ticket):
            return held
        units = None if trim is None else units_trimmed(held.units, trim)
        wanted = WantedExit(ticket, cause, units)
        if held.work is not None:
            return self.trades.rewrite(known, replace(held, wanted_exit=wanted)).trade
        return self.trades.rewrite(known, leaving(held, wanted, self.runtime.clock())).trade

    def _allowed(self, ticket: Ticket, signal: Signal, bot: Bot) -> bool:
        context = self.assessor.open(ticket, signal, bot)
        self.assessor.see_switches(context)
        order = ProposedOrder(OrderRole.EXIT, Side.SELL)
        return self.assessor.gate_check.allows(context, order, gates=COMMAND_GATES)

    def _tell_unread(self, ticket: Ticket, bot: Bot) -> None:
        for key in self.trades.read_of(bot.id)[1]:
            message = (
                f"{bot.id}: {key} cannot be read, and was not left: look at the broker; ticket {ticket.id}"
            )
            self.runtime.journal.activity(message)
            self.runtime.notifier.notify(EventKind.EXIT_STUCK, message, key=key)

    def _meant(self, ticket: Ticket, command: ExitCommand, bot: Bot) -> list[StructureTrade]:
        """Return the trades that are meant; without any the ticket is denied and says why."""
        if command.trade is not None:
            stored = self.trades.numbered(command.trade)
            if stored is None:
                ticket.end(TicketStatus.DENIED, Reason.TRADE_NONE, f"trade {command.trade} is not open")
                return []
            if _is_leaving(stored.trade) and not is_left_for(stored.trade, ticket.id):
                ticket.end(TicketStatus.DENIED, Reason.TRADE_CLOSING, f"trade {command.trade}")
                return []
            return [stored.trade]
        # Which is the newest nobody knows beside one that cannot be read; of all, the others can be left.
        is_one = command.which in {Which.NEWEST, Which.OLDEST}
        mine = self.trades.certainly_of(bot.id) if is_one else self.trades.read_of(bot.id)[0]
        if command.symbol is not None:
            mine = [one for one in mine if one.symbol == command.symbol]
        meant = [one for one in mine if not _is_leaving(one) or is_left_for(one, ticket.id)]
        if not meant:
            _end_unmeant(ticket, command, bot, mine)
            return []
        by_age = sorted(meant, key=lambda one: (one.entered_at or one.created_at, one.number))
        if command.which is Which.NEWEST:
            return by_age[-1:]
        return by_age[:1] if command.which is Which.OLDEST else by_age


def _end_unmeant(ticket: Ticket, command: ExitCommand, bot: Bot, mine: list[StructureTrade]) -> None:
    if command.symbol is None:
        ticket.end(TicketStatus.DENIED, Reason.TRADE_NONE, f"bot {bot.id}")
    else:
        # An alert that finds nothing is no mistake of its sender's: the trade's own rules were faster.
        ticket.end(TicketStatus.SKIPPED, Reason.TRADE_CLOSING if mine else Reason.POSITION_NONE)


def _is_leaving(trade: StructureTrade) -> bool:
    return trade.state is TradeState.CLOSING or trade.wanted_exit is not None


def _shown(trade: StructureTrade, command: ExitCommand) -> dict[str, Any]:
    return {"trade": trade.number, "units_closed": units_trimmed(trade.units, command.trim)}
