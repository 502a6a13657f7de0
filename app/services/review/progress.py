"""How far an alert has come that is open in the inbox and asks others first."""

from datetime import datetime

from app.dataclass import dataclass
from app.domain.approvals import ApprovalDecision, PendingApproval
from app.errors import RecordUnreadable
from app.repositories.inbox import InboxEntry
from app.services.review.approvals import Approvals
from app.services.review.opinions import Opinions


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """Tells the recovery what it may do with an entry."""

    approvals: Approvals
    opinions: Opinions

    def ask_unasked(self) -> None:
        """Ask people what they should have been asked, where the store was lost just then."""
        self.approvals.ask_unasked()

    def waits(self, entry: InboxEntry) -> bool:
        """True while it is a person's turn."""
        try:
            waiting = self._waiting(entry)
        except RecordUnreadable:
            # Nobody can answer it, and without an answer nothing is sent; the other alerts go on.
            return True
        return waiting is not None and waiting.verdict is None

    def is_refused(self, entry: InboxEntry) -> bool:
        """True when a person, or the time, has said no: it only has to be written down."""
        waiting = self._waiting(entry)
        return waiting is not None and waiting.verdict in {
            ApprovalDecision.REJECTED,
            ApprovalDecision.EXPIRED,
        }

    def is_untouched(self, entry: InboxEntry) -> bool:
        """True for a trade idea of which no broker can know: an opinion is kept before anything is sent."""
        if entry.fingerprint is None:
            return False
        return self.opinions.given(entry.ticket) is None

    def since(self, entry: InboxEntry) -> datetime:
        """Return from when on its age counts: its arrival, or a person's word."""
        waiting = self._waiting(entry)
        arrival = entry.received_at
        return arrival if waiting is None or waiting.decided_at is None else waiting.decided_at

    def _waiting(self, entry: InboxEntry) -> PendingApproval | None:
        return self.approvals.find(entry.ticket) if entry.is_reviewed else None
