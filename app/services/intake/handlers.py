"""Who carries an alert out: orders, structures, exits by number, cancels and changes, and who asks before."""

from typing import Protocol
from uuid import UUID

from app.dataclass import dataclass
from app.domain.bots import Bot
from app.domain.orders import Order
from app.domain.signals import Signal
from app.domain.tickets import Ticket
from app.services.runtime.worker_pool import WorkPool
from app.services.trading.execution import Finish
from app.storage.base import Change


class Handler(Protocol):
    """Takes a signal to its end."""

    def carry_out(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> None:
        """Do what the signal asks for; `finish` is called once."""

    def preview(self, ticket: Ticket, signal: Signal, bot: Bot) -> list[Order]:
        """Decide without sending anything; return the orders that would be placed."""

    def adopt(self, ticket: Ticket, signal: Signal, bot: Bot, finish: Finish) -> bool:
        """Take up what an interrupted attempt has done at the broker; False when there is nothing."""


class AmendmentHandler(Handler, Protocol):
    """Cancels and changes; what it has begun is written down."""

    def forgetting(self, ticket: UUID) -> list[Change]:
        """Return the changes that forget what a command had begun."""


class ReviewHandler(Handler, Protocol):
    """Asks an analyst or a person first; it may leave an alert open for a person's answer."""

    def forgetting(self, ticket: UUID) -> list[Change]:
        """Return the changes that forget what was said of a ticket."""


class NumberedHandler(Handler, Protocol):
    """Leaves single trades that are no structures."""

    def is_meant(self, signal: Signal) -> bool:
        """Tell whether a command is to leave such a trade."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """All of them, and the threads for what takes its time."""

    trading: Handler
    commands: AmendmentHandler
    review: ReviewHandler
    structures: Handler
    numbered: NumberedHandler
    pool: WorkPool

    def forgetting(self, ticket: UUID) -> list[Change]:
        """Return the changes that forget what was kept for a ticket."""
        return [*self.commands.forgetting(ticket), *self.review.forgetting(ticket)]
