"""Whether a position that a broker does not show is really left: one empty answer is no proof."""

from app.dataclass import dataclass
from app.domain.reasons import Reason
from app.domain.tickets import Ticket, TicketStatus
from app.repositories.open_orders import OPERATOR
from app.repositories.pursuits import StoredPursuit
from app.repositories.trades import Trades
from app.services.runtime.second_look import SecondLook


@dataclass(frozen=True, slots=True, kw_only=True)
class GonePositions:
    """Let an exit go on until a second look says the same, where no fill of ours explains the first."""

    trades: Trades
    looks: SecondLook

    def judge(self, stored: StoredPursuit, ticket: Ticket) -> None:
        """Hear what a try came to; of one that found nothing to leave the ticket may go on."""
        if not _has_found_nothing(ticket):
            self.looks.saw(ticket.id)
        elif self.is_held_by_books(stored) and not self.looks.confirms(ticket.id):
            message = f"{stored.pursuit.broker} shows no position; a second look must say the same."
            ticket.end(TicketStatus.PURSUING, Reason.BROKER_UNAVAILABLE, message)

    def is_left(self, stored: StoredPursuit, ticket: Ticket) -> bool:
        """Tell of what has been judged whether the exit is done, so that an entry may follow."""
        if ticket.status is TicketStatus.SKIPPED:
            return _has_found_nothing(ticket) or not self.is_held_by_books(stored)
        return ticket.status is TicketStatus.FILLED

    def is_held_by_books(self, stored: StoredPursuit) -> bool:
        """Tell whether the books hold what an exit is to leave, its fills being counted."""
        bot, broker, symbol = stored.pursuit.place
        if bot == OPERATOR:
            # The operator leaves what all bots hold together.
            return self.trades.are_in(broker, symbol)
        return self.trades.find(bot, broker, symbol) is not None


def _has_found_nothing(ticket: Ticket) -> bool:
    return ticket.status is TicketStatus.SKIPPED and ticket.reason is Reason.POSITION_NONE
