"""Writes what orders did into tickets and tells people, also where the store does not say that it has it."""

from collections.abc import Sequence
from dataclasses import field
from typing import Any
from uuid import UUID

from app.dataclass import dataclass
from app.errors import StoreUnavailable
from app.repositories.tickets import Ledger
from app.services.observability.ticket_messages import TicketMessages
from app.storage.base import Change, Store


@dataclass(frozen=True, slots=True)
class ToldChanges:
    """Remembers, in memory, tickets of which a write was lost: the next look may find nothing new in them."""

    store: Store
    ledger: Ledger
    messages: TicketMessages
    _untold: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)

    def write(self, changes: Sequence[Change]) -> None:
        """Make changes, and tell what they say of tickets."""
        rewritten = [*self.ledger.rewritten(changes)]
        try:
            self.store.apply(changes)
        except StoreUnavailable:
            # A part of them may have been made, or all.
            for before, _ in rewritten:
                self._untold.setdefault(before["id"], before)
            raise
        for before, after in rewritten:
            self.messages.notify_change(self._untold.pop(before["id"], before), after)

    def tell_late(self) -> None:
        """Tell what was written after all."""
        for ticket in [*self._untold]:
            document = self.ledger.document(UUID(ticket))
            before = self._untold.pop(ticket, None)
            if document is not None and before is not None:
                self.messages.notify_change(before, document.value)
