"""Deciding without being able to send: what previews, approvals and replays look at."""

from dataclasses import dataclass, replace

from app.domain.bots import Bot
from app.domain.review import Advice
from app.domain.signals import Signal
from app.domain.tickets import Ticket
from app.services.orders.records import signal_record
from app.services.trading.assessment import Assessor
from app.services.trading.context import Case, TradingRules


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Decides on signals as they stand now; nothing is sent, canceled or counted."""

    assessor: Assessor

    @property
    def rules(self) -> TradingRules:
        """What it decides by."""
        return self.assessor.rules

    def under(self, rules: TradingRules) -> "Rehearsal":
        """Return one that decides by other rules."""
        return Rehearsal(replace(self.assessor, rules=rules))

    def open(self, ticket: Ticket, signal: Signal, bot: Bot) -> Case:
        """Find out what a signal would trade, and where."""
        ticket.signal = signal_record(signal)
        return self.assessor.open(ticket, signal, bot)

    def weigh(self, ticket: Ticket, signal: Signal, bot: Bot, advice: Advice) -> Case:
        """Decide; the ticket tells every verdict."""
        case = self.open(ticket, signal, bot)
        case.advice, case.is_preview = advice, True
        self.assessor.decide(case)
        self.assessor.release(case)
        return case
