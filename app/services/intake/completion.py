"""The last write of an alert."""

from collections.abc import Sequence
from dataclasses import replace

from app.dataclass import dataclass
from app.domain.tickets import Ticket, TicketStatus
from app.errors import Conflict, StoreUnavailable
from app.repositories.fingerprints import remembering
from app.repositories.inbox import Answer, Inbox, InboxEntry
from app.repositories.tickets import Ledger
from app.services.intake.answers import answer_for, going_on, structure_told
from app.storage.base import Change, Store

# How often more is written what a store did not confirm in time.
INSISTS = 2


@dataclass(slots=True)
class Completion:
    """Its orders, its ticket and its inbox entry, in that order; `written` is the answer once they are."""

    store: Store
    inbox: Inbox
    ledger: Ledger
    entry: InboxEntry
    ticket: Ticket
    request_id: str
    written: Answer | None = None

    @property
    def answer(self) -> Answer:
        """What the caller is told; until all is written, that the alert goes on."""
        if self.written is not None:
            return self.written
        waits = self.ticket.status is TicketStatus.AWAITING_APPROVAL
        answer = going_on(str(self.ticket.id), self.request_id, self.entry, waits_for_person=waits)
        return replace(answer, body=answer.body | structure_told(self.ticket)) if waits else answer

    def write(self, changes: list[Change], forgetting: Sequence[Change] = ()) -> None:
        """Write everything; the store takes a prefix at worst, which the recovery completes.

        What was kept for the ticket is forgotten after it: without either it would look like a new alert.
        """
        answer = answer_for(self.ticket, self.request_id)
        written = self.ledger.writing(self.ticket)
        closing = self.inbox.closing(self.entry, answer)
        self._insist([*changes, *remembering(self.ticket), written, *forgetting, closing])
        self.written = answer

    def _insist(self, changes: list[Change]) -> None:
        """Write while the symbol is still held: the next alert must not be decided on books without this one.

        A store that was lost sight of may be back at once. Written twice, it may raise Conflict the second
        time: the entry's answer tells then that the first time was enough. Another's answer tells nothing of
        the kind: who took over from a process that stood still may have found no order.
        """
        for left in reversed(range(INSISTS + 1)):
            try:
                return self.store.apply(changes)
            except StoreUnavailable:
                if not left:
                    raise
            except Conflict:
                if not self._is_ours(self.inbox.answer(self.entry)):
                    raise
                return None
        return None

    def _is_ours(self, answer: Answer | None) -> bool:
        return answer is not None and answer.body.get("request_id") == self.request_id
