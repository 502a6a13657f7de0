"""Whose turn it is: what an interrupted alert has ordered is in the books before another one is decided on.

Whoever asks holds the symbol, and the bot where its entries are counted. A position is shared out by the
books, so everybody waits for what was interrupted in its symbol; a bot with caps waits for all of its own.
"""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from app.dataclass import dataclass
from app.repositories.inbox import waiting_of
from app.services.trading.context import EntryMustWait, OrderContext
from app.storage.base import Waiting


class EarlierAlerts(Protocol):
    """Alerts that were interrupted between an order and its ticket."""

    def are_possible(self) -> bool:
        """Tell, without asking, whether there may be any."""

    def in_symbol(self, context: OrderContext) -> Sequence[UUID]:
        """Return the tickets of those that come before an alert in its symbol; raise BrokerUnavailable."""

    def of_bot(self, context: OrderContext) -> Sequence[UUID]:
        """Return the tickets of those of its bot that come before an alert; raise BrokerUnavailable."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Lets an alert be decided on when what was interrupted `earlier` is in the books."""

    earlier: EarlierAlerts

    def looked_for(self, context: OrderContext) -> Waiting | None:
        """Return what will be asked for, so that it can be read with the rest; None: nothing."""
        is_asked = _is_an_alert(context) and self.earlier.are_possible()
        return waiting_of(None, context.symbol) if is_asked else None

    def await_booked(self, context: OrderContext) -> None:
        """Let an alert be decided on only when the books have what came before it; raise EntryMustWait."""
        if _is_an_alert(context) and self.earlier.are_possible():
            _refuse(context, self.earlier.in_symbol(context))

    def await_counted(self, context: OrderContext) -> None:
        """Let a bot's entries be counted only when no order of it is missing; raise EntryMustWait."""
        if not context.is_preview and self.earlier.are_possible():
            _refuse(context, self.earlier.of_bot(context))


def _is_an_alert(context: OrderContext) -> bool:
    """Tell what is decided on for the first time from a preview and from what is carried on with."""
    return not context.is_preview and context.resumes is None and context.follows is None


def _refuse(context: OrderContext, behind: Sequence[UUID]) -> None:
    if behind:
        names = ", ".join(map(str, behind))
        raise EntryMustWait(f"Interrupted before {context.ticket.id}, and booked first: {names}", behind)
