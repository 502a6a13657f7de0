"""Whose turn it is: what an interrupted alert has ordered is in the books before another one is decided on.

Whoever asks holds the symbol, and the bot where its entries are counted. A position is shared out by the
books, so everybody waits for what was interrupted in its symbol; a bot with caps waits for all of its own.
"""

from typing import Protocol

from app.services.trading.context import OrderContext
from app.storage.base import Waiting


class Turns(Protocol):
    """Who knows of alerts that were interrupted between an order and its ticket."""

    def looked_for(self, context: OrderContext) -> Waiting | None:
        """Return what will be asked for, so that it can be read with the rest; None: nothing."""

    def await_booked(self, context: OrderContext) -> None:
        """Let an alert be decided on only when the books have what came before it.

        Raise EntryMustWait or BrokerUnavailable.
        """

    def await_counted(self, context: OrderContext) -> None:
        """Let a bot's entries be counted only when no order of it is missing.

        Raise EntryMustWait or BrokerUnavailable.
        """
