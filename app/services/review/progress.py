"""How far an alert has come that is open in the inbox and asks others first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain.approvals import PendingApproval, Verdict
from app.services.review.approvals import Approvals
from app.services.review.opinions import Opinions

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """Tells the recovery what it may do with an entry."""

    approvals: Approvals
    opinions: Opinions

    def waits(self, entry: Entry) -> bool:
        """True while it is a person's turn."""
        waiting = self._waiting(entry)
        return waiting is not None and waiting.verdict is None

    def is_refused(self, entry: Entry) -> bool:
        """True when a person, or the time, has said no: it only has to be written down."""
        waiting = self._waiting(entry)
        return waiting is not None and waiting.verdict in {Verdict.REJECTED, Verdict.EXPIRED}

    def is_untouched(self, entry: Entry) -> bool:
        """True for a trade idea of which no broker can know: an opinion is kept before anything is sent."""
        if entry.get("fingerprint") is None:
            return False
        return self.opinions.given(UUID(entry["ticket"])) is None

    def since(self, entry: Entry) -> datetime:
        """Return from when on its age counts: its arrival, or a person's word."""
        waiting = self._waiting(entry)
        arrival = datetime.fromisoformat(entry["received_at"])
        return arrival if waiting is None or waiting.decided_at is None else waiting.decided_at

    def _waiting(self, entry: Entry) -> PendingApproval | None:
        return self.approvals.find(UUID(entry["ticket"])) if entry.get("deliberates") else None
