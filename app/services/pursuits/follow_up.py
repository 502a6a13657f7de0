"""The entry of a reversal whose exit was pursued: sent once, after the exit, or dropped with a reason."""

from app.clock import Clock
from app.dataclass import dataclass
from app.domain.orders import OrderRole
from app.domain.pursuits import WantedEntry
from app.domain.reasons import Reason
from app.domain.tickets import TicketStatus
from app.errors import BrokerUnavailable
from app.repositories.pursuits import Pursuits
from app.services.broker_access.resubmission import ResubmissionPolicy
from app.services.trading.context import OrderContext
from app.services.trading.execution import Trading
from app.storage.base import Change, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Let an entry follow the exit before it; the caller holds its bot and its symbol."""

    store: Store
    pursuits: Pursuits
    trading: Trading
    resubmission: ResubmissionPolicy
    clock: Clock

    def carry_out(self, context: OrderContext, wanted: WantedEntry) -> list[Change]:
        """Send an entry, unless that has begun before; return the changes of the books.

        The ticket tells what came of it. Raise BrokerUnavailable.
        """
        ticket = context.ticket
        if wanted.begun_at is not None:
            return self._take_up(context, wanted)
        context.follows = wanted
        self.trading.assessor.start_over(context)
        self.trading.assessor.decide(context)
        if ticket.reason is Reason.BROKER_UNAVAILABLE:
            raise BrokerUnavailable(ticket.message or Reason.BROKER_UNAVAILABLE.meaning)
        if not context.orders:
            # The exit has happened all the same; the ticket says why nothing followed it.
            ticket.end(TicketStatus.FILLED, ticket.reason, ticket.message)
            return []
        stored = self.pursuits.find(ticket.id)
        if stored is not None:
            # Written before the send: killed from here on, it is looked for and never sent again.
            self.store.apply([stored.becoming(stored.pursuit.entering(self.clock()))])
        return self.trading.send(context)

    def _take_up(self, context: OrderContext, wanted: WantedEntry) -> list[Change]:
        """Take up an entry that may have been sent before a crash; the moment for another one is over."""
        changes = self.trading.take_up(context, OrderRole.ENTRY)
        if changes is not None:
            return changes
        if wanted.begun_at is not None and self.resubmission.may_appear(wanted.begun_at):
            raise BrokerUnavailable("What became of the entry is not known yet.")
        context.ticket.end(TicketStatus.FILLED, Reason.RECOVERED_PARTLY)
        return []
