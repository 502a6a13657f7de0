"""Alerts that may have placed an order which nobody has counted yet."""

from dataclasses import dataclass
from uuid import UUID

from app.repositories.inbox import Inbox, InboxEntry
from app.services.intake.in_flight import InFlight
from app.services.review.progress import ReviewProgress
from app.services.runtime.locks import Locks


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What was interrupted between an order and its ticket, in this process or another.

    Whoever asks holds the bot: an alert of it that is worked on elsewhere waits, and has sent nothing.
    """

    inbox: Inbox
    in_flight: InFlight
    progress: ReviewProgress
    locks: Locks

    def may_count(self, bot: str, ticket: UUID) -> bool:
        """Tell whether another alert of a bot may have entered, and has to be finished first.

        Of two that are finished at one time the later one waits.
        """
        others = (entry for entry in self.inbox.open_entries(bot) if entry.ticket != ticket)
        return any(
            self._is_in_doubt(entry, ticket) and not self.progress.waits(entry)
            for entry in others
            if not self.progress.is_untouched(entry)
        )

    def _is_in_doubt(self, entry: InboxEntry, ticket: UUID) -> bool:
        if self.in_flight.is_running(entry.key):
            return False
        if entry.owner == self.locks.owner:
            was_begun = entry.attempts > 1 or self.in_flight.was_interrupted(entry.key)
            return was_begun and entry.ticket < ticket
        if self.locks.may_be_dead(entry.owner):
            return True
        # Taken up from a dead process by one that lives: what became of its order is not known yet.
        return entry.attempts > 1 and entry.ticket < ticket
