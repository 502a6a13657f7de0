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

    Whoever asks holds the bot: what is worked on elsewhere waits for that, and has sent nothing.
    Where several `processes` work on the store it is asked each time, else only after a mishap.
    """

    inbox: Inbox
    in_flight: InFlight
    progress: ReviewProgress
    locks: Locks
    order: RecoveryOrder
    processes: Callable[[], int]

    def comes_before(self, bot: str, ticket: UUID) -> bool:
        """Tell whether another alert of a bot has to be finished before the entries of it are counted.

        What the broker has is waited for in any case; what it may show yet only by later alerts, and not by
        one that was interrupted itself: two must never wait for each other. Raise BrokerUnavailable.
        """
        if self.in_flight.is_quiet and self.processes() < 2:  # noqa: PLR2004  # nobody else
            return False
        entries = list(self.inbox.waiting(bot))
        is_resumed = any(entry.ticket == ticket and entry.attempts > 1 for entry in entries)
        others = (entry for entry in entries if entry.ticket != ticket)
        return any(self._is_in_doubt(entry, to=None if is_resumed else ticket) for entry in others)

    def _is_in_doubt(self, entry: InboxEntry, *, to: UUID | None) -> bool:
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
