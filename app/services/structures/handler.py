"""Takes commands about structures to their end, the way other handlers take theirs."""

from dataclasses import dataclass

from app.domain.bots import Bot
from app.domain.orders import Order
from app.domain.signals import Intent, Signal
from app.domain.tickets import Ticket
from app.services.structures.entries import Entries
from app.services.structures.exits import StructureExits
from app.services.trading.execution import Finish


@dataclass(frozen=True, slots=True)
class StructureHandler:
    """Entries and exits by one door."""

    entries: Entries
    exits: StructureExits

    def carry_out(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> None:
        """Do what the command asks for; `finish` is called once."""
        if signal.intent is Intent.ENTER_STRUCTURE:
            self.entries.carry_out(ticket, signal, bot, finish)
        else:
            self.exits.carry_out(ticket, signal, bot, finish)

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Decide without sending anything: the ticket shows contracts, price, loss and verdicts."""
        if signal.intent is Intent.ENTER_STRUCTURE:
            self.entries.preview(ticket, signal, bot)
        else:
            self.exits.preview(ticket, signal, bot)
        return []

    def adopt(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> bool:
        """Close an interrupted entry whose ladder is written; an exit is simply asked for again."""
        return signal.intent is Intent.ENTER_STRUCTURE and self.entries.adopt(ticket, bot, finish)
