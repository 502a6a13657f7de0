"""Alerts that may have placed an order which no book shows yet."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.repositories.inbox import Inbox, InboxEntry
from app.services.intake.in_flight import InFlight
from app.services.intake.recovery_order import RecoveryOrder
from app.services.review.progress import ReviewProgress
from app.services.runtime.locks import Locks


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What was interrupted between an order and its ticket, in this process or another.

    Whoever asks holds the bot's symbol, or the bot: what is worked on elsewhere waits, and has sent nothing.
    Where several `processes` work on the store it is asked each time, else only after a mishap.
    """

    inbox: Inbox
    in_flight: InFlight
    progress: ReviewProgress
    locks: Locks
    order: RecoveryOrder
    processes: Callable[[], int]

    def comes_before(self, bot: str, ticket: UUID) -> bool:
        """Tell whether another alert of a bot has to be finished before this one is decided.

        One that was interrupted itself, and of which the broker has nothing, waits for those alone that the
        broker has: two of them would wait for each other. Raise BrokerUnavailable.
        """
        if self.in_flight.is_quiet and self.processes() < 2:  # noqa: PLR2004  # nobody else
            return False
        entries = list(self.inbox.waiting(bot))
        is_resumed = any(entry.ticket == ticket and entry.attempts > 1 for entry in entries)
        others = (entry for entry in entries if entry.ticket != ticket)
        return any(self._is_in_doubt(entry, is_resumed=is_resumed) for entry in others)

    def _is_in_doubt(self, entry: InboxEntry, *, is_resumed: bool) -> bool:
        if not self._was_begun(entry):
            return False
        if self.progress.is_untouched(entry) or self.progress.waits(entry):
            return False
        if is_resumed and not self.order.has_placed(entry):
            return False
        return self.inbox.answer(entry) is None

    def _was_begun(self, entry: InboxEntry) -> bool:
        """Tell whether somebody was at work on it before; what has only just come waits for its lock."""
        if entry.attempts > 1:
            return True
        if entry.owner == self.locks.owner:
            return self.in_flight.was_interrupted(entry.key)
        return self.locks.may_have_lost(entry.owner, entry.claimed_at)
