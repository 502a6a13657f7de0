"""The last write of an alert."""

from collections.abc import Sequence

from app.domain.tickets import Ticket
from app.repositories.fingerprints import remembering
from app.repositories.inbox import Inbox, InboxEntry
from app.repositories.tickets import Ledger
from app.services.intake.answers import answer_for, going_on
from app.storage.base import Change, Store


class Completion:
    """Its orders, its ticket and its inbox entry, in that order."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        ledger: Ledger,
        entry: InboxEntry,
        ticket: Ticket,
        request_id: str,
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._ledger = ledger
        self._entry = entry
        self._ticket = ticket
        self._request_id = request_id
        self.answer = going_on(str(ticket.id), request_id, entry)
        self.is_written = False

    def write(self, changes: list[Change], forgetting: Sequence[Change] = ()) -> None:
        """Write everything; the store takes a prefix at worst, which the recovery completes.

        What was kept for the ticket is forgotten after it: without either it would look like a new alert.
        """
        answer = answer_for(self._ticket, self._request_id)
        written = self._ledger.writing(self._ticket)
        closing = self._inbox.closing(self._entry, answer)
        self._store.apply([*changes, *remembering(self._ticket), written, *forgetting, closing])
        self.answer = answer
        self.is_written = True
