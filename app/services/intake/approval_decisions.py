"""Where a person's word, or its absence, becomes the end of a ticket."""

from uuid import UUID

from app.dataclass import dataclass
from app.domain.approvals import ApprovalDecision, PendingApproval
from app.domain.audit import Actor
from app.domain.tickets import Ticket
from app.errors import ApprovalOver, NotFound
from app.repositories.inbox import Answer, Inbox
from app.repositories.tickets import Ledger
from app.services.intake.answers import answer_for
from app.services.intake.recovery import Recovery
from app.services.observability.journal import Journal
from app.services.review.approvals import Approvals
from app.services.runtime.turns import in_time


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalService:
    """Decide once, then carry out at once; killed in between, the recovery carries it out."""

    approvals: Approvals
    inbox: Inbox
    recovery: Recovery
    ledger: Ledger
    journal: Journal

    def decide(self, ticket: UUID, verdict: ApprovalDecision, by: str, request_id: str) -> Answer:
        """Approve or reject what waits, and tell what came of it.

        Raise ApprovalOver when it does not wait any more, NotFound when there is no such ticket.
        """
        # Read before the verdict: whoever takes the entry up after it does so once.
        entry = self.inbox.open_entry(ticket)
        if entry is None:
            raise self._over(ticket)
        given = self.approvals.decide(ticket, verdict, by)
        self.journal.activity(f"{entry.bot}: order {given.value} by {by}; ticket {ticket}")
        self.recovery.finish(entry)
        document = self.ledger.document(ticket)
        if document is None:
            body = {"status": given.value, "ticket": str(ticket), "request_id": request_id}
            return Answer(202, body)
        return answer_for(Ticket.from_json(document.value), request_id)

    def expire(self) -> int:
        """End what nobody decided on in time; return how many there were."""
        expired = 0
        for ticket in in_time(self.approvals.overdue()):
            entry = self.inbox.open_entry(ticket)
            try:
                self.approvals.decide(ticket, ApprovalDecision.EXPIRED, Actor.CLOCK)
            except ApprovalOver:
                continue
            expired += 1
            if entry is not None:
                self.recovery.finish(entry)
        return expired

    def waiting(self, ticket: UUID) -> PendingApproval:
        """Return what a person is asked; raise ApprovalOver or NotFound."""
        waiting = self.approvals.find(ticket)
        if waiting is None or waiting.verdict is not None:
            raise self._over(ticket)
        return waiting

    def _over(self, ticket: UUID) -> ApprovalOver | NotFound:
        found = self.ledger.find(ticket)
        if found is None:
            return NotFound(f"There is no ticket {ticket}.")
        return ApprovalOver(f"This ticket waits for nobody; it is {found['status']}.")
