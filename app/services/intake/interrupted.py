"""Alerts that may have placed an order which no book shows yet."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.repositories.inbox import Inbox, InboxEntry
from app.services.intake.in_flight import InFlight
from app.services.intake.recovery_order import RecoveryOrder
from app.services.review.progress import ReviewProgress
from app.services.runtime.locks import Locks
from app.services.trading.context import OrderContext


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What was interrupted between an order and its ticket, in this process or another.

    Whoever asks holds the symbol, or the bot: what is worked on elsewhere waits for that, and has sent
    nothing. Where several `processes` work on the store it is asked each time, else only after a mishap.
    """

    inbox: Inbox
    in_flight: InFlight
    progress: ReviewProgress
    locks: Locks
    order: RecoveryOrder
    processes: Callable[[], int]

    def are_possible(self) -> bool:
        """Tell, without asking, whether there may be any."""
        return not self.in_flight.is_quiet or self.processes() > 1

    def in_symbol(self, context: OrderContext) -> tuple[UUID, ...]:
        """Return the tickets of those that come before an alert in its symbol; raise BrokerUnavailable.

        Of other bots that is what the broker has. Who wants out waits for nothing else either: it needs the
        position alone.
        """
        bot, broker = context.bot.id, context.broker_name
        waiting = self.inbox.waiting(None, context.symbol, beside=context.ticket.id)
        entries = [each for each in waiting if each.bot == bot or self.order.goes_to(each, broker)]
        return self._before(context, entries, only_placed=context.only_exits)

    def of_bot(self, context: OrderContext) -> tuple[UUID, ...]:
        """Return the tickets of those of its bot that come before an alert; raise BrokerUnavailable."""
        entries = self.inbox.waiting(context.bot.id, beside=context.ticket.id)
        return self._before(context, entries, only_placed=False)

    def _before(
        self, context: OrderContext, entries: list[InboxEntry], *, only_placed: bool
    ) -> tuple[UUID, ...]:
        """Keep those that have to be finished first, the oldest first.

        What the broker has is waited for in any case; what it may show yet only by later alerts of its bot,
        and not by one that was interrupted itself: two must never wait for each other.
        """
        ticket, in_order = context.ticket.id, sorted(entries, key=lambda entry: entry.ticket)
        is_resumed = any(entry.ticket == ticket and entry.attempts > 1 for entry in in_order)
        to = None if is_resumed or only_placed else ticket
        return tuple(
            entry.ticket
            for entry in in_order
            if entry.ticket != ticket
            and self._is_in_doubt(entry, to if entry.bot == context.bot.id else None)
        )

    def _is_in_doubt(self, entry: InboxEntry, to: UUID | None) -> bool:
        if not self._may_have_sent(entry) or self.progress.is_untouched(entry) or self.progress.waits(entry):
            return False
        must_end = to is not None and entry.ticket < to and self._is_left(entry)
        return (must_end or self.order.has_placed(entry)) and self.inbox.answer(entry) is None

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
