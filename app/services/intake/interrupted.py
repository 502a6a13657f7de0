"""Alerts that may have placed an order which no book shows yet."""

from uuid import UUID

from app.dataclass import dataclass
from app.repositories.inbox import Inbox, InboxEntry, waiting_of
from app.services.intake.in_flight import InFlight
from app.services.intake.recovery_order import RecoveryOrder
from app.services.review.progress import ReviewProgress
from app.services.runtime.locks import Locks
from app.services.trading.context import EntryMustWait, OrderContext
from app.storage.base import Waiting


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What was interrupted between an order and its ticket, in this process or another.

    Whoever asks holds the symbol, or the bot: what is worked on elsewhere waits for that, and has sent
    nothing. Where several processes work on the store it is asked each time, else only after a mishap:
    `workers` are those of this server.
    """

    inbox: Inbox
    in_flight: InFlight
    progress: ReviewProgress
    locks: Locks
    order: RecoveryOrder
    workers: int

    def looked_for(self, context: OrderContext) -> Waiting | None:
        """Return what will be asked for, so that it can be read with the rest; None: nothing."""
        is_asked = _is_an_alert(context) and self._are_possible()
        return waiting_of(None, context.symbol) if is_asked else None

    def await_booked(self, context: OrderContext) -> None:
        """Let an alert be decided on only when the books have what came before it."""
        if _is_an_alert(context) and self._are_possible():
            _refuse(context, self._in_symbol(context))

    def await_counted(self, context: OrderContext) -> None:
        """Let a bot's entries be counted only when no order of it is missing."""
        if not context.is_preview and self._are_possible():
            _refuse(context, self._of_bot(context))

    def _are_possible(self) -> bool:
        """Tell, without asking, whether there may be any."""
        return not self.in_flight.is_quiet or self.workers > 1 or self.locks.processes() > 1

    def _in_symbol(self, context: OrderContext) -> list[UUID]:
        """Return the tickets of those, of any bot, whose order the broker has; raise BrokerUnavailable."""
        ticket, bot, broker = context.ticket.id, context.bot.id, context.broker_name
        others = self._others(self.inbox.waiting(None, context.symbol, beside=ticket), ticket)
        here = (entry for entry in others if entry.bot == bot or self.order.goes_to(entry, broker))
        return [entry.ticket for entry in here if self.order.has_placed(entry) and self._is_open(entry)]

    def _of_bot(self, context: OrderContext) -> list[UUID]:
        """Return the tickets of those of its bot that come before an alert; raise BrokerUnavailable.

        What the broker has is waited for in any case; what it may show yet only by later alerts, and not by
        one that was interrupted itself: two must never wait for each other.
        """
        ticket = context.ticket.id
        entries = self.inbox.waiting(context.bot.id, beside=ticket)
        is_resumed = any(entry.ticket == ticket and entry.attempts > 1 for entry in entries)

        def must_end(entry: InboxEntry) -> bool:
            return not is_resumed and entry.ticket < ticket and self._is_left(entry)

        others = self._others(entries, ticket)
        behind = (entry for entry in others if must_end(entry) or self.order.has_placed(entry))
        return [entry.ticket for entry in behind if self._is_open(entry)]

    def _others(self, entries: list[InboxEntry], ticket: UUID) -> list[InboxEntry]:
        """Return those that may have sent something, the oldest first."""
        others = (entry for entry in entries if entry.ticket != ticket and self._may_have_sent(entry))
        asked = (
            entry
            for entry in others
            if not self.progress.is_untouched(entry) and not self.progress.waits(entry)
        )
        return sorted(asked, key=lambda entry: entry.ticket)

    def _is_open(self, entry: InboxEntry) -> bool:
        return self.inbox.answer(entry) is None

    def _may_have_sent(self, entry: InboxEntry) -> bool:
        """Tell whether it may be past its lock: whoever has kept that waits for the one that is held here."""
        if entry.attempts > 1 or entry.owner == self.locks.owner:
            return self._is_left(entry)
        return self.locks.may_have_lost(entry.owner, entry.claimed_at)

    def _is_left(self, entry: InboxEntry) -> bool:
        if entry.attempts > 1:
            return True
        if entry.owner == self.locks.owner:
            return self.in_flight.was_interrupted(entry.key)
        return self.locks.is_alive(entry.owner) is False


def _is_an_alert(context: OrderContext) -> bool:
    """Tell what is decided on for the first time from a preview and from what is carried on with."""
    return not context.is_preview and context.resumes is None and context.follows is None


def _refuse(context: OrderContext, behind: list[UUID]) -> None:
    if behind:
        names = ", ".join(map(str, behind))
        raise EntryMustWait(f"Interrupted before {context.ticket.id}, and booked first: {names}", behind)
