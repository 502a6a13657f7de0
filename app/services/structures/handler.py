"""Takes alerts about structures to their end, the way other handlers take theirs."""

from collections.abc import Callable
from dataclasses import replace

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.orders import Order
from app.domain.review import NO_ADVICE, Advice
from app.domain.signals import Intent, Signal
from app.domain.tickets import Ticket, TicketStatus
from app.services.structures.alert_signals import AlertSignals
from app.services.structures.entries import Entries
from app.services.structures.exits import StructureExits
from app.services.trading.assessment import Assessor
from app.services.trading.context import OrderContext
from app.services.trading.execution import Finish


@dataclass(frozen=True, slots=True)
class StructureHandler:
    """Entries and exits by one door: bot commands, and the signals of every other dialect."""

    entries: Entries
    exits: StructureExits
    signals: AlertSignals

    @property
    def assessor(self) -> Assessor:
        """What opens a signal."""
        return self.entries.assessor

    def carry_out(
        self,
        ticket: Ticket,
        signal: Signal,
        bot: Bot,
        finish: Finish,
        advice: Advice = NO_ADVICE,
        is_moot: Callable[[], bool] = lambda: False,
    ) -> None:
        """Do what the alert asks for; `finish` is called once. Exits wait for no advice."""
        command = self.signals.commanded(ticket, signal, bot)
        if command is None:
            finish([])
        elif command.intent is Intent.ENTER_STRUCTURE:
            self.entries.carry_out(ticket, command, bot, finish, advice, is_moot)
        else:
            self.exits.carry_out(ticket, command, bot, finish)

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Decide without sending anything: the ticket shows contracts, price, loss and verdicts."""
        command = self.signals.commanded(ticket, signal, bot)
        if command is None:
            return []
        if command.intent is Intent.ENTER_STRUCTURE:
            would_be_sent = self.entries.weigh(ticket, command, bot).structure is not None
        else:
            would_be_sent = bool(self.exits.preview(ticket, command, bot))
        if would_be_sent:
            ticket.end(TicketStatus.ORDERED)
        return []

    def weigh(self, ticket: Ticket, signal: Signal, bot: Bot, advice: Advice) -> OrderContext:
        """Decide on an entry as it stands now, without sending anything."""
        command = self.signals.commanded(ticket, signal, bot)
        if command is None or command.intent is not Intent.ENTER_STRUCTURE:
            return self.assessor.open(ticket, replace(signal, contract=None), bot)
        return self.entries.weigh(ticket, command, bot, advice)

    def adopt(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> bool:
        """Close an interrupted entry whose ladder is written; an exit is simply asked for again."""
        if signal.intent is Intent.EXIT_STRUCTURE:
            return False
        return self.entries.adopt(ticket, bot, finish)
